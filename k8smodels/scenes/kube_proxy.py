"""Scenes of the chapter on kube-proxy: one Service, seen from one node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.ipvs.text import ipvsadm_lines
from k8smodels.kubeproxy.nftables.sync import full_sync as nftables_sync
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.netfilter.hooks import through_hooks
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.ruleset import NftTable
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.trace import packet_of, ways_through
from k8smodels.netfilter.ways import Branch, Step, Way
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.netfilter import hook_map, rule_text
from k8smodels.views.tables import table

NODE_IPS: Mapping[str, str] = {"node-1": "192.168.0.11", "node-2": "192.168.0.12"}
NODE_IP, CLUSTER_IP, NODE_PORT = NODE_IPS["node-1"], "10.96.0.10", 30080
POD_CIDR = "10.244.0.0/16"
ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "web-a": ("10.244.1.4", "node-1"),
    "web-b": ("10.244.2.9", "node-2"),
    "web-c": ("10.244.2.10", "node-2"),
}
"""Pods of the Service, with their addresses and nodes."""

PORT = 8080
NODES: Mapping[str, ProxyNode] = {name: ProxyNode(name, (ip,)) for name, ip in NODE_IPS.items()}
NODE = NODES["node-1"]
CONFIG = ProxyConfig(LocalDetector("ClusterCIDR", POD_CIDR), service_cidrs=("10.96.0.0/16",))
MACHINES: Mapping[str, Machine] = {
    "node-1": Machine((NODE_IP,), routes={"10.244.1.0/24": "cni0", "0.0.0.0/0": "eth0"}),
    "node-2": Machine((NODE_IPS["node-2"],), routes={"10.244.2.0/24": "cni0", "0.0.0.0/0": "eth0"}),
}
MACHINE = MACHINES["node-1"]


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends: an address, and the node that it is on; none for somebody outside."""

    ip: str
    node: str = ""

    def device_at(self, node: str) -> str:
        """The interface by which a node sees what it sends; none for a process of the node's own."""
        if self.node != node:
            return "eth0"
        return "" if self.ip == NODE_IPS[node] else "cni0"


CLIENTS: Mapping[str, Client] = {
    "a Pod on node-1": Client("10.244.1.7", "node-1"),
    "a Pod on node-2": Client("10.244.2.7", "node-2"),
    "a process of node-1": Client(NODE_IP, "node-1"),
    "somebody outside": Client("203.0.113.9"),
}
KINDS: Mapping[str, dict[str, Any]] = {
    "ClusterIP": {"type": "ClusterIP"},
    "NodePort, policy Cluster": {"type": "NodePort", "externalTrafficPolicy": "Cluster"},
    "NodePort, policy Local": {"type": "NodePort", "externalTrafficPolicy": "Local"},
}
READY: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "all three ready": (("web-a", "web-b", "web-c"), ()),
    "ready only on node-2": (("web-b", "web-c"), ()),
    "web-a terminating, the others ready": (("web-b", "web-c"), ("web-a",)),
    "all three terminating": ((), ("web-a", "web-b", "web-c")),
    "none": ((), ()),
}
"""Those that are ready, and those that end but still serve."""

ALL_READY = next(iter(READY))


MODES = ("iptables", "nftables", "ipvs")


def service(kind: str, **spec: object) -> Service:
    """The Service `web`."""
    port = {"name": "http", "port": 80, "targetPort": PORT, "protocol": "TCP"}
    if KINDS[kind]["type"] == "NodePort":
        port["nodePort"] = NODE_PORT
    base = {"clusterIP": CLUSTER_IP, "clusterIPs": [CLUSTER_IP], "ipFamilies": ["IPv4"], "ports": [port]}
    return Service.from_json({"metadata": {"name": "web", "namespace": "default"}, "spec": base | KINDS[kind] | spec})


def endpoint_slice(ready: Iterable[str], terminating: Iterable[str] = ()) -> EndpointSlice:
    """Its endpoints: those that are ready, and those that end but still serve."""
    conditions = {name: {"ready": False, "serving": True, "terminating": True} for name in terminating}
    conditions |= {name: {"ready": True} for name in ready}
    endpoints = [
        {"addresses": [ENDPOINTS[name][0]], "nodeName": ENDPOINTS[name][1], "conditions": found}
        for name, found in conditions.items()
    ]
    labels = {"kubernetes.io/service-name": "web"}
    return EndpointSlice.from_json(
        {
            "metadata": {"name": "web-x7", "namespace": "default", "labels": labels},
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": PORT, "protocol": "TCP"}],
        }
    )


@cache
def state(kind: str, ready: str = ALL_READY, node: str = "node-1") -> ProxyState:
    """What kube-proxy on a node knows."""
    return proxy_state([service(kind)], [endpoint_slice(*READY[ready])], NODES[node], CONFIG)


@cache
def tables(kind: str, ready: str = ALL_READY, node: str = "node-1") -> Tables:
    """The iptables rules of a node."""
    return read_tables(full_sync(state(kind, ready, node)).kernel.text)


@cache
def nft_table(kind: str, ready: str = ALL_READY, node: str = "node-1") -> NftTable:
    """The nftables rules of a node."""
    (table,) = read_nft(nftables_sync(state(kind, ready, node)).kernel.text)
    return table


