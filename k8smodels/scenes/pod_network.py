"""Scenes of the chapter on the pod network: a packet, stage by stage, and two modes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from ipaddress import ip_interface

from k8smodels.i18n import _
from k8smodels.network import MODES, Cluster, Hop, Host, Mode, Network, Packet, Path, build, walk
from k8smodels.network.cluster import node, pod
from k8smodels.network.packet import PROBE_BYTES
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, Html, el, inline, join
from k8smodels.views.images.cells import grid
from k8smodels.views.network import cable_drawing, cluster_map, entries, nested_headers
from k8smodels.views.network.hops import telling

WEB, API, DB, OUTSIDE = "shop/web", "shop/api", "shop/db", "outside"
STAGES = 7
"""Into how many parts a walk is cut."""


@cache
def example(mode: str, apart: bool = False) -> Cluster:
    """Two nodes, three pods and a machine outside; `apart`: the nodes are in different networks."""
    far = 1 if apart else 0
    under = MODES[mode].pods == "macvlan" or MODES[mode].secondary
    nodes = (
        node("node-1", "192.168.0.1/24", "10.244.1.0/24"),
        node("node-2", f"192.168.{far}.2/24", "10.244.2.0/24"),
    )
    pods = (
        pod(WEB, "node-1", "192.168.0.12" if under else "10.244.1.2"),
        pod(API, "node-1", "192.168.0.13" if under else "10.244.1.3"),
        pod(DB, "node-2", f"192.168.{far}.22" if under else "10.244.2.2"),
    )
    return Cluster(nodes, pods, (Host(OUTSIDE, (ip_interface("203.0.113.7/24"),)),))


def probe(
    network: Network, cluster: Cluster, to: str, size_bytes: int = PROBE_BYTES, *, df: bool = False, start: str = WEB
) -> Path:
    """The way of a UDP packet from `start` to a pod, or to the machine outside."""
    pods = cluster.pod_by_name
    destination = pods[to].addresses[0] if to in pods else cluster.hosts[0].addresses[0].ip
    source = pods[start].addresses[0]
    return walk(network, Packet(source=source, destination=destination, size_bytes=size_bytes, df=df))


def devices(mode: str) -> tuple[str, str]:
    """What a node's bridge and its tunnel are called in a mode; empty if it has none."""
    kind = MODES[mode]
    names = {"vxlan": "flannel.1", "ipip": "flannel.ipip", "wireguard": "flannel-wg"}
    calico = {"vxlan": "vxlan.calico", "ipip": "tunl0"}
    return ("cni0" if kind.pods == "bridge" else "", (calico if kind.pods == "routed" else names).get(kind.tunnel, ""))


def cable() -> Frame:
    """How `web` hangs on its node."""
    return Frame(cable_drawing("web", "node-1", "cni0"), _("What goes in at `eth0` comes out at `veth…`, and back."))


# A packet, stage by stage.


def questions() -> list[str]:
    """What is asked in each stage."""
    return [
        _("In the Pod: which way?"),
        _("In the Pod: to which MAC?"),
        _("On node-1: which way?"),
        _("On node-1: is something changed, or put around it?"),
        _("Onto the wire"),
        _("On the next machine: which way?"),
        _("Arrival"),
    ]


def travelling(mode: str, to: str, stage: int) -> Frame:
    """Stage `stage` of the way of a packet from `web`."""
    cluster = example(mode)
    path = probe(build(cluster, mode), cluster, to)
    stages = staged(path)
    now = [hop for hop, at in stages if at == stage]
    passed = [place for place, (_hop, at) in enumerate(stages) if at <= stage]
    bridge, tunnel = devices(mode)
    drawing = cluster_map(path, bridge=bridge, tunnel=tunnel, shown=passed[-1] + 1)
    told = telling(now)
    seen = telling(hop for hop, at in stages if at <= stage)[-1]
    question = el("p", questions()[stage], class_="sub")
    right = el("div", question, entries(told) if told else el("p", inline(_not_asked(mode, to, stage))))
    frame = seen.frame if seen.action in ("send", "neighbour", "decapsulate") else None
    headers = nested_headers(seen.after, frame) if frame else nested_headers(seen.after)
    html = join([el("div", drawing, right, class_="side"), headers])
    return Frame(html, _summary(path, told, mode, to, stage))


