"""Scenes of the chapter on kube-proxy: one Service, seen from one node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.ipvs.sets import COMMENTS
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.ipvs.text import ipvsadm_lines
from k8smodels.kubeproxy.nftables.sync import full_sync as nftables_sync
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.netfilter.explain import Visit, visits
from k8smodels.netfilter.hooks import through_hooks
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.trace import packet_of, ways_through
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Branch, Step, Way
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.netfilter import hook_map, rule_list, rule_text, visit_summary
from k8smodels.views.tables import table

NODE_IP, CLUSTER_IP, NODE_PORT = "192.168.0.11", "10.96.0.10", 30080
POD_CIDR = "10.244.0.0/16"
ENDPOINTS: Mapping[str, tuple[str, str]] = {
    "web-a": ("10.244.1.4", "node-1"),
    "web-b": ("10.244.2.9", "node-2"),
    "web-c": ("10.244.2.10", "node-2"),
}
"""Pods of the Service, with their addresses and nodes. All is seen from node-1."""

PORT = 8080
NODE = ProxyNode("node-1", (NODE_IP,))
CONFIG = ProxyConfig(LocalDetector("ClusterCIDR", POD_CIDR), service_cidrs=("10.96.0.0/16",))
MACHINE = Machine((NODE_IP,), routes={"10.244.1.0/24": "cni0", "0.0.0.0/0": "eth0"})


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends: an address, and the interface by which node-1 sees it; none for a process of its own."""

    ip: str
    device: str


CLIENTS: Mapping[str, Client] = {
    "a Pod on node-1": Client("10.244.1.7", "cni0"),
    "a process of node-1": Client(NODE_IP, ""),
    "somebody outside": Client("203.0.113.9", "eth0"),
}
KINDS: Mapping[str, dict[str, Any]] = {
    "ClusterIP": {"type": "ClusterIP"},
    "NodePort, policy Cluster": {"type": "NodePort", "externalTrafficPolicy": "Cluster"},
    "NodePort, policy Local": {"type": "NodePort", "externalTrafficPolicy": "Local"},
}
READY: Mapping[str, tuple[str, ...]] = {
    "all three": ("web-a", "web-b", "web-c"),
    "only on node-2": ("web-b", "web-c"),
    "none": (),
}


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
def state(kind: str, ready: str = "all three") -> ProxyState:
    """What kube-proxy on node-1 knows."""
    return proxy_state([service(kind)], [endpoint_slice(READY[ready])], NODE, CONFIG)


@cache
def tables(kind: str, ready: str = "all three") -> Tables:
    """The iptables rules of node-1."""
    return read_tables(full_sync(state(kind, ready)).kernel.text)


def packet(client: str, kind: str) -> Packet:
    """The first packet of a client to the Service: to its address, or to the node's port."""
    sender = CLIENTS[client]
    to = (CLUSTER_IP, 80) if kind == "ClusterIP" else (NODE_IP, NODE_PORT)
    return Packet(sender.ip, *to, iif=sender.device)


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


# The way through the rules, stage by stage.

STAGES = 5
"""Catch, choose, rewrite, filter, leave."""


def stage_names() -> tuple[str, ...]:
    """What happens to a packet on its way, in the order of the hooks."""
    return (
        _("caught by its destination"),
        _("an endpoint is chosen"),
        _("the destination is rewritten"),
        _("the filter"),
        _("on the way out"),
    )


def followed(client: str, kind: str, step: int, ready: str = "all three") -> Frame:
    """The way of a packet through the iptables rules of node-1, to web-b if it may go there; stage `step` is open."""
    way = _shown_way(walk(tables(kind, ready), packet(client, kind), MACHINE))
    stages = _by_stage(list(visits(tables(kind, ready), way.steps, MACHINE)))
    shown = [_stage(i, stages[i], opened=i == step) for i in range(STAGES)]
    return Frame(join([_headers(client, way), el("ol", join(shown), class_="walk")]), _said(step, stages[step], way))


def _shown_way(ways: Sequence[Way]) -> Way:
    to_b = f"{ENDPOINTS['web-b'][0]}:{PORT}"
    return next((way for way in ways if way.packet.dnat == to_b), ways[0])


def _by_stage(stays: Sequence[Visit]) -> list[list[Visit]]:
    stages: list[list[Visit]] = [[] for _stage in range(STAGES)]
    now = 0
    for stay in stays:
        now = _stage_of(stay, now)
        stages[now].append(stay)
    return stages


def _stage_of(stay: Visit, now: int) -> int:
    """Marking belongs to the stage that it was called from."""
    if stay.hook == "POSTROUTING":
        return 4
    if stay.table == "filter":
        return 3
    if stay.chain.startswith("KUBE-SEP"):
        return 2
    if stay.chain.startswith(("KUBE-SVC", "KUBE-SVL", "KUBE-EXT", "KUBE-FW")):
        return 1
    return now if stay.chain == "KUBE-MARK-MASQ" else 0


def _stage(number: int, stays: Sequence[Visit], *, opened: bool) -> Html:
    name = stage_names()[number]
    if not stays:
        rest = el("p", _("no rule is met here"), class_="muted")
        return el("li", el("span", name, class_="at"), rest, aria_current="step" if opened else None)
    where = f"{stays[0].hook}, {stays[0].table}"
    head = el("span", el("mark", name) if opened else name, el("small", where), class_="at")
    if opened:
        body = join(join([el("p", el("b", stay.chain)), rule_list(stay)]) for stay in stays)
        return el("li", head, body, aria_current="step")
    summary = "; ".join(f"{stay.chain}: {visit_summary(stay)}" for stay in stays)
    return el("li", head, el("p", summary, class_="muted"))


