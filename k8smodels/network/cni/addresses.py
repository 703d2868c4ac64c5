"""Addresses as Go reads them: no netmask in dots, no zones, a prefix length where one belongs.

References
----------
Go's net.ParseCIDR and net.ParseIP
"""

from __future__ import annotations

import re
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv6Address,
    IPv6Interface,
    ip_address,
    ip_interface,
)

from k8smodels.api.structure import JSON
from k8smodels.network.cni.gojson import JSONError, kind

Address = IPv4Address | IPv6Address
AddressWithPrefix = IPv4Interface | IPv6Interface

_CIDR = re.compile(r"[0-9a-fA-F.:]+/[0-9]{1,3}")
_PLAIN = re.compile(r"[0-9a-fA-F.:]+")


class AddressError(ValueError):
    """Text that is no address, in Go's words."""


def parse_cidr(text: str) -> AddressWithPrefix:
    """An address with the length of its network's prefix: ``10.244.1.7/24``.

    Raises
    ------
    AddressError
        It is none.
    """
    try:
        if _CIDR.fullmatch(text):
            return ip_interface(text)
    except ValueError:
        pass
    raise AddressError(f"invalid CIDR address: {text}")


def parse_ip(text: str) -> Address:
    """An address.

    Raises
    ------
    AddressError
        It is none.
    """
    try:
        if _PLAIN.fullmatch(text):
            address = ip_address(text)
            return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
    except ValueError:
        pass
    raise AddressError(f"invalid IP address: {text}")


def cidr_of(value: JSON) -> AddressWithPrefix:
    """`parse_cidr` of a decoded JSON value.

    Raises
    ------
    JSONError, AddressError
        It is no text, or no address.
    """
    if not isinstance(value, str):
        raise JSONError(f"json: cannot unmarshal {kind(value)} into Go value of type string")
    return parse_cidr(value)


def ip_of(value: JSON, field: str) -> Address | None:
    """`parse_ip` of a decoded JSON value; none and empty text are no address.

    Raises
    ------
    JSONError, AddressError
        It is no text, or no address.
    """
    if value is not None and not isinstance(value, str):
        raise JSONError(f"json: cannot unmarshal {kind(value)} into Go struct field {field} of type net.IP")
    return parse_ip(value) if value else None
