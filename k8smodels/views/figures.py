"""matplotlib figures in the book's look: SVG that is the same, byte for byte, at every run.

matplotlib is imported when a figure is drawn, so that views stay usable where it is not installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from k8smodels.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["STYLE", "growth", "shares", "steps"]

STYLE: Mapping[str, Any] = {
    "axes.edgecolor": "#6f7b8a",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": "#525d6c",
    "axes.labelsize": 9,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "grid.color": "#d3d9e1",
    "grid.linewidth": 0.6,
    "lines.linewidth": 2,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "k8smodels",
    "xtick.color": "#525d6c",
    "ytick.color": "#525d6c",
    "ytick.left": False,
}
"""Settings of matplotlib for every figure; the colours are those of the page's tokens."""

_COLOURS = ("#1b5ec4", "#74502a", "#00524f", "#451a86")
_DASHES = ("-", (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))


def steps(series: Mapping[str, Sequence[float]], *, x: str, y: str) -> Figure:
    """One stepped line a series over 0, 1, 2, ..., each with its name beside it in place of a legend.

    Parameters
    ----------
    series
        Values by name.
    x, y
        Labels of the axes.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=(4.6, 2.8), layout="constrained")
        axes = figure.subplots()
        for i, (name, values) in enumerate(series.items()):
            colour = _COLOURS[i % len(_COLOURS)]
            axes.step(range(len(values)), values, where="post", color=colour, linestyle=_DASHES[i % len(_DASHES)])
            at = _apart(name, series)
            axes.annotate(name, (at, values[at]), (4, 5), textcoords="offset points", color=colour, weight="bold")
        axes.set_xlabel(_(x))
        axes.set_ylabel(_(y))
        axes.margins(x=0.02)
        axes.set_ylim(bottom=0)
    return figure


def growth(
    at: Sequence[float],
    series: Mapping[str, Sequence[float | None]],
    *,
    x: str,
    y: str,
    even: bool = False,
    spread: Mapping[str, Sequence[tuple[float, float] | None]] | None = None,
) -> Figure:
    """One line a series on two logarithmic axes, each with its name beside it; None where nothing was measured.

    Parameters
    ----------
    at
        Where the values were measured.
    series
        Values by name.
    x, y
        Labels of the axes.
    even
        Whether both axes are even, from 0 on; names then stand at the lines' ends.
    spread
        The least and the most at each place, by name: upright lines through the points. Even axes only; names then
        stand behind the lines' ends.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=(4.6, 2.8), layout="constrained")
        axes = figure.subplots()
        for i, (name, values) in enumerate(series.items()):
            colour = _COLOURS[i % len(_COLOURS)]
            points = [(place, value) for place, value in zip(at, values, strict=True) if value is not None]
            axes.plot(
                *zip(*points, strict=True), color=colour, linestyle=_DASHES[i % len(_DASHES)], marker="o", markersize=4
            )
            _uprights(axes, at, spread[name] if spread else (), colour)
            where, side = (points[-1], "right") if even and not spread else (points[-1 if even else 0], "left")
            offset = (6, -3) if spread else (4, 6)
            axes.annotate(name, where, offset, textcoords="offset points", color=colour, weight="bold", ha=side)
        axes.set_xlabel(_(x))
        axes.set_ylabel(_(y))
        if even:
            axes.set_ylim(bottom=0)
            axes.margins(x=0.03, y=0.2)
            if spread:
                axes.set_xlim(right=1.36 * max(at))
                axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= max(at)])
            return figure
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(at, [f"{place:,}" for place in at])
        axes.set_xticks([], minor=True)
        axes.margins(x=0.06, y=0.15)
    return figure


def _uprights(axes: Axes, at: Sequence[float], ends: Sequence[tuple[float, float] | None], colour: str) -> None:
    """A thin line from the least to the most, where they are known."""
    found = [(place, *pair) for place, pair in zip(at, ends, strict=False) if pair]
    if found:
        axes.vlines(*zip(*found, strict=True), color=colour, linewidth=1)


def shares(counted: Mapping[str, float], exact: Mapping[str, float], *, y: str) -> Figure:
    """One bar a name with its count above it, and a line across where the exact value is.

    Parameters
    ----------
    counted, exact
        Values by name; the names of both are the same.
    y
        Label of the axis.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=(4.6, 2.4), layout="constrained")
        axes = figure.subplots()
        names = sorted(counted)
        bars = axes.bar(names, [counted[name] for name in names], width=0.55, color=_COLOURS[0])
        axes.bar_label(bars, padding=3, color=_COLOURS[0], weight="bold")
        for place, name in enumerate(names):
            axes.hlines(exact[name], place - 0.4, place + 0.4, color=_COLOURS[1], linewidth=2)
        axes.annotate(
            _("exact share"),
            (len(names) - 0.6, exact[names[-1]]),
            (2, 0),
            textcoords="offset points",
            color=_COLOURS[1],
            va="center",
        )
        axes.set_ylabel(_(y))
        axes.set_ylim(bottom=0, top=1.2 * max(counted.values()))
        axes.set_xlim(-0.6, len(names) + 0.1)
    return figure


def _apart(name: str, series: Mapping[str, Sequence[float]]) -> int:
    """Where a line stands farthest from all others: there its name is free to read."""
    others = [values for other, values in series.items() if other != name]
    own = series[name]
    distance = [min((abs(own[i] - values[i]) for values in others), default=0.0) for i in range(len(own))]
    return distance.index(max(distance))
