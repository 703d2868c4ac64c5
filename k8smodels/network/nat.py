"""Address translation of a namespace: masquerade on the way out, hostPort on the way in, and connection tracking.

References
----------
containernetworking/plugins plugins/meta/portmap (v1.9), flannel pkg/trafficmngr/iptables (v0.28);
Linux net/netfilter/nf_nat_masquerade.c
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.network.addresses import IPAddress, IPNetwork
from k8smodels.network.packet import Flow, Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Masquerade:
    """Packets that leave with the address of the device they leave by.

    Attributes
    ----------
    source
        Only of packets from there.
    not_destinations
        Not of packets to there.
    destination, protocol, destination_port
        Only of packets to there; without a protocol to any port.
    """

    source: IPNetwork
    not_destinations: tuple[IPNetwork, ...] = ()
    destination: IPAddress | None = None
    protocol: str = ""
    destination_port: int = 0

    def matches(self, packet: Packet) -> bool:
        """Whether the rule is about this packet."""
        if packet.source not in self.source or any(packet.destination in net for net in self.not_destinations):
            return False
        if self.destination not in (None, packet.destination):
            return False
        return not self.protocol or (self.protocol, self.destination_port) == (
            packet.protocol,
            packet.destination_port,
        )

    def __str__(self) -> str:
        """As ``iptables -S POSTROUTING`` prints it."""
        words = [f"-s {self.source}", *(f"! -d {net}" for net in self.not_destinations)]
        words += [f"-d {self.destination}"] if self.destination else []
        words += [f"-p {self.protocol.lower()} --dport {self.destination_port}"] if self.protocol else []
        return " ".join([*words, "-j MASQUERADE"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPort:
    """A port of the node that leads to a pod (DNAT), for packets to any address of the node.

    Attributes
    ----------
    protocol
        ``TCP``, ``UDP`` or ``SCTP``.
    host_ip
        Only for this address of the node; None for all.
    """

    host_port: int
    pod_ip: IPAddress
    container_port: int
    protocol: str = "TCP"
    host_ip: IPAddress | None = None

    def matches(self, packet: Packet) -> bool:
        """Whether the rule is about this packet, given that its destination is local."""
        same = (packet.protocol, packet.destination_port) == (self.protocol, self.host_port)
        right = packet.destination.version == self.pod_ip.version and self.host_ip in (None, packet.destination)
        return same and right

    def __str__(self) -> str:
        """As ``iptables -S`` prints it."""
        only = f"-d {self.host_ip} " if self.host_ip else ""
        to = f"[{self.pod_ip}]" if self.pod_ip.version == 6 else str(self.pod_ip)
        return (
            f"-p {self.protocol.lower()} {only}--dport {self.host_port}"
            f" -m addrtype --dst-type LOCAL -j DNAT --to-destination {to}:{self.container_port}"
        )


@dataclass(frozen=True, slots=True)
class Nat:
    """The rules of a namespace, in order; without any, it tracks no connections."""

    masquerade: tuple[Masquerade, ...] = ()
    host_ports: tuple[HostPort, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.masquerade or self.host_ports)


class Conntrack:
    """The flows that a namespace remembers during one walk: as a packet arrives, and as it goes on."""

    def __init__(self) -> None:
        self._onward: dict[Flow, Flow] = {}

    def remember(self, before: Flow, after: Flow) -> None:
        """Packets of `before` go on as `after`; answers come back the other way."""
        self._onward[before] = after
        self._onward[after.reversed()] = before.reversed()

    def known(self, packet: Packet) -> Packet | None:
        """A packet of a remembered flow, or an ICMP error about one, as it goes on; None for a new flow."""
        if packet.about is None:
            onward = self._onward.get(packet.flow)
            return packet.with_flow(onward) if onward else None
        onward = self._onward.get(packet.about.reversed())
        if onward is None:
            return None
        return replace(packet, destination=onward.destination, about=onward.reversed())
