"""Addresses of Services, from a ServiceCIDR.

References
----------
pkg/registry/core/service/ipallocator/ipallocator.go: NewIPAllocator, AllocateService, AllocateNextService (v1.37)
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace

from k8smodels.api.errors import invalid
from k8smodels.network.policy.addresses import IPAddress, IPNetwork, cidr_problem, parse_cidr
from k8smodels.services.allocation.bands import AllocationError, Range, static_band

_MOST_BITS = 64


class AddressTaken(AllocationError):
    """Another Service has the address."""

    def __init__(self) -> None:
        super().__init__("provided IP is already allocated")


class AddressNotInRange(AllocationError):
    """The address is none that the range has."""


@dataclass(frozen=True, slots=True)
class ClusterIPs:
    """The addresses of one family, and which are taken. Every change gives a new one.

    Attributes
    ----------
    network
        The ServiceCIDR.
    range
        Its addresses as numbers: without the network's own, and for IPv4 without the broadcast address.
    """

    network: IPNetwork
    range: Range

    @classmethod
    def of(cls, cidr: str) -> ClusterIPs:
        """All addresses of `cidr`, free.

        Raises
        ------
        FieldError
            It is no block of addresses.
        AllocationError
            It is an IPv6 block of more than 64 bits.
        """
        try:
            network = parse_cidr(cidr)
        except ValueError:
            raise invalid("spec.cidrs[0]", cidr, cidr_problem(cidr)) from None
        if network.version == 6 and network.prefixlen < _MOST_BITS:
            length = network.prefixlen
            raise AllocationError(f"shortest allowed prefix length for service CIDR is {_MOST_BITS}, got {length}")
        first, last = int(network.network_address) + 1, int(network.broadcast_address) - (network.version == 4)
        return cls(network, Range(first, last, static_band(network.num_addresses, step=16, most=256)))

    @property
    def static(self) -> str:
        """The band that is taken last, ``10.96.0.1-10.96.1.0``; empty if there is none."""
        return self._span(self.range.first, self.range.dynamic_from - 1)

    @property
    def dynamic(self) -> str:
        """The band that is taken first."""
        return self._span(self.range.dynamic_from, self.range.last)

    def allocate(self, address: IPAddress) -> ClusterIPs:
        """Take the address that was asked for; it may be in either band.

        Raises
        ------
        AddressNotInRange, AddressTaken
        """
        inside = address.version == self.network.version and self.range.first <= int(address) <= self.range.last
        if not inside:
            problem = f"the provided IP ({address}) is not in the valid range. The range of valid IPs is {self.network}"
            raise AddressNotInRange(problem)
        if int(address) in self.range.taken:
            raise AddressTaken
        return replace(self, range=self.range.with_taken(int(address)))

    def allocate_next(self, seed: int | str) -> tuple[ClusterIPs, IPAddress]:
        """Take some free address.

        Raises
        ------
        RangeFull
        """
        value = self.range.next_free(seed)
        return replace(self, range=self.range.with_taken(value)), self._address(value)

    def release(self, address: IPAddress) -> ClusterIPs:
        """Give an address back; one that is free or of another range changes nothing."""
        known = address.version == self.network.version
        return replace(self, range=self.range.without(int(address))) if known else self

    def is_static(self, address: IPAddress) -> bool:
        """Whether the address is in the band that is kept for requests."""
        return int(address) < self.range.dynamic_from

    def _address(self, value: int) -> IPAddress:
        return ipaddress.IPv4Address(value) if self.network.version == 4 else ipaddress.IPv6Address(value)

    def _span(self, first: int, last: int) -> str:
        return f"{self._address(first)}-{self._address(last)}" if first <= last else ""
