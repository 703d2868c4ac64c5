"""Scenes of the types of a Service: what each adds, who can use it, and what a load balancer changes."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from k8smodels.api.service import LoadBalancerIngress, Service
from k8smodels.i18n import _
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.state import proxy_state
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way
from k8smodels.scenes.services import CLUSTER_IP, NODE_IP, NODES, PLACES, named, pod, service
from k8smodels.services import Pools, WayIn, create_service, reconcile, ways_in, with_ingress
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.netfilter import rule_text
from k8smodels.views.services import Reach, reach_table, service_listing, terminal

BALANCER_IP, NODE_PORT, EXTERNAL_IP = "203.0.113.80", 30080, "198.51.100.20"
POD_CIDR, SERVICE_CIDR, NODES_CIDR = "10.244.0.0/16", "10.96.0.0/16", "192.168.0.0/24"
OUTSIDE_CIDRS = (f"{BALANCER_IP}/32", f"{EXTERNAL_IP}/32")

TYPES: Mapping[str, dict[str, Any]] = {
    "ClusterIP": {},
    "NodePort": {"type": "NodePort"},
    "LoadBalancer": {"type": "LoadBalancer"},
    "ExternalName": {"type": "ExternalName", "externalName": "web.example.com", "ports": []},
    "headless (clusterIP: None)": {"clusterIP": "None", "clusterIPs": ["None"]},
    "ClusterIP with externalIPs": {"externalIPs": [EXTERNAL_IP]},
}
"""The four types, and two shapes that are often taken for types: what each says in its spec."""

ROUTES: Mapping[str, tuple[str, ...]] = {
    "a Pod, a node": (POD_CIDR, SERVICE_CIDR, NODES_CIDR, *OUTSIDE_CIDRS),
    "beside the nodes": (NODES_CIDR, *OUTSIDE_CIDRS),
    "the internet": OUTSIDE_CIDRS,
}
"""Which networks a client knows a way to: its routers', or for a Pod its node's rules. A common set-up, not a rule."""


def stored(kind: str) -> Service:
    """The Service `web` of a kind, as the API server stores it, with the address of its balancer if it has one."""
    spec = TYPES[kind]
    port = {"name": "http", "port": 80, "targetPort": "http"}
    if spec.get("type") in ("NodePort", "LoadBalancer"):
        port["nodePort"] = NODE_PORT
    addressed = {} if {"clusterIP", "externalName"} & spec.keys() else {"clusterIP": CLUSTER_IP}
    written = {"metadata": {"name": "web", "namespace": "shop"}}
    base = {"selector": {"app": "web"}, "ports": [port]} | addressed
    made = create_service(Service.from_json(written | {"spec": base | spec}), Pools.of(SERVICE_CIDR)).service
    return with_ingress(made, [LoadBalancerIngress(ip=BALANCER_IP)]) if kind == "LoadBalancer" else made


def adds(kind: str) -> Frame:
    """The addresses of a Service of a kind, who gives each, and which clients know a way there."""
    made = stored(kind)
    ways = [_reach(way) for way in ways_in(made)] or [_reach(way) for way in _pods_themselves()]
    outermost = len(ways) - 1 if len(ways) > 1 else -1
    listing = terminal(service_listing([made]), "kubectl get services")
    return Frame(join([reach_table(ways, {outermost}), listing]), _adds_what(kind))


def _pods_themselves() -> list[WayIn]:
    return [
        WayIn(address, 8080, "TCP", _("the network plugin; DNS answers with it for the Service's name"))
        for address, _node in PLACES.values()
    ]


def _reach(way: WayIn) -> Reach:
    shown = f"{way.address}:{way.port}" if way.port else way.address
    return Reach(shown, way.who, {client: client_knows(client, way) for client in ROUTES})


def client_knows(client: str, way: WayIn) -> bool:
    """Whether a client has a way to an address; a name of the cluster's DNS is known to Pods only."""
    try:
        address = ipaddress.ip_address(NODE_IP if way.address == "<node>" else way.address)
    except ValueError:
        return client == next(iter(ROUTES))
    return any(address in ipaddress.ip_network(network) for network in ROUTES[client])


def _adds_what(kind: str) -> str:
    return {
        "ClusterIP": _("One address that only the rules on nodes know: **no router outside** has a way to it."),
        "NodePort": _("The cluster IP stays, and **every node** answers on one more port."),
        "LoadBalancer": _("Cluster IP and node port stay, and **a controller from outside** brings one more address."),
        "ExternalName": _("**A name for a name**: no address, no port, no rule, no endpoint."),
        "headless (clusterIP: None)": _("No address of its own: the name leads **to the Pods themselves**."),
        "ClusterIP with externalIPs": _(
            "The **author** names an address, and nodes believe it. Deprecated since 1.36."
        ),
    }[kind]


# No second hop.


