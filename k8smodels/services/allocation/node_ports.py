"""Node ports, from the API server's ``--service-node-port-range``.

References
----------
pkg/registry/core/service/portallocator/allocator.go; staging/src/k8s.io/apimachinery/pkg/util/net/port_range.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.api.gotext import parse_int
from k8smodels.services.allocation.bands import AllocationError, Range, static_band

DEFAULT_RANGE = "30000-32767"


class PortTaken(AllocationError):
    """Another Service has the port."""

    def __init__(self) -> None:
        super().__init__("provided port is already allocated")


class PortNotInRange(AllocationError):
    """The port is outside of the range."""


class PortRangeError(ValueError):
    """Text that is no range of ports. Its message is Kubernetes'."""


@dataclass(frozen=True, slots=True)
class NodePorts:
    """The node ports of a cluster, and which are taken. Every change gives a new one."""

    range: Range

    @classmethod
    def of(cls, text: str = DEFAULT_RANGE) -> NodePorts:
        """All ports of a range, free.

        Raises
        ------
        PortRangeError, NumberError
            See `parse_port_range`.
        """
        first, last = parse_port_range(text)
        return cls(Range(first, last, static_band(last - first + 1, step=32, most=128)))

    @property
    def static(self) -> str:
        """The band that is taken last, ``30000-30085``; empty if there is none."""
        return f"{self.range.first}-{self.range.dynamic_from - 1}" if self.range.static else ""

    @property
    def dynamic(self) -> str:
        """The band that is taken first."""
        return f"{self.range.dynamic_from}-{self.range.last}"

    def allocate(self, port: int) -> NodePorts:
        """Take the port that was asked for; it may be in either band.

        Raises
        ------
        PortNotInRange, PortTaken
        """
        if not self.range.first <= port <= self.range.last:
            valid = f"{self.range.first}-{self.range.last}"
            raise PortNotInRange(f"provided port is not in the valid range. The range of valid ports is {valid}")
        if port in self.range.taken:
            raise PortTaken
        return replace(self, range=self.range.with_taken(port))

    def allocate_next(self, seed: int | str) -> tuple[NodePorts, int]:
        """Take some free port.

        Raises
        ------
        RangeFull
        """
        port = self.range.next_free(seed)
        return replace(self, range=self.range.with_taken(port)), port

    def release(self, port: int) -> NodePorts:
        """Give a port back; one that is free or outside of the range changes nothing."""
        return replace(self, range=self.range.without(port))

    def is_static(self, port: int) -> bool:
        """Whether the port is in the band that is kept for requests."""
        return port < self.range.dynamic_from


def parse_port_range(text: str) -> tuple[int, int]:
    """The first and the last port of ``30000-32767``, ``30000+2767`` or ``30000``.

    Raises
    ------
    NumberError
        One side is no number.
    PortRangeError
        It is no range, or an impossible one.
    """
    value = text.strip()
    if ("-" in value and "+" in value) or not value:
        raise PortRangeError(f"unable to parse port range: {value}")
    before, plus, count = value.partition("+")
    before, hyphen, end = before.partition("-")
    first = parse_int(before)
    last = parse_int(end) if hyphen else first + (parse_int(count) if plus else 0)
    if first > 65535 or last > 65535:
        raise PortRangeError(f"the port range cannot be greater than 65535: {value}")
    if last < first:
        raise PortRangeError(f"end port cannot be less than start port: {value}")
    return first, last
