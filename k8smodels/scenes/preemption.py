"""Scenes about pods that push out others."""

from __future__ import annotations

from functools import cache

from k8smodels.api.node import node
from k8smodels.api.pod import Pod, PodStatus, pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision, schedule
from k8smodels.views.frame import Frame
from k8smodels.views.html import el
from k8smodels.views.scheduling import decided, events
from k8smodels.views.scheduling.board import cluster_board
from k8smodels.views.scheduling.preemption import candidate_board, round_table, round_words

PRIORITIES = {20: "20", 100: "100"}
STEPS = 9


def _running(name: str, on: str, cpu: str, priority: int, started: int, app: str = "") -> Pod:
    made = pod(name, requests={"cpu": cpu}, node_name=on, priority=priority, labels={"app": app or name})
    return Pod(metadata=made.metadata, spec=made.spec, status=PodStatus(start_time=f"2026-11-02T0{started}:00:00Z"))


@cache
def full_cluster(budget: bool) -> Cluster:
    """Four full nodes; with `budget`, the pods of ``app: shop`` may not be disrupted."""
    nodes = [node(f"node-{i}", cpu="4") for i in (1, 2, 3, 4)]
    pods = [
        _running("db", "node-1", "3", 1000, 1),
        _running("log", "node-1", "1", 0, 2),
        _running("shop-1", "node-2", "2", 10, 3, "shop"),
        _running("train", "node-2", "2", 50, 4),
        _running("report-1", "node-3", "2", 10, 5),
        _running("report-2", "node-3", "2", 10, 6),
        _running("index", "node-4", "4", 10, 1),
    ]
    budgets = [PodDisruptionBudget.from_json(_BUDGET)] if budget else []
    return Cluster.of([*nodes, *pods, *budgets])


_BUDGET = {
    "metadata": {"name": "shop"},
    "spec": {"selector": {"matchLabels": {"app": "shop"}}},
    "status": {"disruptionsAllowed": 0},
}


def preempt(priority: int, budget: bool, step: int) -> Frame:
    """Step `step` of the attempt to make room for `urgent`, which asks for 2 CPUs."""
    cluster = full_cluster(budget)
    asking = pod("urgent", requests={"cpu": "2"}, priority=priority)
    decision = schedule(asking, cluster)
    if step == 0 or decision.preemption is None or not decision.preemption.candidates:
        return Frame(cluster_board(decision, cluster, resources=("cpu",)), decided(decision))
    if step == 1:
        says = _("First attempt: take every less important Pod away. Where does `urgent` fit then?")
        return Frame(candidate_board(decision, cluster, spared=False), says)
    if step == 2:
        says = _(
            "Then put them back, the most important first, while `urgent` still fits. Who cannot come back is a victim."
        )
        return Frame(candidate_board(decision, cluster), says)
    return _choice(decision, step - 3)


def _choice(decision: Decision, at: int) -> Frame:
    made = decision.preemption
    assert made is not None  # noqa: S101 (the caller has looked)
    if at >= len(made.rounds):
        victims = ", ".join(made.victims)
        says = _(
            "**{node}** is nominated; **{victims}** is evicted. "
            "`urgent` waits until it is gone, then is scheduled anew."
        )
        return Frame(el("pre", events(decision), tabindex="0"), says.format(node=made.node, victims=victims))
    last = made.rounds[at]
    says = _("Rule {n}: {rule}. Left: {nodes}.").format(
        n=at + 1, rule=round_words()[last.rule], nodes=", ".join(last.left)
    )
    return Frame(round_table(last), says)