def node_port_lines() -> list[str]:
    """The rules of kube-proxy for the cluster IP and for the node port, down to where both lead."""
    lines = full_sync(proxy_state([stored("NodePort")], _slices(), NODE, CONFIG)).kernel.lines
    heads = ("-A KUBE-SERVICES", "-A KUBE-NODEPORTS", "-A KUBE-EXT")
    return [line for line in lines if line.startswith(heads) and ("shop/web" in line or "-j KUBE-SVC" in line)]


# What a load balancer changes.

CONFIG = ProxyConfig(LocalDetector("ClusterCIDR", POD_CIDR), service_cidrs=(SERVICE_CIDR,))
NODE = ProxyNode("node-1", (NODE_IP,))
MACHINE = Machine((NODE_IP,), routes={"10.244.1.0/24": "cni0", "0.0.0.0/0": "eth0"})
BALANCER = "192.168.0.250"
"""The balancer's own address in the nodes' network."""

MODES = ("VIP", "Proxy")
RANGES: Mapping[str, str] = {"": "none", "203.0.113.0/28": "203.0.113.0/28"}
SENDERS: Mapping[str, tuple[str, str]] = {
    "203.0.113.9, in the range": ("203.0.113.9", "eth0"),
    "198.51.100.7, not in it": ("198.51.100.7", "eth0"),
    "a Pod of node-1": ("10.244.1.7", "cni0"),
}
TARGETS = ("the balancer's address", "the node port")


def _slices() -> Iterable[Any]:
    return named(reconcile(service(), [pod(name) for name in PLACES], NODES).slices)


def _balanced(mode: str, ranges: str) -> Service:
    spec: dict[str, object] = {
        "type": "LoadBalancer",
        "externalTrafficPolicy": "Cluster",
        "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http", "nodePort": NODE_PORT}],
    }
    if ranges:
        spec["loadBalancerSourceRanges"] = [ranges]
    return with_ingress(service(**spec), [LoadBalancerIngress(ip=BALANCER_IP, ip_mode=mode)])


@cache
def _tables(mode: str, ranges: str) -> Tables:
    return read_tables(full_sync(proxy_state([_balanced(mode, ranges)], _slices(), NODE, CONFIG)).kernel.text)


def at_node(mode: str, sender: str, to: str) -> Packet:
    """A client's packet as node-1 sees it."""
    source, device = SENDERS[sender]
    if to == TARGETS[1]:
        return Packet(source, NODE_IP, NODE_PORT, iif=device)
    if mode == "Proxy" and device == "eth0":
        return Packet(BALANCER, NODE_IP, NODE_PORT, iif=device)
    return Packet(source, BALANCER_IP, 80, iif=device)


def balanced_ways(mode: str, ranges: str, sender: str, to: str) -> tuple[Way, ...]:
    """The ways of that packet through the rules of node-1."""
    return walk(_tables(mode, ranges), at_node(mode, sender, to), MACHINE)


def balanced(mode: str, ranges: str, sender: str, to: str) -> Frame:
    """What node-1 sees of a client of the balancer, and what its rules do."""
    first = at_node(mode, sender, to)
    ways = balanced_ways(mode, ranges, sender, to)
    comes = _("At node-1 comes `{src}` → `{dst}:{port}`.").format(src=first.src, dst=first.dst, port=first.dport)
    verdict, says = _judged(ways, ranges)
    rules = rule_text(_telling(ways) or [_("# none")], _("rules that it met"))
    return Frame(join([el("p", inline(comes)), verdict, rules]), says)


def _judged(ways: Sequence[Way], ranges: str) -> tuple[Html, str]:
    names = {ip: name for name, (ip, _node) in PLACES.items()}
    pods = ", ".join(sorted(names[way.packet.dst] for way in ways if way.packet.dst in names))
    if {way.verdict for way in ways} == {"DROP"}:
        says = _("Its source is **in no range**: the packet is dropped.")
        return _verdict("no", _("dropped"), _("no answer comes")), says
    if not pods:
        says = _("The packet **leaves the cluster**, and the balancer sends it back in.")
        return _verdict("wait", _("untouched"), _("node-1 has no rule for this address")), says
    return _verdict("ok", _("delivered"), _("to one of {pods}").format(pods=pods)), _delivered(ways, ranges)


def _verdict(mark: str, word: str, detail: str) -> Html:
    return el("p", el("b", word), " ", detail, class_=f"v {mark}")


def _delivered(ways: Sequence[Way], ranges: str) -> str:
    if not ranges:
        return _("A Pod gets it: the Service names **no ranges**.")
    if any("KUBE-FW" in step.chain for way in ways for step in way.steps):
        return _("A Pod gets it: its source is **in the range**.")
    return _("A Pod gets it: on this way **no rule asks** for the ranges.")


def _telling(ways: Sequence[Way]) -> list[str]:
    """The rules of the first way that are about the Service, without those of its Pods."""
    lines = [step.rule.text for step in ways[0].steps if step.rule and "shop/web" in step.rule.text]
    return [line for line in lines if "KUBE-SEP" not in line]
