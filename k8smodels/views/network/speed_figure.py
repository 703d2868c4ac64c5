"""Measured speeds of ways to connect two pods, as a matplotlib figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from k8smodels.i18n import _
from k8smodels.views.figures import STYLE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Speed", "Spread", "speeds"]

_WITH, _WITHOUT = "#1b5ec4", "#74502a"


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of the rounds."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Speed:
    """One way to connect two pods.

    Attributes
    ----------
    offloads
        Whether the kernel may handle many packets as one.
    gbit_per_s
        Throughput of one TCP stream.
    answer_us
        Microseconds from a small question to its answer.
    """

    case: str
    offloads: bool
    gbit_per_s: Spread
    answer_us: Spread


def speeds(measured: Sequence[Speed]) -> Figure:
    """Throughput on the left, time of an answer on the right: medians as marks, a line from least to most."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    style = dict(STYLE) | {"axes.grid.axis": "x", "ytick.left": False}
    cases = list(dict.fromkeys(speed.case for speed in measured))
    with mpl.rc_context(style):
        figure = Figure(figsize=(4.8, 2.7), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, cases, measured, "gbit_per_s", _("Gbit/s, one TCP stream"))
        _panel(right, cases, measured, "answer_us", _("µs from question to answer"))
        left.set_yticks(range(len(cases)), cases)
        left.set_ylim(len(cases) - 0.5, -0.75)
    return figure


def _panel(axes: Any, cases: Sequence[str], measured: Sequence[Speed], value: str, label: str) -> None:
    labelled = value == "gbit_per_s"
    for speed in measured:
        spread: Spread = getattr(speed, value)
        y = cases.index(speed.case) + (-0.15 if speed.offloads else 0.15)
        colour, mark = (_WITH, "o") if speed.offloads else (_WITHOUT, "s")
        axes.plot([spread.least, spread.most], [y, y], color=colour, linewidth=1)
        axes.plot([spread.median], [y], color=colour, marker=mark, markersize=5)
        if labelled and speed.case == cases[0]:
            text, above = (_("with offloads"), 5) if speed.offloads else (_("without"), -11)
            axes.annotate(
                text, (spread.median, y), (0, above), textcoords="offset points", color=colour, ha="center", fontsize=8
            )
    axes.set_xlabel(label)
    axes.set_xlim(left=0)
