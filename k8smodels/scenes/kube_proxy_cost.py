"""Scenes of the chapter on kube-proxy: what many Services cost, as measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from k8smodels.i18n import _
from k8smodels.views.figures import growth

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TOOLS = ("iptables-legacy", "iptables-nft", "nft")


def measured(path: str) -> dict[str, Any]:
    """What ``tests/reality/measure_service_cost.py`` has written."""
    found: dict[str, Any] = json.loads(Path(path).read_text())
    return found


def cost_figure(cost: dict[str, Any], what: str, *, factor: float = 1, y: str) -> Figure:
    """The medians of something measured against the number of Services, with the least and the most."""
    found = {(case["tool"], case["services"]): case[what] for case in cost["cases"]}
    sizes = sorted({size for _tool, size in found})
    lines, spread = {}, {}
    for tool in TOOLS:
        row = [found.get((tool, size)) for size in sizes]
        lines[tool] = [each and each["median"] * factor for each in row]
        spread[tool] = [each and (each["min"] * factor, each["max"] * factor) for each in row]
    return growth(sizes, lines, x=_("Services in the cluster"), y=y, even=True, spread=spread)
