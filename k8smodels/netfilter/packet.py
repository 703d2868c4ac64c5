"""A packet, and the machine that it meets.

References
----------
Linux Documentation/networking/nf_conntrack-sysctl.rst; iptables-extensions(8): addrtype, conntrack, recent
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from k8smodels.netfilter.addresses import canonical, contains, is_loopback, network, with_port

ConnectionState = Literal["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"]


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet on its way.

    Attributes
    ----------
    src, dst, sport, dport
        Addresses and ports; the ports are 0 for protocols without.
    protocol
        ``tcp``, ``udp``, ``sctp``, ``icmp`` ...
    iif
        The interface that it came in on; empty if a process of this machine sent it.
    oif
        The interface that it leaves by; empty until that is decided.
    state
        What conntrack says of its connection.
    mark
        The packet mark.
    dnat, snat
        Whether its destination or source was rewritten.
    """

    src: str
    dst: str
    dport: int = 0
    protocol: str = "tcp"
    iif: str = ""
    sport: int = 40000
    oif: str = ""
    state: ConnectionState = "NEW"
    mark: int = 0
    dnat: str = ""
    snat: str = ""

    def to(self, address: str, port: int) -> Packet:
        """The packet with another destination; a port of 0 leaves the port."""
        port = port or self.dport
        return replace(self, dst=address, dport=port, dnat=with_port(address, port))


@dataclass(frozen=True, slots=True)
class Machine:
    """What the rules ask of the machine.

    Attributes
    ----------
    addresses
        Its own; loopback is understood. None if they are not known: rules that ask for them are then not answered, and
        a packet to any address but loopback is taken to go elsewhere.
    routes
        The interface for a range of addresses; the longest range counts. Without an entry the interface is unknown.
    recent
        Lists of the match ``recent``: by name, the seconds since each source address was seen.
    ip_sets
        Entries of sets, as ipset writes them, by name. A set that is not here is unknown.
    """

    addresses: tuple[str, ...] | None = ()
    routes: Mapping[str, str] = field(default_factory=dict)
    recent: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ip_sets: Mapping[str, Collection[str]] = field(default_factory=dict)

    def is_local(self, address: str) -> bool:
        """Whether a packet to this address stays on the machine."""
        return is_loopback(address) or canonical(address) in map(canonical, self.addresses or ())

    def knows(self, address: str) -> bool:
        """Whether it is known if an address is the machine's own."""
        return self.addresses is not None or is_loopback(address)

    def interface(self, address: str) -> str:
        """The interface towards an address; empty if that is not known."""
        if self.is_local(address):
            return "lo"
        ranges = [cidr for cidr in self.routes if (":" in cidr) == (":" in address) and contains(cidr, address)]
        return self.routes[max(ranges, key=lambda cidr: network(cidr).prefixlen)] if ranges else ""
