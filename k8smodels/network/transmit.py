"""A packet leaves by a device: through a cable, a bridge, a card, or into a tunnel.

References
----------
Linux net/core/dev.c (is_skb_forwardable), drivers/net/{veth,macvlan,ipvlan/ipvlan_core}.c
"""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Ethernet, Ipvlan, Loopback, Port, Tunnel
from k8smodels.network.links import HasMac, Trail, find
from k8smodels.network.packet import Frame, Packet
from k8smodels.network.path import Loss
from k8smodels.network.steps import Errand, Next, Output, Receive, SendBy, Transmit
from k8smodels.network.tunnels import encapsulate, remote_of

_VLAN_TAG_BYTES = 4
"""A device takes a frame that is longer than its MTU by a VLAN tag, although there is none."""


def transmit(errand: Errand, step: Transmit) -> Next:
    """Send a packet by a device."""
    port, frame, packet, next_hop = step
    device = errand.network.device(port)
    match device:
        case Loopback():
            reason = _("{port} leads nowhere else").format(port=port)
            return Loss(port=port, packet=packet, reason=reason)
        case Tunnel():
            return _into_tunnel(errand, port, device, frame, packet, next_hop)
        case Ipvlan(parent=parent) if device.mode == "l3" or frame.source == frame.destination:
            return _by_parent(errand, port, parent, packet)
        case _:
            return _over_link(errand, port, frame, packet)


def _into_tunnel(errand: Errand, port: Port, device: Tunnel, frame: Frame, packet: Packet, next_hop: IPAddress) -> Next:
    item = errand.network.namespace(port.namespace)
    remote = remote_of(item, device, frame, packet, next_hop)
    if remote is None:
        what = frame.destination or packet.destination
        reason = _("{port} knows no node for {what}").format(port=port, what=what)
        return Loss(port=port, packet=packet, reason=reason)
    outer = encapsulate(device, frame, packet, remote)
    entry = f"{frame.destination} dst {remote}" if frame.destination else f"remote {remote}"
    errand.note(port, "encapsulate", entry, packet, outer, frame=frame)
    return Output(port.namespace, outer)


def _by_parent(errand: Errand, port: Port, parent: Port, packet: Packet) -> Next:
    """To another ipvlan device on the card; else (mode l3) by the routes of the card's namespace, TTL untouched."""
    other = errand.network.slaves.get((parent, packet.destination))
    if other is not None:
        errand.note(port, "send", _("another device on {card}").format(card=parent), packet)
        return Receive(other, packet)
    item = errand.network.namespace(parent.namespace)
    route = item.routes.lookup(packet.destination)
    if route is None:
        reason = _("{namespace} has no route to {address}").format(namespace=item.name, address=packet.destination)
        return Loss(port=parent, packet=packet, reason=reason)
    errand.note(parent, "route", str(route), packet)
    return SendBy(item.name, packet, route, packet.flow, item.devices[route.device].mtu)


def _over_link(errand: Errand, port: Port, frame: Frame, packet: Packet) -> Next:
    network = errand.network
    trail = find(network, port, HasMac(frame.destination))
    if trail is None:
        reason = _("no device with {mac} on the link of {port}").format(mac=frame.destination, port=port)
        return Loss(port=port, packet=packet, reason=reason)
    _note_cards(errand, port, trail, frame, packet)
    for passed in trail:
        if max(packet.sizes) > network.device(passed).mtu + _VLAN_TAG_BYTES:
            return Loss(port=passed, packet=packet, reason=_dropped(packet, f"{passed}", network.device(passed).mtu))
    too_small = _segment_that_drops(errand, port, trail, packet)
    if too_small:
        return Loss(port=port, packet=packet, reason=too_small)
    last = trail[-1]
    if isinstance(network.device(last), Ethernet):
        last = network.slaves.get((last, packet.destination), last)
    errand.note(last, "receive", frame.destination, packet, frame=frame)
    return Receive(last, packet)


def _note_cards(errand: Errand, port: Port, trail: Trail, frame: Frame, packet: Packet) -> None:
    for passed in (port, *trail[:-1]):
        device = errand.network.device(passed)
        segment = device.segment if isinstance(device, Ethernet) else ""
        errand.note(passed, "send", f"{frame.source} > {frame.destination}", packet, frame=frame, segment=segment)


def _segment_that_drops(errand: Errand, port: Port, trail: Trail, packet: Packet) -> str:
    for passed in (port, *trail[:-1]):
        device = errand.network.device(passed)
        if isinstance(device, Ethernet):
            mtu = errand.network.segments[device.segment].mtu
            if max(packet.sizes) > mtu + _VLAN_TAG_BYTES:
                return _dropped(packet, device.segment, mtu)
    return ""


def _dropped(packet: Packet, where: str, mtu: int) -> str:
    return _("{size} bytes do not pass {where}: its MTU is {mtu}, and it drops without a word").format(
        size=max(packet.sizes), where=where, mtu=mtu
    )
