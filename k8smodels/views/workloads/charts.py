"""The pods of a Deployment over time: old and new ones stacked, what is available, and the two limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from k8smodels.controlplane.pod_counts import PodCounts
from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["rollout_chart"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 352, 20, 166
_GRAIN = 6
"""Steps that lie closer together than this are drawn as one."""
_TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


def rollout_chart(
    counts: Sequence[PodCounts], end_seconds: float, *, at_most: int | None, at_least: int | None, says: str
) -> Html:
    """One chart with its key.

    Parameters
    ----------
    counts
        The series, in order.
    end_seconds
        The right end of the scale.
    at_most, at_least
        The limits of the rolling update; None where there is none.
    says
        What the chart shows, for those who do not see it.
    """
    most = max(*(max(each.total, each.available) for each in counts), at_most or 0, at_least or 0, 1)

    def x(seconds: float) -> int:
        return _LEFT + _GRAIN * round((_RIGHT - _LEFT) * min(seconds, end_seconds) / end_seconds / _GRAIN)

    def y(pods: int) -> int:
        return round(_BOTTOM - (_BOTTOM - _TOP) * pods / most)

    at = [x(each.at_seconds) for each in counts]
    parts = [
        *(_area(kind, at, [y(n) for n in low], [y(n) for n in high]) for kind, low, high in _layers(counts)),
        el("path", class_="avail", d=_steps(list(zip(at, [y(each.available) for each in counts], strict=True)))),
        *_limit(at_most, _("at most {n}"), y, -5),
        *(_limit(at_least, _("at least {n}"), y, 14) if at_least else ()),
        el("path", class_="ax", d=f"M{_LEFT} {_BOTTOM}H{_RIGHT}"),
        *_ticks(end_seconds, x),
        el("text", 0, class_="dim e", x=_LEFT - 4, y=_BOTTOM),
    ]
    drawing = el("svg", join(parts), class_="chart", aria_label=says, role="img", viewBox="0 0 360 186")
    return join([drawing, _key()])


def _layers(counts: Sequence[PodCounts]) -> Iterator[tuple[str, list[int], list[int]]]:
    """Class, lower and upper edge of each layer, in pods."""
    old = [each.old for each in counts]
    ready = [each.old + each.ready for each in counts]
    yield "old", [0] * len(counts), old
    yield "newp", old, ready
    yield "soon", ready, [each.total for each in counts]


def _area(kind: str, at: Sequence[int], low: Sequence[int], high: Sequence[int]) -> Html | None:
    if low == high:
        return None
    upper = _steps(list(zip(at, high, strict=True)))
    return el("path", class_=kind, d=f"{upper}{_back(list(zip(at, low, strict=True)))}Z")


def _turns(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """`points` without those between which nothing can be seen."""
    turns = [points[0]]
    for point in points[1:]:
        if point[0] == turns[-1][0]:
            turns[-1] = point
        elif point[1] != turns[-1][1]:
            turns.append(point)
    return turns


def _steps(points: Sequence[tuple[int, int]]) -> str:
    """A stepped line through `points` to the right end."""
    (x, y), *turns = _turns(points)
    return f"M{x} {y}" + "".join(f"H{px}V{py}" for px, py in turns) + f"H{_RIGHT}"


def _back(points: Sequence[tuple[int, int]]) -> str:
    """The same line from the right end on."""
    turns = _turns(points)
    steps = (f"H{right[0]}V{left[1]}" for left, right in reversed(list(pairwise(turns))))
    return f"V{turns[-1][1]}" + "".join(steps) + f"H{turns[0][0]}"


def _limit(pods: int | None, words: str, y: Callable[[int], int], shift: int) -> tuple[Html, ...]:
    if pods is None:
        return ()
    line = el("path", class_="lim", d=f"M{_LEFT} {y(pods)}H{_RIGHT}")
    return line, el("text", words.format(n=pods), class_="b", x=_LEFT + 4, y=y(pods) + shift)


def _ticks(end_seconds: float, x: Callable[[float], int]) -> list[Html]:
    step = next((each for each in _TICKS if end_seconds / each <= 6), _TICKS[-1])
    marks = range(step, int(end_seconds) + 1, step)
    words = _("{n} s")
    return [el("text", words.format(n=at), class_="dim e", x=x(at), y=_BOTTOM + 15) for at in marks]


def _key() -> Html:
    """What the colours mean."""
    areas = (("old", _("old")), ("newp", _("new, ready")), ("soon", _("new, not ready")))
    items = [_swatch(el("rect", class_=kind, height=10, width=14, y=1), word) for kind, word in areas]
    items.append(_swatch(el("path", class_="avail", d="M0 6H14"), _("available")))
    return el("p", join(items), class_="muted")


def _swatch(drawing: Html, word: str) -> Html:
    icon = el("svg", drawing, aria_hidden="true", height=12, viewBox="0 0 14 12", width=14)
    return join([el("span", icon, " ", word, class_="nw"), "\u2003"])
