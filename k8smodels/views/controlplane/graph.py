"""Objects and what leads from one to another, drawn in rows from the top down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.views.html import Html, el, join

__all__ = ["Box", "Link", "layered_graph"]

_WIDTH, _ROW, _LETTER = 360, 62, 7.2


@dataclass(frozen=True, slots=True)
class Box:
    """A thing in the drawing.

    Attributes
    ----------
    name
        What it is called by links.
    lines
        What stands in it; the first line is bold.
    look
        ``on`` what is spoken of, ``there``, ``going`` on its way out, or ``gone``.
    """

    name: str
    lines: tuple[str, ...]
    look: str = "there"


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one box to another.

    Attributes
    ----------
    start, end
        Names of boxes.
    look
        ``solid``, ``dashed``, or ``none``: it is not drawn and keeps the boxes where they are.
    """

    start: str
    end: str
    look: str = "solid"


_CLASSES = {"on": "box podbox to", "there": "box podbox", "going": "box gate", "gone": "box"}


def layered_graph(boxes: Sequence[Box], links: Sequence[Link], title: str) -> Html:
    """The drawing: whatever leads to a box stands above it (networkx's topological generations).

    Parameters
    ----------
    boxes
        In the order in which they stand in a row.
    links
        Between them; without circles.
    title
        What the drawing shows, for those who do not see it.
    """
    places = _places(boxes, links)
    height = max(y for _x, y in places.values()) + 26
    arrows = [_arrow(link, places, boxes) for link in links if link.look != "none"]
    drawn = [_box(box, places[box.name]) for box in boxes]
    return el(
        "svg", el("title", title), *arrows, *drawn, class_="map", role="img", viewBox=f"0 0 {_WIDTH} {round(height)}"
    )


def _places(boxes: Sequence[Box], links: Sequence[Link]) -> Mapping[str, tuple[float, float]]:
    """The middle of each box: a row is spread evenly, a box alone in its row stands below what leads to it."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(box.name for box in boxes)
    graph.add_edges_from((link.start, link.end) for link in links)
    order, widths = [box.name for box in boxes], {box.name: _width(box) for box in boxes}
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(nx.topological_generations(graph)):
        names = sorted(row, key=order.index)
        y = 26 + number * _ROW
        above = [places[name][0] for name in graph.predecessors(names[0])]
        if len(names) == 1 and above:
            places[names[0]] = (round(sum(above) / len(above), 1), y)
            continue
        gap = (_WIDTH - sum(widths[name] for name in names)) / (len(names) + 1)
        left = gap
        for name in names:
            places[name] = (round(left + widths[name] / 2, 1), y)
            left += widths[name] + gap
    return places


def _width(box: Box) -> float:
    return max(len(line) for line in box.lines) * _LETTER + 10


def _arrow(link: Link, places: Mapping[str, tuple[float, float]], boxes: Sequence[Box]) -> Html:
    (x1, y1), (x2, y2) = places[link.start], places[link.end]
    halves = {box.name: _height(box) / 2 for box in boxes}
    start, end = y1 + halves[link.start], y2 - halves[link.end] - 2
    middle = round((start + end) / 2, 1)
    d = f"M{x1} {start}C{x1} {middle} {x2} {middle} {x2} {end}l-4 -6m4 6l4 -6"
    return el("path", class_="arrow w" if link.look == "dashed" else "arrow", d=d)


def _height(box: Box) -> float:
    return 12 + 14 * len(box.lines)


def _box(box: Box, place: tuple[float, float]) -> Html:
    x, y = place
    width = _width(box)
    height = _height(box)
    top = y - height / 2
    rect = el(
        "rect",
        class_=_CLASSES[box.look],
        x=round(x - width / 2, 1),
        y=round(top, 1),
        width=round(width, 1),
        height=height,
        rx=5,
    )
    tone = {"on": " t-on", "gone": " dim"}.get(box.look, "")
    lines = [
        el("text", line, class_=f"m{' b' if i == 0 else ''}{tone}", x=x, y=round(top + 17 + 14 * i, 1))
        for i, line in enumerate(box.lines)
    ]
    return join([rect, *lines])
