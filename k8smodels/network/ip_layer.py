"""The IP layer of a namespace: packets made here, packets for here, packets passed on.

References
----------
Linux net/ipv4/{ip_output.c,ip_input.c,ip_forward.c,route.c}, net/ipv6/{ip6_output.c,ip6_input.c}
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Bridge, Port, Tunnel
from k8smodels.network.headers import fragment_sizes
from k8smodels.network.links import neighbour, on_card
from k8smodels.network.namespace import Namespace
from k8smodels.network.packet import NO_FRAME, Flow, Frame, Packet
from k8smodels.network.path import Loss
from k8smodels.network.routes import Route
from k8smodels.network.steps import Delivered, Errand, Next, Receive, SendBy, Transmit
from k8smodels.network.translation import from_outside, to_outside
from k8smodels.network.tunnels import decapsulate, has_ethernet


def output(errand: Errand, name: str, packet: Packet, path_mtu: int | None) -> Next:
    """A packet that is made in a namespace: choose its source, translate, choose its route, send it."""
    item = errand.network.namespace(name)
    packet = _with_source(item, packet)
    original, packet = packet.flow, from_outside(errand, item, packet)
    if item.has(packet.destination):
        return _to_itself(errand, item, packet, original)
    route = item.routes.lookup(packet.destination)
    here = Port(name, route.device if route else "")
    if route is None:
        return Loss(port=here, packet=packet, reason=_no_route(item, packet), errno=_errno(packet, "ENETUNREACH"))
    if route.kind == "blackhole":
        return Loss(port=here, packet=packet, reason=_decided(route), errno=_errno(packet, "EINVAL"))
    if packet.unsourced():
        reason = _("{namespace} has no address to send from").format(namespace=name)
        return Loss(port=here, packet=packet, reason=reason, errno="EADDRNOTAVAIL")
    errand.note(here, "route", str(route), packet)
    mtu = min(item.devices[route.device].mtu, path_mtu or packet.size_bytes)
    if packet.df and packet.size_bytes > mtu:
        return Loss(port=here, packet=packet, reason=_too_big(packet, mtu, route.device), errno="EMSGSIZE", mtu=mtu)
    return SendBy(name, packet, route, original, mtu, made_here=True)


def receive(errand: Errand, port: Port, packet: Packet) -> Next:
    """A packet that comes in by `port`: for this namespace, or to be passed on."""
    item = errand.network.namespace(port.namespace)
    refused = _reverse_path(item, port, packet)
    if refused:
        return Loss(port=port, packet=packet, reason=refused)
    original = packet.flow
    before, packet = packet, from_outside(errand, item, packet)
    if packet != before:
        errand.note(port, "translate", _rule(item, before, packet), before, packet)
    if item.has(packet.destination):
        return _deliver(errand, item, port, packet, original)
    if packet.destination != before.destination and isinstance(item.devices[port.device], Bridge):
        route = item.routes.lookup(packet.destination)
        if route is not None and route.device == port.device:
            return SendBy(item.name, packet, route, original, item.devices[port.device].mtu)
    if not item.ip_forward:
        reason = _("{address} is no address of {namespace}, and net.ipv4.ip_forward is 0").format(
            address=packet.destination, namespace=item.name
        )
        return Loss(port=port, packet=packet, reason=reason)
    return _forward(errand, item, port, packet, original)


def _forward(errand: Errand, item: Namespace, port: Port, packet: Packet, original: Flow) -> Next:
    route = item.routes.lookup(packet.destination)
    if route is None:
        return Loss(port=port, packet=packet, reason=_no_route(item, packet), icmp="network unreachable")
    if route.kind == "blackhole":
        return Loss(port=port, packet=packet, reason=_decided(route))
    if packet.ttl <= 1:
        reason = _("TTL is used up in {namespace}").format(namespace=item.name)
        return Loss(port=port, packet=packet, reason=reason, icmp="time exceeded")
    here, mtu = Port(item.name, route.device), item.devices[route.device].mtu
    if max(packet.sizes) > mtu and (packet.df or packet.destination.version == 6):
        reason = _too_big(packet, mtu, route.device)
        return Loss(port=here, packet=packet, reason=reason, icmp="fragmentation needed", mtu=mtu)
    packet = _put_together(errand, port, here, packet)
    passed = replace(packet, ttl=packet.ttl - 1)
    errand.note(here, "forward", str(route), packet, passed)
    return SendBy(item.name, passed, route, original, mtu)


def send_by(errand: Errand, step: SendBy) -> Next:
    """Send by a route: rules on the way out, fragments, the neighbour's MAC, the device."""
    item, packet, route, original = errand.network.namespace(step.namespace), step.packet, step.route, step.original
    here, next_hop = Port(item.name, route.device), route.via or packet.destination
    packet = to_outside(errand, item, here, packet, original, next_hop)
    packet = _fragmented(errand, here, packet, step.mtu, tracked=bool(item.nat))
    device = item.devices[route.device]
    if not has_ethernet(device):
        return Transmit(here, NO_FRAME, packet, next_hop)
    found = neighbour(errand.network, here, next_hop)
    if found is None:
        reason = _unanswered(errand, here, next_hop)
        if step.made_here:
            return Loss(port=here, packet=packet, reason=reason, errno=_errno(packet, "EHOSTUNREACH"))
        return Loss(port=here, packet=packet, reason=reason, icmp="host unreachable")
    mac, entry = found
    frame = Frame(device.mac, mac)
    errand.note(here, "neighbour", entry, packet, frame=frame)
    return Transmit(here, frame, packet, next_hop)


