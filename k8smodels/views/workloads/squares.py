"""ReplicaSets as rows of squares, one square a pod."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["PodRow", "pod_squares"]

_SIDE, _STEP, _ROW, _LEFT = 12, 15, 22, 62
_PER_ROW = 19


@dataclass(frozen=True, slots=True)
class PodRow:
    """One ReplicaSet.

    Attributes
    ----------
    name
        What stands before the row: at most eight letters.
    is_new
        Whether it has the present template.
    available, waiting
        Its pods that are available, and those that are not.
    """

    name: str
    is_new: bool
    available: int
    waiting: int


def pod_squares(rows: Sequence[PodRow]) -> Html:
    """The rows under each other; pods that are not available are small and hollow."""
    parts, at = list[Html](), 0
    for row in rows:
        parts.append(el("text", row.name, class_="b", x=0, y=at + 11))
        kinds = [True] * row.available + [False] * row.waiting
        parts += [_square(i, at, row.is_new, is_available) for i, is_available in enumerate(kinds)]
        at += _ROW + (max(len(kinds) - 1, 0) // _PER_ROW) * _STEP
    words = _("{name}: {available} available, {waiting} not available")
    says = "; ".join(words.format(name=row.name, available=row.available, waiting=row.waiting) for row in rows)
    return el("svg", join(parts), class_="chart", aria_label=says, role="img", viewBox=f"0 0 360 {at}")


def _square(number: int, top: int, is_new: bool, is_available: bool) -> Html:
    x, y = _LEFT + (number % _PER_ROW) * _STEP, top + (number // _PER_ROW) * _STEP + 1
    if is_available:
        return el("rect", class_="newp" if is_new else "box old", height=_SIDE, width=_SIDE, x=x, y=y)
    small = _SIDE - 4
    return el("rect", class_="ax", height=small, width=small, x=x + 2, y=y + 2)
