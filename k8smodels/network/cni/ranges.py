"""Ranges of addresses, as the plugin host-local is given them.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/ipam/host-local/backend/allocator/{range,range_set}.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Interface, IPv6Network, ip_network
from itertools import combinations

from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import Address, AddressWithPrefix, cidr_of, ip_of
from k8smodels.network.cni.gojson import type_error


class RangeError(ValueError):
    """A range that host-local refuses; the text is the plugin's."""


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses of one subnet, from `start` to `end`, both of them included, and the gateway, which is never given."""

    subnet: IPv4Network | IPv6Network
    start: Address
    end: Address
    gateway: Address

    def __contains__(self, address: Address) -> bool:
        return address.version == self.subnet.version and int(self.start) <= int(address) <= int(self.end)

    def overlaps(self, other: Range) -> bool:
        """Whether an end of one lies in the other."""
        return self.start in other or self.end in other or other.start in self or other.end in self

    def __str__(self) -> str:
        return f"{self.start}-{self.end}"


RangeSet = Sequence[Range]
"""Ranges that one address is taken from. A pod gets one address from each set."""


@dataclass(frozen=True, slots=True)
class GivenRange:
    """A range as it is written, before host-local fills in what is not there."""

    subnet: AddressWithPrefix | None
    gateway: Address | None
    start: Address | None
    end: Address | None


def given_ranges(documents: JSON) -> tuple[GivenRange, ...]:
    """The ranges of a set from its JSON.

    Raises
    ------
    JSONError, AddressError
        A field has the wrong type, or holds no address.
    """
    if documents is not None and not isinstance(documents, list):
        raise type_error(documents, "IPAMConfig.ipam.ranges", "allocator.RangeSet")
    return tuple(_given_range(document) for document in documents or ())


def _given_range(document: JSON) -> GivenRange:
    if document is not None and not isinstance(document, dict):
        raise type_error(document, "IPAMConfig.ipam.ranges", "allocator.Range")
    fields = document or {}
    subnet = cidr_of(fields["subnet"]) if fields.get("subnet") is not None else None
    return GivenRange(
        subnet, *(ip_of(fields.get(key), f"Range.{key}") for key in ("gateway", "rangeStart", "rangeEnd"))
    )


def range_of(given: GivenRange) -> Range:
    """A range with what is not given filled in.

    The gateway is the subnet's first address; the range goes from there to the last address before the broadcast
    address (in IPv6, which has none, to the last one).

    Raises
    ------
    RangeError
        host-local refuses it.
    """
    network, start, end = _network(given.subnet), given.start, given.end
    first = network.network_address + 1
    last = network.broadcast_address - (1 if network.version == 4 else 0)
    if start is not None and (start not in network or int(start) > int(end or start)):
        raise RangeError(f"RangeStart {start} not in network {network}")
    if end is not None and (end not in network or int(end) < int(start or first)):
        raise RangeError(f"RangeEnd {end} not in network {network}")
    return Range(network, start or first, end or last, given.gateway or first)


def _network(subnet: AddressWithPrefix | None) -> IPv4Network | IPv6Network:
    if subnet is None:
        raise RangeError("IP <nil> not v4 nor v6")
    bits = subnet.network.prefixlen
    if bits > subnet.max_prefixlen - 2:
        raise RangeError(f"Network {subnet} too small to allocate from")
    if isinstance(subnet, IPv6Interface) and subnet.ip.ipv4_mapped:
        raise RangeError("IPNet IP and Mask version mismatch")
    network = ip_network(subnet.network)
    if subnet.ip != network.network_address:
        text = f"For a subnet mask of length {bits} the network address is {network.network_address}"
        raise RangeError(f"Network has host bits set. {text}")
    return network


def range_set(given: Sequence[GivenRange]) -> RangeSet:
    """A set of ranges.

    Raises
    ------
    RangeError
        host-local refuses it: no range, two families, or ranges that overlap.
    """
    ranges: list[Range] = []
    for item in given:
        ranges.append(range_of(item))
        if ranges[0].subnet.version != ranges[-1].subnet.version:
            raise RangeError("mixed address families")
    if not ranges:
        raise RangeError("empty range set")
    for one, other in combinations(ranges, 2):
        if one.overlaps(other):
            raise RangeError(f"subnets {one} and {other} overlap")
    return tuple(ranges)


def range_for(ranges: RangeSet, address: Address) -> Range | None:
    """The range of the set that has the address."""
    return next((item for item in ranges if address in item), None)


def shown(ranges: RangeSet) -> str:
    """The set in a message."""
    return ",".join(str(item) for item in ranges)


def round_robin(ranges: RangeSet, last: Address | None) -> Iterator[tuple[Address, Range]]:
    """Every address of the set once, beginning after the one that was given last, without gateways.

    An address that is given back therefore rests until all others have had their turn.
    """
    begin = range_for(ranges, last) if last is not None else None
    at = ranges.index(begin) if begin is not None else 0
    turn = (*ranges[at:], *ranges[:at])
    parts = [(item, int(item.start), int(item.end)) for item in turn]
    if begin is not None and last is not None:
        parts[0] = (begin, int(last) + 1, int(begin.end))
        parts.append((begin, int(begin.start), int(last)))
    for item, first, final in parts:
        for number in range(first, final + 1):
            if number != int(item.gateway) or item.gateway.version != item.subnet.version:
                yield _address(item, number), item


def _address(item: Range, number: int) -> Address:
    return item.subnet.network_address + (number - int(item.subnet.network_address))


def is_ipv4(ranges: RangeSet) -> bool:
    """Whether the set is of IPv4."""
    return isinstance(ranges[0].start, IPv4Address)