def _to_itself(errand: Errand, item: Namespace, packet: Packet, original: Flow) -> Next:
    here = Port(item.name, item.local.get(packet.destination, "lo"))
    errand.note(here, "route", f"local {packet.destination} dev lo", packet)
    return _deliver(errand, item, here, packet, original)


def _deliver(errand: Errand, item: Namespace, port: Port, packet: Packet, original: Flow) -> Next:
    if item.nat:
        errand.conntrack(item.name).remember(original, packet.flow)
    if packet.tunnel:
        unpacked = decapsulate(errand, item, packet)
        if isinstance(unpacked, Loss):
            return unpacked
        inside, inner = unpacked
        return Receive(inside, inner)
    whole = replace(packet, fragments=())
    errand.note(port, "deliver", f"local {packet.destination}", packet, whole)
    return Delivered(port, whole)


def _with_source(item: Namespace, packet: Packet) -> Packet:
    """The packet with a source: the destination itself if it is here, else what the route says, or its device has."""
    if not packet.unsourced():
        return packet
    if item.has(packet.destination):
        return replace(packet, source=packet.destination)
    route = item.routes.lookup(packet.destination)
    if route is None or not route.device:
        return packet
    chosen = route.source or item.address_of(route.device, route.via or packet.destination, packet.destination)
    return replace(packet, source=chosen) if chosen else packet


def _put_together(errand: Errand, port: Port, out: Port, packet: Packet) -> Packet:
    """Connection tracking on a bridge (br_netfilter, as kubeadm asks for it) forgets where a packet was cut.

    If the packet has to be cut again, the kernel uses the old pieces, unless a tunnel's headers find no room in them.
    """
    item = errand.network.namespace(port.namespace)
    device = item.devices[out.device]
    if not (item.nat and packet.fragments and isinstance(item.devices[port.device], Bridge)):
        return packet
    if packet.size_bytes > device.mtu and not isinstance(device, Tunnel):
        return packet
    whole = replace(packet, fragments=())
    errand.note(port, "reassemble", "net.bridge.bridge-nf-call-iptables = 1", packet, whole)
    return whole


def _reverse_path(item: Namespace, port: Port, packet: Packet) -> str:
    if item.rp_filter != 1 or packet.source.version != 4:
        return ""
    back = item.routes.lookup(packet.source)
    if back is not None and back.device == port.device:
        return ""
    return _("rp_filter of {port}: {address} is routed by {other}").format(
        port=port, address=packet.source, other=back.device if back else _("no device")
    )


def _fragmented(errand: Errand, here: Port, packet: Packet, mtu: int, *, tracked: bool) -> Packet:
    """The packet in pieces that fit; connection tracking puts it together before it is cut anew."""
    if max(packet.sizes) <= mtu:
        return packet
    version = packet.destination.version
    pieces = (packet.size_bytes,) if tracked else packet.sizes
    cut = tuple(size for piece in pieces for size in fragment_sizes(piece, mtu, version))
    fragments = replace(packet, fragments=cut)
    errand.note(here, "fragment", f"mtu {mtu}", packet, fragments)
    return fragments


def _too_big(packet: Packet, mtu: int, device: str) -> str:
    return _("{size} bytes and not to be fragmented; the MTU of {device} is {mtu}").format(
        size=max(packet.sizes), device=device, mtu=mtu
    )


def _decided(route: Route) -> str:
    return _("the route {route} says so").format(route=route)


def _errno(packet: Packet, name: str) -> str:
    """What a program here is told; a tunnel's packets are no program's."""
    return "" if packet.tunnel else name


def _unanswered(errand: Errand, here: Port, address: IPAddress) -> str:
    if on_card(errand.network, here, address):
        return _(
            "{address} is on a device on {port} itself: a card and the devices on it never hear each other"
        ).format(address=address, port=here)
    return _("nobody on the link of {port} answers for {address}").format(port=here, address=address)


def _no_route(item: Namespace, packet: Packet) -> str:
    return _("{namespace} has no route to {address}").format(namespace=item.name, address=packet.destination)


def _rule(item: Namespace, before: Packet, after: Packet) -> str:
    rule = next((str(rule) for rule in item.nat.host_ports if rule.matches(before)), "")
    return rule if rule and after.destination != before.destination else _("an answer of a translated connection")