def staged(path: Path) -> list[tuple[Hop, int]]:
    """Each hop of a walk that arrives, with its stage."""
    end = path.delivered.namespace if path.delivered else ""
    found, on_wire = [], False
    for place, hop in enumerate(path.hops):
        following = path.hops[place + 1].action if place + 1 < len(path.hops) else ""
        found.append((hop, _stage(hop, following, path.start, end, on_wire)))
        on_wire = on_wire or bool(hop.segment)
    return found


def _stage(hop: Hop, following: str, start: str, end: str, on_wire: bool) -> int:
    name, action = hop.port.namespace, hop.action
    if name == start:
        return 0 if action == "route" else 1
    if name == end:
        return 6
    if on_wire:
        return 5
    if action in ("receive", "forward") or (action == "send" and not hop.segment):
        return 2
    if action in ("encapsulate", "translate") or following == "encapsulate":
        return 3
    return 4


def _not_asked(mode: str, to: str, stage: int) -> str:
    if stage == 2 and MODES[mode].pods == "macvlan":
        return _("Not asked. The packet goes to the card below; the IP layer of `node-1` never sees it.")
    if stage == 2:
        return _("Not asked. Both Pods hang on the same bridge, and it looks at MACs only.")
    if stage == 3:
        return _("Nothing: the packet goes on as the Pod made it, with one TTL less where a node passed it on.")
    if to == API:
        return _("Not on this way: the packet stays on `node-1`.")
    return _("Nobody is asked: the frame arrives at the Pod's own MAC.")


def _summary(path: Path, told: Sequence[Hop], mode: str, to: str, stage: int) -> str:
    if stage == STAGES - 1 and path.received:
        return _("**{end}** sees source **{source}** and TTL **{ttl}**.").format(
            end=to.rpartition("/")[2], source=path.received.source, ttl=path.received.ttl
        )
    if not told:
        return _not_asked(mode, to, stage)
    if stage == 4:
        packet = told[-1].after
        return _("On the wire: **{source} > {destination}**, {size} bytes.").format(
            source=packet.source, destination=packet.destination, size=packet.size_bytes
        )
    decided = next((hop for hop in told if hop.action in ("forward", "encapsulate", "translate")), told[-1])
    return _("Decided in **{where}** by: `{entry}`").format(where=decided.port, entry=decided.decided_by)


# Two modes side by side.


def kind_of(mode: Mode) -> str:
    """Overlay, routing or underlay."""
    if mode.tunnel:
        return _("overlay")
    return _("underlay") if not mode.meets_host_rules or mode.secondary else _("routing")


def needs(mode: Mode) -> str:
    """What the mode asks of the network between the nodes."""
    if mode.tunnel:
        return _("that nodes reach each other")
    if mode.name == "host-gw":
        return _("that nodes are in one Ethernet")
    if mode.secondary:
        return _("a cloud that leads Pods' addresses to nodes")
    if mode.pods == "macvlan":
        return _("a switch that takes more MACs on a port")
    if mode.name == "cloud-routes":
        return _("a router with a route to each node's Pods")
    return _("one Ethernet, or routers that learn routes")


def side_by_side(left: str, right: str) -> Frame:
    """The same packet from `web` to `db` in two modes, as it crosses the wire."""
    halves = el("div", _half(left), _half(right), class_="two")
    sizes = {name: _wire_hop(name).after.size_bytes for name in (left, right)}
    if sizes[left] == sizes[right]:
        return Frame(halves, _("On the wire both packets have **{size} bytes**.").format(size=sizes[left]))
    says = _("On the wire: **{left}** {size_left} bytes, **{right}** {size_right} bytes.").format(
        left=left, right=right, size_left=sizes[left], size_right=sizes[right]
    )
    return Frame(halves, says)


