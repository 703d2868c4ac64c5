"""Blocks of addresses as a NetworkPolicy writes them.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go: parseCIDR (v1.37, where StrictIPCIDRValidation is on)
"""

from __future__ import annotations

import ipaddress
import re

from k8smodels.api.ip_text import without_leading_zeros

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_MALFORMED = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def cidr_problem(text: str) -> str:
    """What the API server says of a block of addresses that it refuses; empty if it accepts it."""
    try:
        block = _lenient(text)
    except ValueError:
        return _MALFORMED
    if _without_zeros(text) != text:
        return "must not have leading 0s in IP or prefix length"
    if isinstance(block.ip, ipaddress.IPv6Address) and block.ip.ipv4_mapped is not None:
        return "must not have an IPv4-mapped IPv6 address"
    if block.ip != block.network.network_address:
        return "must not have bits set beyond the prefix length"
    return ""


def parse_cidr(text: str) -> IPNetwork:
    """The block, also in the forms that older API servers accepted: with leading zeros, with bits after the prefix.

    Raises
    ------
    ValueError
        It is no block of addresses.
    """
    return _lenient(text).network


def parse_address(text: str) -> IPAddress | None:
    """The address that `text` is, if it is one."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if getattr(address, "scope_id", None) else address


def _lenient(text: str) -> ipaddress.IPv4Interface | ipaddress.IPv6Interface:
    address, slash, length = text.partition("/")
    if not slash or not re.fullmatch("[0-9]{1,9}", length) or "%" in address:
        raise ValueError(_MALFORMED)
    return ipaddress.ip_interface(_without_zeros(text))


def _without_zeros(text: str) -> str:
    address, slash, length = text.partition("/")
    return without_leading_zeros(address) + slash + (length.lstrip("0") or length[-1:])
