"""A recorded rollout and a simulated one in one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from k8smodels.i18n import _
from k8smodels.views.figures import STYLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Line", "comparison"]

Line = Sequence[tuple[float, int]]
"""Seconds and pods, in order."""

_COLOURS = {"old": "#74502a", "new": "#1b5ec4"}


def comparison(panels: Mapping[str, tuple[Mapping[str, Line], Mapping[str, Line]]]) -> Figure:
    """One panel a rollout: sizes of ReplicaSets, recorded as lines and simulated as dashes.

    Parameters
    ----------
    panels
        By title the recorded and the simulated lines, each by ``old`` and ``new``.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(dict(STYLE)):
        figure = Figure(figsize=(4.6, 2.2 * len(panels)), layout="constrained")
        for axes, (title, (real, ours)) in zip(
            figure.subplots(len(panels), squeeze=False)[:, 0], panels.items(), strict=True
        ):
            _panel(axes, real, ours)
            axes.set_title(title, loc="left", fontsize=9, color="#1b2330", weight="bold")
            axes.set_ylabel(_("pods wanted"))
        axes.set_xlabel(_("seconds since the change"))
    return figure


def _panel(axes: Axes, real: Mapping[str, Line], ours: Mapping[str, Line]) -> None:
    end = 1.05 * max(line[-1][0] for lines in (real, ours) for line in lines.values())
    for lines, dash, width in ((real, "-", 2.0), (ours, (0, (3, 1.5)), 1.5)):
        for name, line in lines.items():
            at, sizes = zip(*line, (end, line[-1][1]), strict=True)
            axes.step(at, sizes, where="post", color=_COLOURS[name], linestyle=dash, linewidth=width)
    for name, words, x, side in (("old", _("old ReplicaSet"), 0.0, "left"), ("new", _("new ReplicaSet"), end, "right")):
        top = max(size for _at, size in real[name])
        axes.annotate(words, (x, top), (0, 4), textcoords="offset points", color=_COLOURS[name], weight="bold", ha=side)
    axes.set_xlim(0, end)
    axes.set_ylim(0, 12)
    axes.set_yticks([0, 5, 10])
