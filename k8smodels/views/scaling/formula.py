"""The arithmetic of one metric, line by line."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.views.amounts import short
from k8smodels.views.html import Html, bullets, el
from k8smodels.views.isolation import grid
from k8smodels.workloads.autoscaling.calculator import Estimate, Tolerance

__all__ = ["formula_lines", "group_table"]

DEFAULT = Tolerance()


def group_table(estimate: Estimate, uses: str, target_percent: int) -> Html:
    """How many pods count, and what the others are taken for.

    Parameters
    ----------
    uses
        What each pod that counts uses.
    """
    groups = estimate.groups
    if groups is None:
        return Html("")
    going_down = estimate.usage.ratio < 1
    full = _("all of {percent} % of its request").format(percent=max(100, target_percent))
    missing = full if going_down else _("0 %")
    unready = _("left out") if going_down or estimate.usage.ratio == 1 else _("0 %")
    rows = [
        (_("ready, with a sample"), groups.counted, uses),
        (_("not ready yet"), groups.unready, unready),
        (_("without a sample"), groups.missing, missing),
        (_("being deleted, or failed"), groups.ignored, _("left out")),
    ]
    shown = [[name, str(len(pods)), words] for name, pods, words in rows if pods]
    return grid([_("pods"), _("how many"), _("each counts with")], shown)


def formula_lines(estimate: Estimate, current: int, target_percent: int, tolerance: Tolerance = DEFAULT) -> Html:
    """From the use of the pods to the number of replicas."""
    usage, groups = estimate.usage, estimate.groups
    counted = len(groups.counted) if groups else current
    lines = [
        _("Use of the pods that count, over their requests: **{percent} %**").format(percent=usage.utilization),
        _("Ratio to the target: {percent} ÷ {target} = **{ratio}**").format(
            percent=usage.utilization, target=target_percent, ratio=short(usage.ratio)
        ),
    ]
    pods = counted
    if estimate.ratio != usage.ratio:
        pods += len(groups.missing) if groups else 0
        pods += len(groups.unready) if groups and usage.ratio > 1 else 0
        lines.append(_("With what the others are taken for: **{ratio}**").format(ratio=short(estimate.ratio)))
    return el("div", bullets([*lines, _last(estimate, current, pods, tolerance)]))


def _last(estimate: Estimate, current: int, pods: int, tolerance: Tolerance) -> str:
    product = estimate.ratio * pods
    if tolerance.allows(estimate.ratio):
        words = _("Between {low} and {high}: within the tolerance, **{n} stay {n}**")
        return words.format(low=short(1 - tolerance.down), high=short(1 + tolerance.up), n=current)
    if (estimate.usage.ratio - 1) * (estimate.ratio - 1) < 0 or (
        estimate.replicas == current and -(-product // 1) != current
    ):
        return _("Now it points the other way: too little is known, **{n} stay {n}**").format(n=current)
    words = _("Times {pods} pods: {product}, rounded up: **{n}**")
    return words.format(pods=pods, product=short(product), n=estimate.replicas)
