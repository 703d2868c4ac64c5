"""A pod's namespace, and its devices on the node.

References
----------
containernetworking/plugins plugins/main/{bridge,macvlan,ipvlan} (v1.9);
Calico felix, cni-plugin/pkg/dataplane/linux/dataplane_linux.go (v3.30)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from ipaddress import ip_address, ip_interface

from k8smodels.network.addresses import IPAddress, IPInterface, family, mac, single
from k8smodels.network.cluster import ClusterNode, ClusterPod
from k8smodels.network.devices import Device, Ipvlan, Loopback, Macvlan, Port, Veth
from k8smodels.network.modes.layout import CARD, Layout, block_of, bridge_address, cable, card_mac
from k8smodels.network.namespace import Namespace, namespace
from k8smodels.network.routes import Route

BRIDGE = "cni0"
CALICO_MAC = "ee:ee:ee:ee:ee:ee"
CALICO_GATEWAY = {4: ip_address("169.254.1.1"), 6: ip_address("fe80::ecee:eeff:feee:eeee")}
"""The next hop of pods with a cable of their own: the node answers for it although it does not have it."""


@cache
def loopback() -> Loopback:
    """The device that every namespace has."""
    return Loopback(name="lo", addresses=(ip_interface("127.0.0.1/8"), ip_interface("::1/128")))


def pod_namespace(layout: Layout, pod: ClusterPod) -> Namespace:
    """The namespace of a pod that does not have its node's."""
    node = layout.cluster.node_by_name[pod.node]
    kind, *mode = layout.mode.pods.split("-")
    if kind in ("macvlan", "ipvlan"):
        return _on_card(layout, pod, node, "".join(mode))
    if kind == "routed":
        return _routed(layout, pod)
    return _bridged(layout, pod, node)


def node_side(layout: Layout, node: ClusterNode) -> Iterator[Device]:
    """The node's ends of its pods' cables."""
    kind = {"bridge": "veth", "routed": "cali"}.get(layout.mode.pods)
    for pod in layout.cluster.pods_by_node.get(node.name, ()) if kind else ():
        name, peer = cable(str(kind), pod.name), Port(pod.name, CARD)
        if kind == "veth":
            own = mac("0a:59", pod.addresses[0])
            yield Veth(name=name, mac=own, mtu=layout.device_mtu, master=BRIDGE, peer=peer, hairpin=True)
        else:
            yield Veth(name=name, mac=CALICO_MAC, mtu=layout.device_mtu, proxy_arp=True, peer=peer)


def _bridged(layout: Layout, pod: ClusterPod, node: ClusterNode) -> Namespace:
    addresses, routes = [], []
    for address in pod.addresses:
        block = block_of(node, address.version)
        if block is not None:
            addresses.append(ip_interface(f"{address}/{block.prefixlen}"))
            routes.append(Route(prefix=family(address.version), via=bridge_address(block).ip, device=CARD))
    return namespace(pod.name, (loopback(), _end(layout, pod, "veth", tuple(addresses))), routes)


def _routed(layout: Layout, pod: ClusterPod) -> Namespace:
    routes, neighbours = [], {}
    for version in sorted({address.version for address in pod.addresses}):
        gateway = CALICO_GATEWAY[version]
        routes.append(Route(prefix=single(gateway), device=CARD))
        routes.append(Route(prefix=family(version), via=gateway, device=CARD))
        if version == 6 or layout.mode.secondary:
            neighbours[CARD, gateway] = CALICO_MAC
    addresses = tuple(ip_interface(single(address).with_prefixlen) for address in pod.addresses)
    return namespace(pod.name, (loopback(), _end(layout, pod, "cali", addresses)), routes, neighbours=neighbours)


def _end(layout: Layout, pod: ClusterPod, kind: str, addresses: tuple[IPInterface, ...]) -> Veth:
    peer = Port(pod.node, cable(kind, pod.name))
    return Veth(name=CARD, mac=pod_mac(pod), mtu=layout.device_mtu, addresses=addresses, peer=peer)


def _on_card(layout: Layout, pod: ClusterPod, node: ClusterNode, mode: str) -> Namespace:
    parent, mtu = Port(node.name, CARD), layout.device_mtu
    if mode == "l3":
        own = tuple(ip_interface(single(address).with_prefixlen) for address in pod.addresses)
        l3 = Ipvlan(name=CARD, mac=card_mac(node), mtu=mtu, addresses=own, parent=parent, mode="l3")
        routes = [Route(prefix=family(version), device=CARD) for version in sorted({item.version for item in own})]
        return namespace(pod.name, (loopback(), l3), routes)
    addresses = tuple(_in_subnet(node, address) for address in pod.addresses)
    device: Device = Macvlan(name=CARD, mac=pod_mac(pod), mtu=mtu, addresses=addresses, parent=parent)
    if mode == "l2":
        device = Ipvlan(name=CARD, mac=card_mac(node), mtu=mtu, addresses=addresses, parent=parent)
    return namespace(pod.name, (loopback(), device), default_routes(layout, addresses))


def default_routes(layout: Layout, addresses: tuple[IPInterface, ...]) -> list[Route]:
    """The way out of the subnet, where there is a router."""
    found = ((item.version, layout.gateway(addresses, item.version)) for item in addresses)
    return [Route(prefix=family(version), via=gateway, device=CARD) for version, gateway in found if gateway]


def _in_subnet(node: ClusterNode, address: IPAddress) -> IPInterface:
    subnet = next(item.network for item in node.addresses if address in item.network)
    return ip_interface(f"{address}/{subnet.prefixlen}")


def pod_mac(pod: ClusterPod) -> str:
    """The MAC of a pod's device."""
    return mac("0a:58", pod.addresses[0])
