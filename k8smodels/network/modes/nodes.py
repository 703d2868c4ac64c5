"""A node's namespace: its card, its bridge or cables, its tunnel, and its routes to the other nodes' pods.

References
----------
flannel pkg/backend/{vxlan,hostgw,ipip,wireguard} and pkg/trafficmngr/iptables (v0.28);
containernetworking/plugins plugins/meta/portmap (v1.9)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from ipaddress import ip_interface

from k8smodels.network.addresses import IPAddress, IPNetwork, single
from k8smodels.network.cluster import ClusterNode
from k8smodels.network.devices import Bridge, Device, Ethernet, Geneve, Ipip, Tunnel, Vxlan, Wireguard
from k8smodels.network.headers import overhead_bytes
from k8smodels.network.modes.layout import (
    CARD,
    Layout,
    address_of,
    bridge_address,
    cable,
    card_mac,
    tunnel_mac,
)
from k8smodels.network.modes.pods import BRIDGE, default_routes, loopback, node_side
from k8smodels.network.namespace import Namespace, connected
from k8smodels.network.nat import Masquerade, Nat
from k8smodels.network.routes import PeerRoutes, Route, Routes, RouteTable

_TUNNELS: dict[str, type[Tunnel]] = {"vxlan": Vxlan, "geneve": Geneve, "ipip": Ipip, "wireguard": Wireguard}


def node_namespace(layout: Layout, node: ClusterNode) -> Namespace:
    """The namespace of a node."""
    devices = {device.name: device for device in _devices(layout, node)}
    own = RouteTable([*connected(devices.values()), *_own_routes(layout, node)])
    routes: Routes = own
    if layout.mode.routes:
        routes = PeerRoutes(own, layout.blocks, partial(_route_to, layout, node))
    return Namespace(
        name=node.name,
        devices=devices,
        routes=routes,
        permanent=partial(_permanent, layout),
        remote=partial(_remote, layout, devices),
        endpoint=partial(_endpoint, layout, devices),
        nat=_nat(layout, node),
        ip_forward=True,
    )


def _devices(layout: Layout, node: ClusterNode) -> Iterator[Device]:
    yield loopback()
    segment = layout.cluster.subnets[node.addresses[0].network]
    yield Ethernet(
        name=CARD,
        mac=card_mac(node),
        mtu=layout.cluster.mtu,
        addresses=node.addresses,
        segment=segment,
        proxy_arp=layout.mode.secondary,  # in a cloud it is the network that answers for secondary addresses
    )
    if layout.mode.pods == "bridge":
        gateways = tuple(bridge_address(block) for block in node.pod_cidrs)
        yield Bridge(name=BRIDGE, mac=_bridge_mac(node), mtu=layout.device_mtu, addresses=gateways)
    yield from node_side(layout, node)
    if layout.mode.tunnel:
        yield from _tunnels(layout, node)


def _bridge_mac(node: ClusterNode) -> str:
    return "0a:5a" + card_mac(node)[5:]


def _tunnels(layout: Layout, node: ClusterNode) -> Iterator[Device]:
    """One for each IP version of the node."""
    kind = layout.mode.tunnel
    for item in node.addresses:
        name = layout.tunnel_name(item.version)
        if not name:
            continue
        ethernet = kind in ("vxlan", "geneve")
        mtu = layout.cluster.mtu - overhead_bytes(kind, item.version)
        mac = tunnel_mac(node, item.version) if ethernet else ""
        own = layout.tunnel_address(node, item.version)
        addresses = (ip_interface(single(own).with_prefixlen),) if own else ()
        yield _TUNNELS[kind](name=name, mac=mac, mtu=mtu, addresses=addresses, local=item.ip)


def _own_routes(layout: Layout, node: ClusterNode) -> Iterator[Route]:
    yield from default_routes(layout, node.addresses)
    if layout.mode.pods != "routed":
        return
    for pod in layout.cluster.pods_by_node.get(node.name, ()):
        for address in pod.addresses:
            yield Route(prefix=single(address), device=cable("cali", pod.name))
    if not layout.mode.secondary:
        own = (prefix for prefix in layout.blocks_of(node) if prefix.prefixlen < prefix.max_prefixlen)
        yield from (Route(prefix=prefix, kind="blackhole") for prefix in own)


def _route_to(layout: Layout, node: ClusterNode, prefix: IPNetwork, peer: ClusterNode) -> Route | None:
    """The route to a peer's block; None where the kernel would refuse it, and for the node's own block."""
    here, there = address_of(node, prefix.version), address_of(peer, prefix.version)
    if peer is node or here is None or there is None:
        return None
    near = there.ip in here.network
    tunnel = layout.tunnel_name(prefix.version)
    if layout.mode.tunnel and not tunnel:
        return None  # IP in IP carries IPv4 only
    if tunnel and not (layout.mode.cross_subnet and near):
        return _into_tunnel(layout, prefix, peer, there.ip, tunnel)
    if near:
        return Route(prefix=prefix, via=there.ip, device=CARD)
    gateway = layout.gateway(node.addresses, prefix.version)
    if layout.mode.routes == "bgp" and gateway:
        return Route(prefix=prefix, via=gateway, device=CARD)
    return None


def _into_tunnel(layout: Layout, prefix: IPNetwork, peer: ClusterNode, node_ip: IPAddress, tunnel: str) -> Route:
    if layout.mode.tunnel == "wireguard":
        return Route(prefix=prefix, device=tunnel)
    next_hop = layout.tunnel_address(peer, prefix.version) if layout.mode.tunnel != "ipip" else None
    return Route(prefix=prefix, via=next_hop or node_ip, device=tunnel, onlink=True)


def _permanent(layout: Layout, device: str, address: IPAddress) -> str | None:
    """The MAC of a peer's tunnel device, by its address."""
    if layout.mode.tunnel not in ("vxlan", "geneve") or device != layout.tunnel_name(address.version):
        return None
    node = layout.peer_behind(address)
    return tunnel_mac(node, address.version) if node else None


def _remote(layout: Layout, devices: dict[str, Device], device: str, mac: str) -> IPAddress | None:
    node, tunnel = layout.tunnel_macs.get(mac), devices[device]
    there = address_of(node, tunnel.local.version) if node and isinstance(tunnel, Tunnel) else None
    return there.ip if there else None


def _endpoint(layout: Layout, devices: dict[str, Device], device: str, address: IPAddress) -> IPAddress | None:
    found, tunnel = layout.blocks.lookup(address), devices[device]
    there = address_of(found[1], tunnel.local.version) if found and isinstance(tunnel, Tunnel) else None
    return there.ip if there else None


def _nat(layout: Layout, node: ClusterNode) -> Nat:
    """Masquerade of what pods send out of the cluster, hostPorts, and a pod's way to its own hostPort."""
    pods = layout.cluster.pods_by_node.get(node.name, ()) if layout.mode.meets_host_rules else ()
    host_ports = tuple(rule for pod in pods for rule in pod.host_ports)
    rules = [
        Masquerade(
            source=single(rule.pod_ip),
            destination=rule.pod_ip,
            protocol=rule.protocol,
            destination_port=rule.container_port,
        )
        for rule in host_ports
    ]
    if layout.masquerade and layout.mode.meets_host_rules and not layout.mode.secondary:
        inside = layout.cluster_cidrs
        same = ((block, tuple(net for net in inside if net.version == block.version)) for block in inside)
        rules += [Masquerade(source=block, not_destinations=nets) for block, nets in same]
    return Nat(tuple(rules), host_ports)
