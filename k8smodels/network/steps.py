"""What the steps of a walk share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Port
from k8smodels.network.nat import Conntrack
from k8smodels.network.network import Network
from k8smodels.network.packet import NO_FRAME, Flow, Frame, Packet
from k8smodels.network.path import Hop, Loss
from k8smodels.network.routes import Route


@dataclass(frozen=True, slots=True)
class Delivered:
    """A namespace took the packet."""

    port: Port
    packet: Packet


class Output(NamedTuple):
    """A namespace makes a packet."""

    namespace: str
    packet: Packet
    path_mtu: int | None = None


class Receive(NamedTuple):
    """A device hands a packet to the IP layer of its namespace."""

    port: Port
    packet: Packet


class SendBy(NamedTuple):
    """A packet leaves a namespace by a route; `original` is its flow as it came, or as it was made here."""

    namespace: str
    packet: Packet
    route: Route
    original: Flow
    mtu: int
    made_here: bool = False


class Transmit(NamedTuple):
    """A device sends a packet; the frame is empty where the device has no Ethernet header."""

    port: Port
    frame: Frame
    packet: Packet
    next_hop: IPAddress


Next = Output | Receive | SendBy | Transmit | Delivered | Loss
"""What happens next."""


@dataclass
class Errand:
    """A walk under way: the hops so far, and the connections that each namespace remembers."""

    network: Network
    hops: list[Hop] = field(default_factory=list)
    _conntracks: dict[str, Conntrack] = field(default_factory=dict)

    def conntrack(self, namespace: str) -> Conntrack:
        """The connections of a namespace."""
        return self._conntracks.setdefault(namespace, Conntrack())

    def note(
        self,
        port: Port,
        action: str,
        decided_by: str,
        before: Packet,
        after: Packet | None = None,
        *,
        frame: Frame = NO_FRAME,
        segment: str = "",
    ) -> None:
        """Write a hop down."""
        mtu = self.network.device(port).mtu if port.device else 0
        self.hops.append(
            Hop(
                port=port,
                action=action,
                decided_by=decided_by,
                before=before,
                after=after or before,
                frame=frame,
                mtu=mtu,
                segment=segment,
            )
        )
