"""Sizes over time: what the load needs, what is there, and each decision with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.workloads.autoscaling.run import Look

__all__ = ["clock", "decision_table", "size_chart"]

_LEFT, _RIGHT, _TOP, _BOTTOM = 24, 352, 12, 152
MOST_ROWS = 6


def clock(seconds: int) -> str:
    """A moment as minutes and seconds, ``5:20``."""
    return f"{seconds // 60}:{seconds % 60:02}"


def size_chart(looks: Sequence[Look], per_pod_milli: float, most: int) -> Html:
    """Pods that serve, pods that start, and a line for the pods that the load needs, on a scale up to `most`.

    Parameters
    ----------
    per_pod_milli
        The share of the load at which a pod is at its target.
    """
    end = looks[-1].at_seconds
    needed = [(look.at_seconds, look.load_milli / per_pod_milli) for look in looks[::2]]
    there = [(look.at_seconds, float(look.replicas)) for look in looks]
    ready = [(look.at_seconds, float(look.ready)) for look in looks]
    title = _("Pods over {minutes} minutes: from {first} to at most {most}, at the end {last}")
    said = title.format(
        minutes=round(end / 60), first=looks[0].replicas, most=max(each.wanted for each in looks), last=looks[-1].wanted
    )
    body = [
        el("path", class_="soon", d=_area(there, end, most)),
        el("path", class_="newp", d=_area(ready, end, most)),
        el("path", class_="lim", d=_line(needed, end, most)),
        el("path", class_="ax", d=f"M{_LEFT} {_BOTTOM}H{_RIGHT}"),
        *_ticks(end, most),
    ]
    return el("svg", el("title", said), join(body), class_="chart", role="img", viewBox="0 0 360 172")


def _ticks(end: int, most: int) -> Iterator[Html]:
    for size in range(0, most + 1, 5 if most > 6 else 2):
        yield el("text", size, class_="dim e", x=_LEFT - 5, y=f"{_y(size, most) + 4:.0f}")
    minutes = max(1, round(end / 60))
    step = next(each for each in (1, 2, 5, 10, 20, 60, 240, 10**6) if minutes / each <= 6)
    for minute in range(0, minutes - step // 2, step):
        yield el("text", minute, class_="dim m", x=_at(60 * minute, end), y=168)
    yield el("text", _("{n} min").format(n=minutes), class_="dim e", x=_RIGHT + 8, y=168)


def _area(points: Sequence[tuple[int, float]], end: int, most: int) -> str:
    return f"M{_LEFT} {_BOTTOM}{_stairs(points, end, most)}V{_BOTTOM}z"


def _stairs(points: Sequence[tuple[int, float]], end: int, most: int) -> str:
    """Level lines, each from a point to the next one with another value."""
    parts, before = [f"V{_y(points[0][1], most):.0f}"], points[0][1]
    for at, value in points[1:]:
        if value != before:
            parts.append(f"H{_at(at, end)}V{_y(value, most):.0f}")
            before = value
    return f"{''.join(parts)}H{_RIGHT}"


def _line(points: Sequence[tuple[int, float]], end: int, most: int) -> str:
    """A straight line from point to point; those on a level need no points between."""
    kept = [
        point
        for i, point in enumerate(points)
        if i in (0, len(points) - 1) or not points[i - 1][1] == point[1] == points[i + 1][1]
    ]
    places = [f"{_at(at, end)} {_y(value, most):.0f}" for at, value in kept]
    return "M" + "L".join(places)


def _at(seconds: int, end: int) -> str:
    return f"{_LEFT + (_RIGHT - _LEFT) * seconds / end:.0f}"


def _y(size: float, most: int) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * min(size, 1.05 * most) / most


def decision_table(looks: Sequence[Look]) -> Html:
    """Each change of the size, and between them what held it where it is; the first rows of them."""
    rows = list(_rows(looks))
    table = grid([_("time"), _("pods"), _("the metric"), _("and")], rows[:MOST_ROWS])
    more = len(rows) - MOST_ROWS
    return join([table, el("p", _("and {n} more").format(n=more), class_="muted") if more > 0 else None])


def _rows(looks: Sequence[Look]) -> Iterator[list[Html | str]]:
    for (changes, reason), group in groupby(looks, lambda look: (look.wanted != look.replicas, _reason(look))):
        met = list(group)
        if changes:
            yield from ([clock(look.at_seconds), _size(look), _says([look]), reason] for look in met)
        else:
            span = _span([look.at_seconds for look in met])
            yield [span, str(met[0].wanted), _says(met), reason]


def _span(times: Sequence[int]) -> str:
    return clock(times[0]) if len(times) == 1 else f"{clock(times[0])}–{clock(times[-1])}"


def _size(look: Look) -> Html:
    return el("b", f"{look.replicas} → {look.wanted}", class_="nw")


def _says(looks: Iterable[Look]) -> str:
    """What the metrics asked for, as far as they could be read."""
    met = list(looks)
    if not any(look.done.proposals for look in met):
        return _("not asked")
    proposals = [look.proposed for look in met]
    known = [each for each in proposals if each is not None]
    if len(known) < len(proposals):
        return _("cannot be read")
    least, most = min(known), max(known)
    return _("asks for {n}").format(n=least if least == most else f"{least}–{most}")


def _reason(look: Look) -> str:
    """The condition that kept the controller from what the metrics asked for; empty if none did."""
    if look.done.event and not look.done.proposals:
        return look.done.event.partition("reason: ")[2]
    active = look.condition("ScalingActive")
    if active.status == "False":
        return active.reason
    able, limited = look.condition("AbleToScale"), look.condition("ScalingLimited")
    if limited.status == "True":
        return limited.reason
    return able.reason if able.reason.endswith("Stabilized") else ""
