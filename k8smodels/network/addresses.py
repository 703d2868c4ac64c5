"""Addresses, subnets and MACs, refused in the API server's words.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go, IsValidIP, IsValidCIDR (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_interface,
    ip_network,
)

from k8smodels.api.errors import invalid

IPAddress = IPv4Address | IPv6Address
IPInterface = IPv4Interface | IPv6Interface
IPNetwork = IPv4Network | IPv6Network

UNSPECIFIED = (IPv4Address("0.0.0.0"), IPv6Address("::"))  # noqa: S104 (compared with, never bound to)
"""As a packet's source: the kernel is to choose."""


def address(text: str, path: str) -> IPAddress:
    """The address in `text`; FieldError at `path` for anything else."""
    try:
        return ip_address(text)
    except ValueError:
        raise invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)") from None


def interface(text: str, path: str) -> IPInterface:
    """The address with the length of its subnet's prefix, e.g. ``192.168.0.1/24``."""
    try:
        return ip_interface(text if "/" in text else "")
    except ValueError:
        raise invalid(path, text, "must be an address with a prefix length, (e.g. 192.168.0.1/24)") from None


def cidr(text: str, path: str) -> IPNetwork:
    """The subnet in `text`; bits behind the prefix are cleared."""
    try:
        return ip_network(text if "/" in text else "", strict=False)
    except ValueError:
        raise invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)") from None


@cache
def family(version: int) -> IPNetwork:
    """Every address of an IP version: where a default route leads."""
    return ip_network("0.0.0.0/0" if version == 4 else "::/0")


def iptables_program(version: int) -> str:
    """The program that writes rules for an IP version."""
    return "iptables" if version == 4 else "ip6tables"


def common_prefix(blocks: Iterable[IPNetwork]) -> IPNetwork:
    """The smallest block that holds all of `blocks`, which are of one IP version."""
    blocks = list(blocks)
    first = min(blocks, key=lambda block: int(block.network_address))
    last = max(int(block.broadcast_address) for block in blocks)
    same = first.max_prefixlen - (int(first.network_address) ^ last).bit_length()
    return ip_network((int(first.network_address), min(same, first.prefixlen)), strict=False)


def single(of: IPAddress) -> IPNetwork:
    """The prefix that holds one address: /32 or /128."""
    return (IPv4Network if of.version == 4 else IPv6Network)((int(of), of.max_prefixlen))


def mac(kind: str, of: IPAddress) -> str:
    """A MAC made from the last 32 bits of an address, locally administered; `kind` gives the first two bytes."""
    return f"{kind}:{of.packed[-4:].hex(':')}"
