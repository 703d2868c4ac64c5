"""A decision in one sentence, for the line under a figure."""

from __future__ import annotations

from k8smodels.i18n import _, ngettext
from k8smodels.scheduling.decision import Decision

__all__ = ["decided"]


def decided(decision: Decision) -> str:
    """What happened to the pod, in one or two short sentences."""
    pod, total, passed = decision.pod.name, len(decision.nodes), len(decision.feasible)
    if decision.node is None:
        return _("**{pod}** stays Pending. {message}").format(pod=pod, message=decision.message)
    if passed == 1:
        return _(
            "**{pod}** goes to **{node}**: the only one of {total} nodes that passes, so nothing is scored."
        ).format(pod=pod, node=decision.node, total=total)
    if len(decision.best) > 1:
        return _("**{pod}** goes to **{node}**: {tied} tie at {score} points, and any of them may be taken.").format(
            pod=pod, node=decision.node, tied=", ".join(decision.best), score=decision.result(decision.node).total
        )
    passing = ngettext("{passed} of {total} nodes passes.", "{passed} of {total} nodes pass.", passed)
    chosen = _("**{pod}** goes to **{node}** with {score} points.").format(
        pod=pod, node=decision.node, score=decision.result(decision.node).total
    )
    return f"{chosen} {passing.format(passed=passed, total=total)}"
