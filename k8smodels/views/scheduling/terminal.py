"""Decisions as a terminal shows them: plain text, as kubectl prints it."""

from __future__ import annotations

from collections import Counter

from k8smodels.i18n import _, ngettext
from k8smodels.scheduling.decision import Decision, NodeResult
from k8smodels.views.text import columns

__all__ = ["described", "events", "preemption", "verdicts"]

MOST_ROWS = 40
"""A cluster of more nodes than this is shown by verdict, not node by node."""


def described(decision: Decision) -> str:
    """All that a terminal shows of `decision`: head and events as ``kubectl describe pod`` prints them, the reasons."""
    where = decision.node or "<none>"
    head = f"Name:       {decision.pod.name}\nNamespace:  {decision.pod.namespace}\nNode:       {where}"
    parts = [f"{head}\n{events(decision)}", verdicts(decision), preemption(decision)]
    return "\n\n".join(part.rstrip() for part in parts if part)


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
    if len(decision.nodes) > MOST_ROWS:
        return _counted(decision)
    rows = [[result.node, _verdict(result, decision), _points(result), _reason(result)] for result in decision.nodes]
    return columns(["NODE", "VERDICT", "TOTAL", "WHY"], rows, right=[2])


def preemption(decision: Decision) -> str:
    """One line a node where evicting would help: who would have to go; empty if nobody can."""
    made = decision.preemption
    if made is None or not made.candidates:
        return ""
    rows = [
        [item.node, _("nominated") if item.node == made.node else "", item.pdb_violations, ", ".join(item.victims)]
        for item in made.candidates[:MOST_ROWS]
    ]
    more = len(made.candidates) - len(rows)
    tail = "\n" + ngettext("and {n} more node", "and {n} more nodes", more).format(n=more) if more else ""
    return columns(["NODE", "", "BUDGETS VIOLATED", "VICTIMS"], rows, right=[2]) + tail


def _counted(decision: Decision) -> str:
    """How many nodes got which verdict, for which reason; of those that fit only the best are named."""
    best = sorted(decision.feasible, key=lambda result: (result.node != decision.node, -result.total, result.node))[:5]
    rows = [[result.node, _verdict(result, decision), _points(result), _reason(result)] for result in best]
    others = Counter(
        (_("fits"), _("no more points than these")) if result.feasible else (_("refused"), _reason(result))
        for result in decision.nodes
        if result not in best
    )
    rows += [
        [ngettext("{n} node", "{n} nodes", count).format(n=count), verdict, "", why]
        for (verdict, why), count in others.most_common(MOST_ROWS)
    ]
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