def caught_at(client: str, kind: str) -> str:
    """The node whose rules the packet meets: the sender's own for the cluster IP, node-1 for its port.

    A Pod's packet to another node's port passes its own node without a rule; networks that cover its source there are
    left out.
    """
    return (CLIENTS[client].node if kind == "ClusterIP" else "") or "node-1"


def packet(client: str, kind: str) -> Packet:
    """The first packet of a client to the Service, to its address or to node-1's port, where rules catch it."""
    sender = CLIENTS[client]
    to = (CLUSTER_IP, 80) if kind == "ClusterIP" else (NODE_IP, NODE_PORT)
    return Packet(sender.ip, *to, iif=sender.device_at(caught_at(client, kind)))


# What is written.


def written(mode: str, kind: str) -> Frame:
    """The rules of the Service in a mode, without those that are there for all Services."""
    lines = {"iptables": _iptables_lines, "nftables": _nftables_lines, "ipvs": _ipvs_lines}[mode](kind)
    count = sum(not line.startswith("#") for line in lines)
    says = _("**{mode}** writes {n} lines for this Service and its three Pods.").format(mode=mode, n=count)
    return Frame(rule_text(lines, _("rules of the Service")), says)


def _iptables_lines(kind: str) -> list[str]:
    lines = [line for line in full_sync(state(kind)).kernel.lines if line.startswith("-A") and "default/web" in line]
    return sorted(lines, key=_place)


_ORDER = ("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXT-", "KUBE-SVL-", "KUBE-SVC-", "KUBE-SEP-")
"""Chains by their turn: a packet meets them so; kube-proxy writes them by name."""


def _place(line: str) -> int:
    chain = line.split()[1]
    return next(i for i, start in enumerate(_ORDER) if chain.startswith(start))


def _nftables_lines(kind: str) -> list[str]:
    return [
        line.removeprefix("add ").replace(" ip kube-proxy ", " ")
        for line in nftables_sync(state(kind)).kernel.lines
        if ("default/web" in line or "10.96.0.10" in line or "hairpin-connections {" in line)
        and not line.startswith(("add set", "add chain"))
    ]


def _ipvs_lines(kind: str) -> list[str]:
    kernel = ipvs_sync(state(kind))
    sets = [f"add {name} {entry}" for name, entries in kernel.ip_sets.items() for entry in entries]
    return ["# ipvsadm", *ipvsadm_lines(kernel), "# ipset, asked by some dozen iptables rules for all Services", *sets]


# The hooks of a node.

PASSING: Mapping[str, Packet] = {
    "from a Pod of node-1 to another node": Packet("10.244.1.7", "10.244.2.9", PORT, iif="cni0"),
    "from outside to a process of node-1": Packet("203.0.113.9", NODE_IP, 22, iif="eth0"),
    "from a process of node-1 to another node": Packet(NODE_IP, "10.244.2.9", PORT),
}
"""Packets that no rule touches."""

USED = {
    "PREROUTING": "nat",
    "INPUT": "filter",
    "FORWARD": "filter",
    "OUTPUT": "nat, filter",
    "POSTROUTING": "nat",
}
"""The tables that kube-proxy hangs its chains on, by hook."""


def hooks(which: str) -> Frame:
    """The hooks of node-1 that a packet meets."""
    met: list[str] = []

    def at_hook(branches: list[Branch], name: str) -> list[Branch]:
        met.append(name)
        return branches

    through_hooks(PASSING[which], MACHINE, at_hook)
    says = _("It meets {hooks}.").format(hooks=", ".join(f"**{name}**" for name in met))
    return Frame(hook_map(met, USED), says)


# The reader's own dump.


def traced(rules: str, source: str, to: str, local: str) -> Frame:
    """The ways of a packet, in by ``eth0``, through rules that a reader brings; `local` is the address of the node."""
    known = (local,) if local[:1].isdigit() else None
    ways = ways_through(rules, packet_of(source, to, "eth0"), Machine(known))
    rows = [_way_row(way) for way in ways[:_MOST_ROWS]]
    more = el("p", _("and {n} more").format(n=len(ways) - _MOST_ROWS)) if len(ways) > _MOST_ROWS else None
    first = ways[0].steps
    met = el("ol", join(map(_rule_line, first)), class_="rules")
    head = [_("chance"), _("where to"), _("source"), _("depends on")]
    says = _("{n} ways lead through these rules; the rules of the first are listed.").format(n=len(ways))
    return Frame(join([table(head, rows), more, met]), says)


def _rule_line(step: Step) -> Html:
    text = step.rule.text.removeprefix(f"-A {step.chain} ") if step.rule else _("policy")
    return el("li", el("b", step.chain), f" {text}")


_MOST_ROWS = 12


def _way_row(way: Way) -> tuple[str, str, str, str]:
    to = way.packet.dnat or _("unchanged") if way.verdict == "deliver" else way.verdict
    assumed = "; ".join(f"{'' if holds else 'not '}{rule.text}" for rule, holds in way.assumptions)
    return str(way.probability), to, way.packet.snat or _("unchanged"), assumed or "–"
