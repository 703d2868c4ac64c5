"""Where a frame arrives: along virtual cables, through bridges, over a segment of the physical network.

What it leaves out: a bridge learns MACs from frames, and floods frames to unknown ones; here it knows every MAC.

References
----------
Linux net/bridge/br_forward.c, drivers/net/macvlan.c, net/ipv4/arp.c (arp_process)
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Bridge, Device, Ethernet, Ipvlan, Macvlan, Port, Veth
from k8smodels.network.network import Network, Segment

Trail = tuple[Port, ...]
"""The devices that a frame passes, the last of which receives it."""


@dataclass(frozen=True, slots=True)
class HasMac:
    """The device that a frame is for."""

    mac: str

    def matches(self, network: Network, port: Port) -> bool:
        """Whether it is this one."""
        return network.device(port).mac == self.mac

    def on(self, segment: Segment) -> Port | None:
        """The one on a segment."""
        return segment.by_mac.get(self.mac)

    def expected(self, network: Network) -> str | None:
        """The namespace to look in first: where an answer came from."""
        return network.learned.get(self.mac)


@dataclass(frozen=True, slots=True)
class Answers:
    """The device that answers when an address is asked for: its namespace has it, or it is a proxy for it."""

    address: IPAddress

    def matches(self, network: Network, port: Port) -> bool:
        """Whether it is this one."""
        item = network.namespace(port.namespace)
        if item.has(self.address):
            return True
        if not item.devices[port.device].proxy_arp:
            return False
        route = item.routes.lookup(self.address)
        return route is not None and route.device not in ("", port.device)

    def on(self, segment: Segment) -> Port | None:
        """The one on a segment."""
        return segment.by_address.get(self.address)

    def expected(self, network: Network) -> str | None:
        """The namespace to look in first."""
        return network.owners.get(self.address)


Wanted = HasMac | Answers


def find(network: Network, port: Port, wanted: Wanted, passed: frozenset[Port] = frozenset()) -> Trail | None:
    """The way of a frame that leaves by `port` to the device that is wanted; None if nobody there is it.

    No frame passes a bridge twice: of the bridges that it has `passed` already it finds no other way out.
    """
    device = network.device(port)
    match device:
        case Veth(peer=peer):
            return _into(network, peer, wanted, passed)
        case Bridge():
            return _out_of_bridge(network, port, wanted, passed, came_by="")
        case Ethernet() | Macvlan() | Ipvlan(mode="l2"):
            return _over_segment(network, port, device, wanted)
        case _:
            return None


def _into(network: Network, port: Port, wanted: Wanted, passed: frozenset[Port]) -> Trail | None:
    bridge = network.device(port).master
    if not bridge:
        return (port,) if wanted.matches(network, port) else None
    inside = Port(port.namespace, bridge)
    if wanted.matches(network, inside):
        return port, inside
    further = _out_of_bridge(network, inside, wanted, passed, came_by=port.device)
    return (port, *further) if further else None


def _out_of_bridge(
    network: Network, bridge: Port, wanted: Wanted, passed: frozenset[Port], came_by: str
) -> Trail | None:
    if bridge in passed:
        return None
    item = network.namespace(bridge.namespace)
    first = item.cables.get(wanted.expected(network) or "")
    for device in chain([first] if first else [], item.devices.values()):
        if device.master != bridge.device:
            continue
        if device.name != came_by or (isinstance(device, Veth) and device.hairpin):
            out = Port(bridge.namespace, device.name)
            further = find(network, out, wanted, passed | {bridge})
            if further:
                return out, *further
    return None


def _over_segment(network: Network, port: Port, device: Device, wanted: Wanted) -> Trail | None:
    card = card_of(port, device)
    wire = network.device(card)
    if not isinstance(wire, Ethernet):
        return None
    found = wanted.on(network.segments[wire.segment])
    if found is None or found == port:
        return None
    if card_of(found, network.device(found)) == card:
        # Devices on one card reach each other without the wire; the card itself and they never hear each other.
        return None if card in (port, found) else (found,)
    return (found,) if card == port else (card, found)


def card_of(port: Port, device: Device) -> Port:
    """The device that is plugged into the segment: a parent, or the device itself."""
    return device.parent if isinstance(device, Macvlan | Ipvlan) else port


def neighbour(network: Network, port: Port, address: IPAddress) -> tuple[str, str] | None:
    """The MAC of `address` on the link of `port`, and where it stands: written down, or answered by whom."""
    item = network.namespace(port.namespace)
    written = item.permanent(port.device, address)
    if written is not None:
        return written, f"{address} dev {port.device} lladdr {written} PERMANENT"
    trail = find(network, port, Answers(address))
    if trail is None:
        return None
    mac = network.device(trail[-1]).mac
    network.learned[mac] = trail[-1].namespace
    return mac, f"{address} dev {port.device} lladdr {mac} REACHABLE"


def on_card(network: Network, card: Port, address: IPAddress) -> bool:
    """Whether a macvlan or ipvlan device on this card has the address."""
    owner = network.owners.get(address)
    devices = network.namespace(owner).devices.values() if owner else ()
    return any(isinstance(device, Macvlan | Ipvlan) and device.parent == card for device in devices)
