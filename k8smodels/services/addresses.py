"""Addresses as the API server reads them.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go (v1.37, where StrictIPCIDRValidation is on)
"""

from __future__ import annotations

import ipaddress

from k8smodels.api.ip_text import without_leading_zeros
from k8smodels.network.policy.addresses import IPAddress

NOT_AN_ADDRESS = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"


def parse_ip(text: str) -> IPAddress | None:
    """The address that `text` is, if it is one; leading zeros are read over, an IPv4-mapped one is an IPv4 address."""
    try:
        address = ipaddress.ip_address(without_leading_zeros(text))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def parse_strict_ip(text: str) -> IPAddress | None:
    """As `parse_ip`, but an address with leading zeros is none."""
    return parse_ip(text) if without_leading_zeros(text) == text else None


def family_of(address: IPAddress) -> str:
    """``IPv4`` or ``IPv6``."""
    return f"IPv{address.version}"


def ip_problem(text: str) -> str:
    """What the API server says of an address that it refuses; empty if it accepts it."""
    if parse_ip(text) is None:
        return NOT_AN_ADDRESS
    if without_leading_zeros(text) != text:
        return "must not have leading 0s"
    if ":" in text and ipaddress.IPv6Address(text).ipv4_mapped is not None:
        return "must not be an IPv4-mapped IPv6 address"
    return ""


def backend_ip_problems(address: IPAddress, text: str) -> list[str]:
    """Why a valid address cannot stand for something outside of the cluster or for a backend.

    References
    ----------
    pkg/apis/core/validation/validation.go: ValidateEndpointIP (v1.37)
    """
    if address.version == 4:
        is_link_local_multicast = address.packed[:3] == b"\xe0\0\0"
    else:
        is_link_local_multicast = address.packed[0] == 0xFF and address.packed[1] & 0x0F == 0x02
    rules = (
        (address.is_unspecified, f"may not be unspecified ({text})"),
        (address.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (address.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (is_link_local_multicast, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
    )
    return [problem for broken, problem in rules if broken]
