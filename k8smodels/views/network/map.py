"""Two nodes with their pods as a drawing, and on it the way of a packet.

Places are fixed, so that a packet in one mode can be compared with a packet in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.i18n import _
from k8smodels.network import Hop, Path
from k8smodels.network.devices import Port
from k8smodels.views.html import Html, el, join

__all__ = ["cluster_map"]

Point = tuple[int, int]

NODES = {"node-1": 87, "node-2": 273}
"""The middle of each node."""
PODS = {"shop/web": 45, "shop/api": 129, "shop/db": 273}
ROUTER, OUTSIDE = "(router)", "outside"
_WIRE: Point = (180, 156)
_POD_Y, _BRIDGE_Y, _TUNNEL_Y, _CARD_Y, _LOW_Y = 58, 82, 106, 130, 184


def cluster_map(path: Path, *, bridge: str, tunnel: str, shown: int | None = None, apart: bool = False) -> Html:
    """The cluster, and the first `shown` hops of `path` on it; all by default, then also where it was lost.

    Parameters
    ----------
    bridge, tunnel
        What the devices on a node are called; empty if the mode has none.
    apart
        The nodes are in two networks with the router between.
    """
    hops = path.hops[:shown]
    whole = shown is None or shown >= len(path.hops)
    points = list(_points(hops))
    lost = path.lost.port if path.lost and whole else None
    marks = [_cross(_of(lost) or (points[-1] if points else (0, 0)))] if lost else _here(points)
    nodes = (_node(name, middle, bridge, tunnel) for name, middle in NODES.items())
    pods = (_pod(name, middle, path) for name, middle in PODS.items())
    body = join([*_wires(apart), *_far(), *nodes, *pods, *_way(hops, _BRIDGE_Y if bridge else _CARD_Y), *marks])
    return el("svg", el("title", _title(path, whole)), body, class_="map", role="img", viewBox="0 0 360 204")


def _title(path: Path, whole: bool) -> str:
    if not whole:
        return _("The packet on its way from {start}").format(start=path.start)
    if path.delivered:
        return _("The way of the packet from {start} to {end}").format(start=path.start, end=path.delivered.namespace)
    where = path.lost.port.namespace if path.lost else path.start
    return _("The way of the packet from {start}, lost at {where}").format(start=path.start, where=where)


def _node(name: str, middle: int, bridge: str, tunnel: str) -> Html:
    left = middle - 84
    devices = ((bridge, _BRIDGE_Y), (tunnel, _TUNNEL_Y), ("eth0", _CARD_Y))
    return join(
        [
            el("rect", class_="box", height=124, width=168, x=left, y=20),
            el("text", name, class_="b", x=left, y=14),
            *(_device(text, left, y) for text, y in devices if text),
        ]
    )


def _device(name: str, left: int, y: int) -> Html:
    line = el("path", class_="ax", d=f"M{left + 8} {y}h152")
    return join([line, el("text", name, class_="dim", x=left + 8, y=y - 4)])


def _pod(name: str, middle: int, path: Path) -> Html:
    ends = (path.start, path.delivered.namespace if path.delivered else "")
    solid = name in ends
    box = el("rect", class_="podbox to" if solid else "podbox", height=24, rx=12, width=68, x=middle - 34, y=30)
    return join([box, el("text", name.partition("/")[2], class_="m t-on b" if solid else "m", x=middle, y=46)])


def _wires(apart: bool) -> Iterator[Html]:
    for line in ("M12 156H174V184", "M348 156H186V184") if apart else ("M12 156H348M180 156V184",):
        yield el("path", class_="wire", d=line)


def _far() -> Iterator[Html]:
    yield el("path", class_="wire", d="M180 184H290")
    yield el("rect", class_="box", height=20, width=64, x=148, y=178)
    yield el("text", _("router"), class_="m", x=180, y=192)
    yield el("rect", class_="box", height=20, width=72, x=276, y=178)
    yield el("text", _("outside"), class_="m", x=312, y=192)


def _of(port: Port) -> Point | None:
    """Where a device stands in the drawing; None for what is not drawn, such as a cable."""
    name, device = port
    if name in PODS:
        return (PODS[name], _POD_Y)
    if name in NODES:
        return _on_node(NODES[name], device)
    return {ROUTER: (180, _LOW_Y), OUTSIDE: (290, _LOW_Y)}.get(name)


def _on_node(middle: int, device: str) -> Point | None:
    if device.startswith(("veth", "cali")):
        return None
    return (middle, {"cni0": _BRIDGE_Y, "eth0": _CARD_Y, "": _CARD_Y}.get(device, _TUNNEL_Y))


def _points(hops: Sequence[Hop]) -> Iterator[Point]:
    """The places that the hops pass, each named once in a row; from a node onto the wire is a place, too."""
    last: Point | None = None
    for hop in hops:
        for point in (_of(hop.port), _WIRE if hop.segment and hop.port.namespace in NODES else None):
            if point is not None and point != last:
                yield point
                last = point


def _way(hops: Sequence[Hop], meeting: int) -> Iterator[Html]:
    tunnelled = [hop for hop in hops if hop.after.tunnel or hop.action == "decapsulate"]
    for part, kind in ((hops, "way"), (tunnelled, "way tun")):
        points = list(_points(part))
        if len(points) > 1:
            yield el("path", class_=kind, d=_line(points, meeting))


def _line(points: Sequence[Point], meeting: int) -> str:
    """Right angles: down to the lower of two places, across, and up; two pods of a node meet at `meeting`."""
    x, y = points[0]
    text = f"M{x} {y}"
    for to_x, to_y in points[1:]:
        low = max(y, to_y) if y != to_y else max(y, meeting)
        text += f"V{to_y}" if x == to_x else f"V{low}H{to_x}V{to_y}"
        x, y = to_x, to_y
    return text


def _here(points: Sequence[Point]) -> list[Html]:
    return [el("circle", class_="gate", cx=points[-1][0], cy=points[-1][1], r=6)] if points else []


def _cross(at: Point) -> Html:
    x, y = (at[0], at[1] - 16) if at[1] == _LOW_Y else at  # above the box, so that its name can be read
    return el("path", class_="lost", d=f"M{x - 7} {y - 7}l14 14m0-14l-14 14")
