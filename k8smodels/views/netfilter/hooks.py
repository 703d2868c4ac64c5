"""The five hooks of a node as a drawing, and on it the way of a packet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["hook_map"]

Point = tuple[int, int]

_WIDTH, _HEIGHT = 100, 34
_HOOKS: Mapping[str, Point] = {
    "PREROUTING": (54, 148),
    "INPUT": (82, 78),
    "FORWARD": (180, 148),
    "OUTPUT": (278, 78),
    "POSTROUTING": (306, 148),
}
"""The middle of each box."""
_ROUTING: Point = (118, 148)
_PROCESS: Point = (180, 20)
_MEETING: Point = (242, 148)
_LINES = {
    "in": "M0 148H4",
    "PREROUTING": "M104 148H118",
    "INPUT": "M118 148V112H82V95M82 61V20H134",
    "FORWARD": "M118 148H130M230 148H242",
    "OUTPUT": "M226 20H278V61M278 95V112H242V148",
    "POSTROUTING": "M242 148H256M356 148H360",
}
"""The stretches of the way; each belongs to a hook, the first to what comes in by a device."""


def hook_map(met: Sequence[str], tables: Mapping[str, str]) -> Html:
    """The hooks of a node; those in `met`, and the way from one to the next, are marked.

    Parameters
    ----------
    tables
        What is asked at each hook, in words.
    """
    taken = {*met, "in"} if "PREROUTING" in met else set(met)
    lines = [el("path", class_="wire", d=line) for line in _LINES.values()]
    way = [el("path", class_="way", d=line) for name, line in _LINES.items() if name in taken]
    body = join([*lines, *way, *_fixed(), *_boxes(met, tables)])
    title = _("The hooks that the packet meets: {hooks}").format(hooks=", ".join(met))
    return el("svg", el("title", title), body, class_="map", role="img", viewBox="0 0 360 190")


def _fixed() -> Iterator[Html]:
    x, y = _PROCESS
    yield el("rect", class_="podbox", height=28, rx=14, width=92, x=x - 46, y=y - 14)
    yield el("text", _("process"), class_="m", x=x, y=y + 4)
    yield el("circle", class_="gate", cx=_ROUTING[0], cy=_ROUTING[1], r=5)
    yield el("text", _("where to?"), class_="dim m", x=_ROUTING[0], y=182)


def _boxes(met: Sequence[str], tables: Mapping[str, str]) -> Iterator[Html]:
    for name, (x, y) in _HOOKS.items():
        kind = "gate" if name in met else "box"
        yield el("rect", class_=kind, height=_HEIGHT, rx=3, width=_WIDTH, x=x - _WIDTH // 2, y=y - _HEIGHT // 2)
        yield el("text", name, class_="m b" if name in met else "m", x=x, y=y - 2)
        yield el("text", tables.get(name, ""), class_="dim m", x=x, y=y + 12)
