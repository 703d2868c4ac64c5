"""Preemption step by step: who would have to go, who may stay, and which node is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from k8smodels.i18n import _, ngettext
from k8smodels.scheduling import Candidate, Cluster, Decision, PodInfo, Round
from k8smodels.scheduling.preemption import PRIORITY_SHIFT
from k8smodels.views.html import Html, el, inline, join

__all__ = ["candidate_board", "round_table", "round_words"]


def candidate_board(decision: Decision, cluster: Cluster, *, spared: bool = True) -> Html:
    """Each node with its pods by importance, and what preemption would do to them.

    Parameters
    ----------
    decision, cluster
        A decision that looked for victims, and the cluster that it was made for.
    spared
        Show who is put back; otherwise everyone less important is taken away, as in the first half of the attempt.
    """
    candidates = {item.node: item for item in decision.preemption.candidates} if decision.preemption else {}
    rows = join(_node(result.node, candidates.get(result.node), decision, cluster, spared) for result in decision.nodes)
    return el("ol", rows, class_="board")


def _node(name: str, candidate: Candidate | None, decision: Decision, cluster: Cluster, spared: bool) -> Html:
    pods = sorted(cluster.node_infos[name].pods, key=lambda pod: -pod.priority)
    shown = join(el("li", _fate(pod, candidate, decision, spared)) for pod in pods)
    top = el(
        "div",
        el("span", el("b", name, class_="ob node"), class_="name"),
        " ",
        _verdict(name, candidate, decision, spared),
        class_="top",
    )
    return el("li", top, el("ul", shown, class_="procs"))


def _fate(pod: PodInfo, candidate: Candidate | None, decision: Decision, spared: bool) -> Html:
    priority = decision.pod.spec.priority or 0
    name = _("{pod}, priority {priority}").format(pod=pod.pod.name, priority=pod.priority)
    if pod.priority >= priority:
        return join([name, ": ", el("b", _("not less important"))])
    if not spared or (candidate and pod.pod.name in candidate.victims):
        return join([el("del", name), ": ", el("b", _("must go") if spared else _("taken away"))])
    return join([name, ": ", el("b", _("may stay"))])


def _verdict(name: str, candidate: Candidate | None, decision: Decision, spared: bool) -> Html:
    if candidate is None:
        rejection = decision.result(name).rejection
        hopeless = rejection is not None and rejection.code == "UnschedulableAndUnresolvable"
        word = _("evicting would not help") if hopeless else _("still no room")
        return el("p", el("b", word), class_="v no")
    if not spared:
        return el("p", el("b", _("fits then")), class_="v ok")
    word = ngettext("{n} victim", "{n} victims", len(candidate.victims)).format(n=len(candidate.victims))
    return el("p", el("b", word), class_="v wait")


def round_table(step: Round) -> Html:
    """One rule's values, with the nodes marked that are left."""
    head = el("tr", el("th", _("node"), scope="col"), el("th", round_words()[step.rule], class_="r", scope="col"))
    rows = [
        el(
            "tr",
            el("th", el("b", node, class_="ob node"), scope="row"),
            el("td", _value(step, value), class_="r"),
            class_="on" if node in step.left else None,
        )
        for node, value in step.values.items()
    ]
    left = _("Left: {nodes}").format(nodes=", ".join(f"**{node}**" for node in step.left))
    return join([el("table", el("thead", head), el("tbody", join(rows))), el("p", inline(left), class_="muted")])


def round_words() -> Mapping[str, str]:
    """What each rule compares, in words; less is better."""
    return {
        "pdb_violations": _("disruption budgets violated"),
        "highest_priority": _("highest priority among the victims"),
        "sum_of_priorities": _("sum of the victims' priorities"),
        "pods": _("number of victims"),
        "earliest_start": _("start of the most important victim, later is better"),
    }


def _value(step: Round, value: float) -> str:
    if step.rule == "sum_of_priorities":
        # shown without the shift that only makes negative priorities comparable
        return _("{sum} (+ {n} × 2³¹)").format(sum=int(value) % PRIORITY_SHIFT, n=int(value) // PRIORITY_SHIFT)
    if step.rule == "earliest_start":
        return f"{datetime.fromtimestamp(-value, UTC):%H:%M}"
    return str(int(value))
