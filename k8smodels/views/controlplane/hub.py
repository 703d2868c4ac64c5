"""The API server and everybody who talks to it: a hub with spokes, as thick as the traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10, pi

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["Spoke", "hub_graph"]

_WIDTH, _HEIGHT = 360, 250
_HUB = "API server"


@dataclass(frozen=True, slots=True)
class Spoke:
    """A component, or many of one kind, and its traffic with the API server.

    Attributes
    ----------
    name, kind
        Its name and the class of its colour.
    asked, told
        How many requests it made, and how many changes it was told.
    """

    name: str
    kind: str
    asked: int
    told: int

    @property
    def width(self) -> float:
        """How thick its line is: by the order of size of the traffic."""
        return round(1 + 1.5 * log10(1 + self.asked + self.told), 1)


def hub_graph(spokes: Sequence[Spoke]) -> Html:
    """The drawing. Places are networkx's shell layout of the star; etcd hangs on the hub alone."""
    import networkx as nx

    graph = nx.star_graph([_HUB, *(each.name for each in spokes), "etcd"])
    places = nx.shell_layout(graph, nlist=[[_HUB], [*(each.name for each in spokes), "etcd"]], rotate=pi / 6, scale=2)
    at = {
        name: (round(_WIDTH / 2 + 122 * float(x), 1), round(_HEIGHT / 2 + 98 * float(y), 1))
        for name, (x, y) in places.items()
    }
    hub = at[_HUB]
    lines = [_line(hub, at[each.name], each.width) for each in spokes] + [_line(hub, at["etcd"], 2.5)]
    labels = [_label(at[each.name], each.name, f"{each.asked} → · {each.told} ←") for each in spokes]
    labels += [_label(at["etcd"], "etcd", ""), _label(hub, _HUB, "")]
    title = el("title", _("The API server in the middle, and a line from it to each component"))
    return el("svg", title, *lines, *labels, class_="chart", role="img", viewBox=f"0 0 {_WIDTH} {_HEIGHT}")


def _line(start: tuple[float, float], end: tuple[float, float], width: float) -> Html:
    return el("path", class_="way", d=f"M{start[0]} {start[1]}L{end[0]} {end[1]}", stroke_width=width)


def _label(place: tuple[float, float], name: str, numbers: str) -> Html:
    x, y = place
    text = [el("text", name, class_="m b", x=x, y=y + (0 if numbers else 4))]
    if numbers:
        text.append(el("text", numbers, class_="m dim", x=x, y=y + 14))
    half = max(len(name) * 3.6, len(numbers) * 3.2) + 6
    height = 34 if numbers else 22
    box = el("rect", class_="box", x=round(x - half, 1), y=y - 15, width=round(2 * half, 1), height=height, rx=4)
    return join([box, *text])
