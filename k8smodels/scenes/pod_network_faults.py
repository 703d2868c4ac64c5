"""Networks that are broken in one place, and what packets say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network

from k8smodels.i18n import _
from k8smodels.network import MODES, Network, Path, build
from k8smodels.network.devices import Tunnel
from k8smodels.network.namespace import Namespace, nobody
from k8smodels.network.routes import RouteTable
from k8smodels.scenes.pod_network import DB, OUTSIDE, devices, example, probe
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, inline, join
from k8smodels.views.network import cluster_map, walk_list
from k8smodels.views.network.hops import says_of_loss

FAULTS = ("nothing", "route", "back", "neighbour", "fdb", "forward", "mtu", "apart", "masquerade")
PROBES = ("small", "large", "outside")
SMALLER_MTU = 1400
"""What a switch between the nodes passes, in bytes, where the nodes believe 1500."""
_BLOCKS = {"node-1": ip_network("10.244.1.0/24"), "node-2": ip_network("10.244.2.0/24")}


def fault_names() -> dict[str, str]:
    """What is broken, in words."""
    return {
        "nothing": _("nothing"),
        "route": _("no route on node-1"),
        "back": _("no route back on node-2"),
        "neighbour": _("no neighbour entry on node-1"),
        "fdb": _("no FDB entry on node-1"),
        "forward": _("ip_forward = 0 on node-1"),
        "mtu": _("a switch passes {mtu} bytes").format(mtu=SMALLER_MTU),
        "apart": _("node-2 behind a router"),
        "masquerade": _("no masquerade rule"),
    }


def broken(mode: str, fault: str) -> Network:
    """The network of the example in a mode, with one fault."""
    made = build(example(mode, fault == "apart"), mode, masquerade=fault != "masquerade")
    match fault:
        case "route":
            return _changed(made, "node-1", lambda item: _without_route(item, "node-2"))
        case "back":
            return _changed(made, "node-2", lambda item: _without_route(item, "node-1"))
        case "neighbour":
            return _changed(made, "node-1", lambda item: replace(item, permanent=nobody))
        case "fdb":
            return _changed(made, "node-1", lambda item: replace(item, remote=nobody))
        case "forward":
            return _changed(made, "node-1", lambda item: replace(item, ip_forward=False))
        case "mtu":
            smaller = {name: replace(segment, mtu=SMALLER_MTU) for name, segment in made.segments.items()}
            return replace(made, segments=smaller)
        case _:
            return made


def _changed(network: Network, name: str, change: Callable[[Namespace], Namespace]) -> Network:
    def make(wanted: str) -> Namespace | None:
        item = network.make(wanted)
        return change(item) if item is not None and wanted == name else item

    return replace(network, make=make)


def _without_route(item: Namespace, peer: str) -> Namespace:
    kept = [route for route in item.routes if route.prefix != _BLOCKS[peer]]
    return replace(item, routes=RouteTable(kept))


def sent(mode: str, fault: str, kind: str) -> Path:
    """The way of one of the three probes."""
    network, cluster = broken(mode, fault), example(mode, fault == "apart")
    if kind == "outside":
        return probe(network, cluster, OUTSIDE)
    if kind == "large":
        return probe(network, cluster, DB, MODES[mode].mtu(cluster.mtu), df=True)
    return probe(network, cluster, DB)


def breaking(mode: str, fault: str, kind: str) -> Frame:
    """What becomes of a probe in a network with a fault."""
    path = sent(mode, fault, kind)
    bridge, tunnel = devices(mode)
    way = path.reply if path.received and path.reply and path.reply.lost else path
    drawing = cluster_map(way, bridge=bridge, tunnel=tunnel, apart=fault == "apart")
    if way is not path:
        parts = [el("p", inline(_("The packet arrived. Its **answer** went this way:"))), walk_list(way)]
    else:
        parts = [walk_list(way)]
    return Frame(el("div", drawing, el("div", join(parts)), class_="side"), outcome(path))


def outcome(path: Path) -> str:
    """Whether a probe came through and back, and what its sender hears."""
    if path.lost:
        return _("**Lost** at {where}: {reason}. {heard}").format(
            where=path.lost.port, reason=path.lost.reason, heard=says_of_loss(path)
        )
    if path.reply and path.reply.lost:
        return _("It arrives, and the **answer is lost** at {where}: {reason}. {heard}").format(
            where=path.reply.lost.port, reason=path.reply.lost.reason, heard=_("The first sender hears nothing.")
        )
    source = path.received.source if path.received else ""
    return _("It **arrives** with source {source}, and so does its answer.").format(source=source)


def heard(path: Path) -> str:
    """What the program that sent a probe observes: all that a diagnosis can begin with."""
    if path.lost and path.lost.errno:
        return _("error {errno}").format(errno=path.lost.errno)
    if path.lost and path.error and path.error.received:
        return _("ICMP: {kind}").format(kind=path.lost.icmp)
    return _("an answer") if path.works else _("silence")


def puzzle() -> Frame:
    """The two packets of the first page: a small one and a large one, past a switch that passes less."""
    return breaking("vxlan", "mtu", "large")


def tables(network: Network, name: str) -> str:
    """What the kernel's tools print of a node: routes, entries that are written down, forwarding, NAT rules."""
    item = network.namespace(name)
    routes = sorted((route for route in item.routes if not route.prefix.is_loopback), key=lambda route: route.prefix)
    parts = {
        f"{name}$ ip route": [str(route) for route in routes],
        **_tunnel_tables(network, item),
        f"{name}$ sysctl net.ipv4.ip_forward": [f"net.ipv4.ip_forward = {int(item.ip_forward)}"],
        f"{name}$ iptables -t nat -S POSTROUTING": [f"-A POSTROUTING {rule}" for rule in item.nat.masquerade],
    }
    return "\n".join("\n".join([head, *lines]) for head, lines in parts.items())


def _tunnel_tables(network: Network, item: Namespace) -> dict[str, list[str]]:
    """What is written down of the other nodes' tunnel devices; nothing where there is no tunnel."""
    own = _tunnel_of(item)
    if own is None:
        return {}
    neighbours, remotes = [], []
    for peer in filter(None, (_tunnel_of(network.namespace(name)) for name in _BLOCKS if name != item.name)):
        via = peer.addresses[0].ip
        mac, remote = item.permanent(own.name, via), item.remote(own.name, peer.mac)
        neighbours += [f"{via} dev {own.name} lladdr {mac} PERMANENT"] if mac else []
        remotes += [f"{peer.mac} dev {own.name} dst {remote}"] if remote else []
    return {
        f"{item.name}$ ip neigh show nud permanent": neighbours,
        f"{item.name}$ bridge fdb | grep dst": remotes,
    }


def _tunnel_of(item: Namespace) -> Tunnel | None:
    return next((device for device in item.devices.values() if isinstance(device, Tunnel)), None)
