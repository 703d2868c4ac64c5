"""IP packets, and what tunnels wrap around them.

References
----------
RFC 791, RFC 8200, RFC 7348 (VXLAN), RFC 8926 (Geneve), RFC 2003 (IP in IP);
Linux drivers/net/wireguard/{messages.h,send.c}
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

from k8smodels.network.addresses import UNSPECIFIED, IPAddress

PROBE_BYTES = 128
"""An IPv4 packet with 100 bytes of UDP payload."""


class Frame(NamedTuple):
    """The Ethernet header around a packet; both MACs empty where a device has none."""

    source: str = ""
    destination: str = ""


NO_FRAME = Frame()
"""Around packets of devices without Ethernet."""


class Flow(NamedTuple):
    """What connection tracking knows a packet by."""

    protocol: str
    source: IPAddress
    source_port: int
    destination: IPAddress
    destination_port: int

    def reversed(self) -> Flow:
        """The flow of the answers."""
        return Flow(self.protocol, self.destination, self.destination_port, self.source, self.source_port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """An IP packet, or the fragments of one: they travel together.

    Attributes
    ----------
    source, destination
        `source` may be unspecified (``0.0.0.0``): the sending kernel chooses.
    size_bytes
        The whole IP packet: header, UDP header, payload.
    df
        Don't Fragment: as after ``IP_PMTUDISC_DO``. An IPv6 packet is never fragmented on its way.
    fragments
        Sizes of the IP packets that carry this one, in bytes; empty when it travels whole.
    ttl
        Time to live, or hop limit.
    inner, inner_frame, tunnel
        What a tunnel device wrapped, the Ethernet header that it wrapped too, and the kind of the tunnel.
    about
        For an ICMP error: the flow of the packet that caused it.
    """

    source: IPAddress
    destination: IPAddress
    protocol: str = "UDP"
    source_port: int = 40000
    destination_port: int = 9000
    size_bytes: int = PROBE_BYTES
    df: bool = False
    fragments: tuple[int, ...] = ()
    ttl: int = 64
    inner: Packet | None = None
    inner_frame: Frame = NO_FRAME
    tunnel: str = ""
    about: Flow | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Size of each IP packet on the wire, in bytes."""
        return self.fragments or (self.size_bytes,)

    @property
    def flow(self) -> Flow:
        """Protocol, addresses and ports."""
        return Flow(self.protocol, self.source, self.source_port, self.destination, self.destination_port)

    def with_flow(self, flow: Flow) -> Self:
        """The same packet with other addresses and ports."""
        return replace(
            self,
            source=flow.source,
            source_port=flow.source_port,
            destination=flow.destination,
            destination_port=flow.destination_port,
        )

    def reply(self) -> Packet:
        """A packet of the same size back to where this one seems to come from."""
        flow = self.flow.reversed()
        return Packet(size_bytes=self.size_bytes, source=flow.source, destination=flow.destination).with_flow(flow)

    def unsourced(self) -> bool:
        """Whether the source is still to be chosen."""
        return self.source in UNSPECIFIED
