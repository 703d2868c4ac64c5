"""The physical network: segments, the router between them, and machines that are no nodes."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_interface

from k8smodels.network.addresses import IPAddress, IPNetwork, mac
from k8smodels.network.cluster import ClusterNode, Host
from k8smodels.network.devices import Ethernet, Port
from k8smodels.network.modes.layout import CARD, ROUTER, Layout, address_of, card_mac
from k8smodels.network.modes.pods import default_routes, loopback, pod_mac
from k8smodels.network.namespace import Namespace, connected, namespace
from k8smodels.network.network import Segment
from k8smodels.network.routes import PeerRoutes, Route, Routes, RouteTable


def router_namespace(layout: Layout) -> Namespace:
    """The router, with a card on each segment; of pods it knows what the mode tells it."""
    devices = (loopback(), *_router_cards(layout))
    routes: Routes = RouteTable(connected(devices))
    if layout.mode.routers_know:
        routes = PeerRoutes(routes, layout.blocks, partial(_route_to, layout))
    return Namespace(name=ROUTER, devices={item.name: item for item in devices}, routes=routes, ip_forward=True)


def host_namespace(layout: Layout, host: Host) -> Namespace:
    """A machine that is no node."""
    segment = layout.cluster.subnets[host.addresses[0].network]
    card = Ethernet(name=CARD, mac=_host_mac(host), mtu=layout.cluster.mtu, addresses=host.addresses, segment=segment)
    return namespace(host.name, (loopback(), card), default_routes(layout, host.addresses))


def segments(layout: Layout) -> dict[str, Segment]:
    """Who is on each segment: cards, and where the mode says so pods."""
    by_mac: dict[str, dict[str, Port]] = {name: {} for name in layout.cluster.subnets.values()}
    by_address: dict[str, dict[IPAddress, Port]] = {name: {} for name in by_mac}
    for machine in layout.cluster.machines:
        name, port = layout.cluster.subnets[machine.addresses[0].network], Port(machine.name, CARD)
        by_mac[name][card_mac(machine) if isinstance(machine, ClusterNode) else _host_mac(machine)] = port
        by_address[name].update((item.ip, port) for item in machine.addresses)
    for card in _router_cards(layout):
        port = Port(ROUTER, card.name)
        by_mac[card.segment][card.mac] = port
        by_address[card.segment].update((item.ip, port) for item in card.addresses)
    _add_pods(layout, by_mac, by_address)
    return {name: Segment(name, by_mac[name], by_address[name], layout.cluster.mtu) for name in by_mac}


def _add_pods(layout: Layout, by_mac: dict[str, dict[str, Port]], by_address: dict[str, dict[IPAddress, Port]]) -> None:
    """Pods with a device on the card answer themselves; a cloud answers for its nodes' secondary addresses."""
    own = layout.mode.pods in ("macvlan", "ipvlan-l2")
    if not own and not layout.mode.secondary:
        return
    for node_name, pods in layout.cluster.pods_by_node.items():
        name = layout.cluster.subnets[layout.cluster.node_by_name[node_name].addresses[0].network]
        for pod in pods:
            port = Port(pod.name, CARD) if own else Port(node_name, CARD)
            by_address[name].update(dict.fromkeys(pod.addresses, port))
            if layout.mode.pods == "macvlan":
                by_mac[name][pod_mac(pod)] = port


def _router_cards(layout: Layout) -> list[Ethernet]:
    by_segment: dict[str, list[IPNetwork]] = {}
    for subnet in layout.gateways:
        by_segment.setdefault(layout.cluster.subnets[subnet], []).append(subnet)
    return [
        Ethernet(
            name=f"eth{place}",
            mac=mac("02:fe", layout.gateways[subnets[0]]),
            mtu=layout.cluster.mtu,
            addresses=tuple(ip_interface(f"{layout.gateways[item]}/{item.prefixlen}") for item in subnets),
            segment=segment,
        )
        for place, (segment, subnets) in enumerate(by_segment.items())
    ]


def _route_to(layout: Layout, prefix: IPNetwork, node: ClusterNode) -> Route | None:
    there = address_of(node, prefix.version)
    if there is None:
        return None
    card = next(card for card in _router_cards(layout) if any(there.ip in item.network for item in card.addresses))
    return Route(prefix=prefix, via=there.ip, device=card.name)


def _host_mac(host: Host) -> str:
    return mac("02:68", host.addresses[0].ip)