def _wire_hop(mode: str) -> Hop:
    cluster = example(mode)
    return probe(build(cluster, mode), cluster, DB).wire[0]


def _half(name: str) -> Html:
    mode, cluster = MODES[name], example(name)
    path = probe(build(cluster, name), cluster, DB)
    wire, decided = path.wire[0], next((hop for hop in path.hops if hop.action == "forward"), path.hops[0])
    ttl = path.received.ttl if path.received else ""
    rules = _("yes") if mode.meets_host_rules else _("no: Services' addresses stay untranslated")
    rows: list[list[Child]] = [
        [_("decides"), el("code", f"{decided.port}: {decided.decided_by}")],
        [_("MTU of Pods"), _("{mtu} of 1500").format(mtu=mode.mtu(1500))],
        [_("TTL at db"), str(ttl)],
        [_("passes the node's rules"), rules],
        [_("needs"), needs(mode)],
    ]
    title = el("p", el("b", name), " ", el("small", kind_of(mode)), class_="lane-h")
    return el("div", title, grid([_("what"), name], rows), nested_headers(wire.after, wire.frame))


# What a packet's size does to it.


def sized(mode: str, size: int, df: bool) -> Frame:
    """A packet of `size` bytes from `web` to `db`, and what crosses the wire."""
    cluster = example(mode)
    path = probe(build(cluster, mode), cluster, DB, size, df=df)
    left = MODES[mode].mtu(1500)
    if path.lost:
        verdict = el("p", el("b", path.lost.reason), class_="v no")
        learned = path.learned_mtu
        says = _("**Refused** on the first step ({errno}). The sender learns: {mtu} bytes fit.")
        return Frame(join([_mtus(mode), verdict]), says.format(errno=path.lost.errno, mtu=learned))
    wire = path.wire[0]
    pieces = wire.after.sizes
    verdict = el("p", el("b", _("arrives")), " ", _pieces(pieces), class_="v ok")
    drawing = nested_headers(wire.after, wire.frame)
    says = _("{size} bytes into an MTU of {mtu}: **{count}** on the wire.").format(
        size=size, mtu=left, count=len(pieces)
    )
    return Frame(join([_mtus(mode), verdict, drawing]), says)


def _pieces(pieces: Sequence[int]) -> str:
    if len(pieces) == 1:
        return _("as one packet of {size} bytes on the wire").format(size=pieces[0])
    listed = " + ".join(map(str, pieces))
    return _("in fragments: {sizes} bytes on the wire (the first one is drawn)").format(sizes=listed)


def _mtus(mode: str) -> Html:
    kind = MODES[mode]
    text = _("MTU between the nodes: 1500. Headers of the tunnel: {cost}. MTU of the Pods: **{mtu}**.")
    return el("p", inline(text.format(cost=1500 - kind.mtu(1500), mtu=kind.mtu(1500))))


# The ways to connect pods, in a table.

SHOWN = ("vxlan", "geneve", "ipip", "wireguard", "host-gw", "cloud-routes", "calico-bgp", "macvlan", "vpc")


def kinds() -> Frame:
    """Modes with their kind, and what they need."""
    rows: list[list[Child]] = [[_named(name), needs(MODES[name]), _rules(MODES[name])] for name in SHOWN]
    head = [_("mode"), _("needs"), _("node's rules?")]
    return Frame(grid(head, rows), _("Three kinds: a tunnel, routes, or the nodes' own network."))


def _named(name: str) -> Html:
    return join([name, el("small", kind_of(MODES[name]), class_="ln")])


def _rules(mode: Mode) -> str:
    return _("yes") if mode.meets_host_rules else _("no")
