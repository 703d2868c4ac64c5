"""Decisions as a terminal shows them: plain text, as kubectl prints it."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.scheduling.decision import Decision, NodeResult
from k8smodels.views.text import columns

__all__ = ["events", "verdicts"]


def events(decision: Decision) -> str:
    """The events that ``kubectl describe pod`` would list for `decision`."""
    pod = decision.pod
    if decision.node is None:
        row = ["Warning", "FailedScheduling", "default-scheduler", decision.event_message]
    else:
        assigned = f"Successfully assigned {pod.namespace}/{pod.name} to {decision.node}"
        row = ["Normal", "Scheduled", "default-scheduler", assigned]
    head = ["Type", "Reason", "From", "Message"]
    table = columns(head, [["-" * len(name) for name in head], row])
    return "Events:\n" + "\n".join(f"  {line}" for line in table.splitlines())


def verdicts(decision: Decision) -> str:
    """One line a node: its verdict, and what each plugin gave it."""
    if decision.pre_filter is not None:
        return _("All nodes refused before filtering by {plugin}.").format(plugin=decision.pre_filter.plugin)
    rows = [[result.node, _verdict(result, decision), _points(result), _reason(result)] for result in decision.nodes]
    return columns(["NODE", "VERDICT", "TOTAL", "WHY"], rows, right=[2])


def _verdict(result: NodeResult, decision: Decision) -> str:
    if result.rejection is not None:
        return _("refused")
    return _("chosen") if result.node == decision.node else _("fits")


def _points(result: NodeResult) -> str:
    return str(result.total) if result.scores else ""


def _reason(result: NodeResult) -> str:
    if result.rejection is not None:
        reasons = ", ".join(result.rejection.reasons)
        return f"{result.rejection.plugin}: {reasons}" if result.rejection.plugin else reasons
    given = (f"{score.plugin} {score.weighted}" for score in result.scores if score.weighted)
    return ", ".join(given) or _("the only feasible node is not scored")