def _headers(client: str, way: Way) -> Html:
    before = way.steps[0].before if way.steps else way.packet
    rows = [
        (_("first"), f"{before.src}", f"{before.dst}:{before.dport}"),
        (_("last"), _source(way) or before.src, _destination(way)),
    ]
    return table([client, _("source"), _("destination")], rows)


def _source(way: Way) -> str:
    return f"{NODE_IP} ({_('masqueraded')})" if way.packet.snat else ""


def _destination(way: Way) -> str:
    if way.verdict != "deliver":
        return way.verdict
    return f"{way.packet.dst}:{way.packet.dport}"


def _said(step: int, stays: Sequence[Visit], way: Way) -> str:
    name = stage_names()[step]
    if not stays:
        return _("**{stage}**: no rule of this stage is met.").format(stage=name)
    last = stays[-1]
    told = _("**{stage}**: {chain}, {what}.").format(stage=name, chain=last.chain, what=visit_summary(last))
    if way.verdict != "deliver" and step >= 3:
        return _("{told} The packet ends here: {verdict}.").format(told=told, verdict=way.verdict)
    return told


# The modes beside each other.

MODES = ("iptables", "nftables", "ipvs")


def compared(client: str, kind: str, ready: str) -> Frame:
    """Where a connection goes in each mode: the Pods with their chances, or why not; and with whose address."""
    rows = [_mode_row(mode, client, kind, ready) for mode in MODES]
    head = [_("mode"), _("goes to"), _("source that the Pod sees"), _("rules asked")]
    same = len({row[1] for row in rows}) == 1
    says = _("All modes do the same.") if same else _("The modes differ: **read row by row.**")
    return Frame(table(head, rows), says)


def _mode_row(mode: str, client: str, kind: str, ready: str) -> tuple[str, str, str, str]:
    if mode == "ipvs":
        return _ipvs_row(client, kind, ready)
    ways = ways_of(mode, client, kind, ready)
    shares = outcome_shares(ways)
    sources = sorted({_seen_source(way, client) for way in ways if way.verdict == "deliver" and way.packet.dnat})
    counts = sorted({way.asked for way in ways})
    met = str(counts[0]) if len(counts) == 1 else _("{low} to {high}").format(low=counts[0], high=counts[-1])
    return mode, _ends(shares), ", ".join(sources) or "–", met


def ways_of(mode: str, client: str, kind: str, ready: str = "all three") -> tuple[Way, ...]:
    """The ways of a client's first packet through the rules of a mode."""
    first = packet(client, kind)
    if mode == "iptables":
        return walk(tables(kind, ready), first, MACHINE)
    return walk_nft(read_nft(nftables_sync(state(kind, ready)).kernel.text), first, MACHINE)


def outcome_shares(ways: Iterable[Way]) -> dict[str, Fraction]:
    """The chance of each end: a Pod, a refusal, or nothing."""
    names = {f"{ip}:{PORT}": name for name, (ip, _node) in ENDPOINTS.items()}
    found: dict[str, Fraction] = {}
    for way in ways:
        end = names.get(way.packet.dnat, _("untouched")) if way.verdict == "deliver" else way.verdict
        found[end] = found.get(end, Fraction(0)) + way.probability
    return found


def _seen_source(way: Way, client: str) -> str:
    return _source_name(client, masqueraded=bool(way.packet.snat))


def _source_name(client: str, *, masqueraded: bool) -> str:
    return _("node-1's address") if masqueraded or CLIENTS[client].ip == NODE_IP else CLIENTS[client].ip


def _ends(shares: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} {share}" if share != 1 else name for name, share in sorted(shares.items()))


def _ipvs_row(client: str, kind: str, ready: str) -> tuple[str, str, str, str]:
    """The kernel's balancer chooses; iptables rules mark what needs another source. No server is a refusal."""
    wanted = f"{CLUSTER_IP}:80" if kind == "ClusterIP" else f"{NODE_IP}:{NODE_PORT}"
    kernel = ipvs_sync(state(kind, ready))
    server = next(server for server in kernel.virtual_servers if server.address == wanted)
    names = {ip: name for name, (ip, _node) in ENDPOINTS.items()}
    count = len(server.real_servers)
    shares = {names[endpoint.ip]: Fraction(1, count) for endpoint in server.real_servers}
    own = Machine((NODE_IP, *kernel.bound), MACHINE.routes, ip_sets=_filled(kernel.ip_sets))
    (way,) = walk(read_tables(kernel.iptables.text), packet(client, kind), own)
    masqueraded = bool(way.packet.snat or way.packet.mark & 1 << CONFIG.masquerade_bit)
    source = _source_name(client, masqueraded=masqueraded)
    met = _("{n} and a look-up").format(n=way.asked)
    return "ipvs", _ends(shares or {"REJECT": Fraction(1)}), source if shares else "–", met


def _filled(ip_sets: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """All sets that a rule may ask; those without entries are empty, not unknown."""
    return dict.fromkeys(COMMENTS, ()) | dict(ip_sets)


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
