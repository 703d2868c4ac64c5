"""Addresses as Go reads and prints them, and ranges of them.

References
----------
k8s.io/utils/net: ParseIPSloppy, ParseCIDRSloppy; net.IP.String
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Literal

from k8smodels.api.ip_text import without_leading_zeros

Family = Literal["IPv4", "IPv6"]
"""As `spec.ipFamilies` spells it."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class InvalidAddressError(ValueError):
    """Text that is no address, or no range of addresses."""


def family_of(text: str) -> Family:
    """The family of an address or a range, by its look."""
    return "IPv6" if ":" in text else "IPv4"


@lru_cache(maxsize=1 << 16)
def canonical(text: str) -> str:
    """The address as Go prints it: without leading zeros, IPv6 in its shortest form.

    Raises
    ------
    InvalidAddressError
        `text` is no address.

    Examples
    --------
    >>> canonical("10.0.0.010"), canonical("FD00:0:0::1")
    ('10.0.0.10', 'fd00::1')
    """
    try:
        return str(ipaddress.ip_address(without_leading_zeros(text)))
    except ValueError:
        raise InvalidAddressError(f"{text!r} is no IP address") from None


@lru_cache(maxsize=1 << 12)
def network(text: str) -> Network:
    """The range that a CIDR names; host bits are dropped.

    Raises
    ------
    InvalidAddressError
        `text` is no CIDR.

    Examples
    --------
    >>> network("10.1.2.3/16")
    IPv4Network('10.1.0.0/16')
    """
    address, slash, bits = text.partition("/")
    if not slash or not bits.isdigit():
        raise InvalidAddressError(f"{text!r} is no CIDR, e.g. 10.0.0.0/8")
    try:
        return ipaddress.ip_network(f"{canonical(address)}/{int(bits)}", strict=False)
    except ValueError:
        raise InvalidAddressError(f"{text!r} is no CIDR, e.g. 10.0.0.0/8") from None


@lru_cache(maxsize=1 << 16)
def contains(cidr: str, address: str) -> bool:
    """Whether `address` lies in the range, or is the address that `cidr` names without a length."""
    if "/" not in cidr:
        return canonical(cidr) == canonical(address)
    return ipaddress.ip_address(canonical(address)) in network(cidr)


def is_loopback(address: str) -> bool:
    """Whether the address is the machine's own: 127.0.0.0/8 or ::1."""
    return ipaddress.ip_address(canonical(address)).is_loopback


def with_port(address: str, port: int) -> str:
    """``ip:port``, an IPv6 address in brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def split_port(text: str) -> tuple[str, int]:
    """The address and the port of ``ip:port``; the port is 0 if there is none."""
    if text.startswith("["):
        address, _, port = text[1:].partition("]")
        return address, int(port[1:] or 0)
    if text.count(":") > 1:
        return text, 0
    address, _, port = text.partition(":")
    return address, int(port or 0)
