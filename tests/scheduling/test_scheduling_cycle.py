from __future__ import annotations

import doctest
import importlib
import pkgutil
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

import k8smodels.scheduling
from k8smodels.api import defaults, policy, resources
from k8smodels.api.errors import FieldError
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node, node
from k8smodels.api.pod import Pod, PodSchedulingGate, PodStatus, pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.scheduling import DEFAULT, AlreadyExists, Candidate, Cluster, place, schedule
from k8smodels.scheduling.message import NO_NODES


def modules() -> list[ModuleType]:
    found = pkgutil.walk_packages(k8smodels.scheduling.__path__, "k8smodels.scheduling.")
    return [k8smodels.scheduling, defaults, policy, resources, *(importlib.import_module(item.name) for item in found)]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_the_examples_of_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def nodes(count: int, cpu: str = "1") -> list[Node]:
    return [node(f"n{i}", cpu=cpu) for i in range(count)]


def sized(name: str, priority: int | None = None, cpu: str = "1", **more: Any) -> Pod:
    return pod(name, priority=priority, requests={"cpu": cpu}, **more)


def with_status(item: Pod, **status: Any) -> Pod:
    return replace(item, status=PodStatus(**status))


def test_without_nodes_there_is_only_a_message() -> None:
    decision = schedule(pod("p"), Cluster())
    assert (decision.message, decision.nodes, decision.preemption) == (NO_NODES, (), None)


def test_a_single_feasible_node_is_not_scored() -> None:
    decision = schedule(pod("p"), Cluster.of(nodes(1)))
    assert (decision.node, decision.result("n0").scores) == ("n0", ())
    with pytest.raises(KeyError):
        decision.result("n1")


def test_equal_nodes_tie_and_the_seed_decides() -> None:
    cluster = Cluster.of(nodes(3))
    assert schedule(pod("p"), cluster).best == ("n0", "n1", "n2")
    assert schedule(pod("p"), cluster).node == "n0"
    assert {schedule(pod("p"), cluster, seed=seed).node for seed in range(20)} == {"n0", "n1", "n2"}


def test_a_score_counts_its_weight() -> None:
    scores = schedule(pod("p"), Cluster.of(nodes(2))).result("n0").scores
    assert {score.plugin: score.weight for score in scores} == {
        "TaintToleration": 3,
        "NodeResourcesFit": 1,
        "VolumeBinding": 1,
        "ImageLocality": 1,
    }


def test_reasons_are_counted_and_sorted_as_text() -> None:
    cluster = Cluster.of([*nodes(10), *(node(f"x{i}", unschedulable=True, cpu="1") for i in range(2))])
    message = schedule(sized("p", cpu="2"), cluster).message
    assert message == "0/12 nodes are available: 10 Insufficient cpu, 2 node(s) were unschedulable."


def test_pods_are_placed_one_after_another() -> None:
    decisions, after = place([sized(f"p{i}") for i in range(3)], Cluster.of(nodes(2)))
    assert [decision.node for decision in decisions] == ["n0", "n1", None]
    assert [item.spec.node_name for item in after.pods] == ["n0", "n1"]
    many = Cluster.of(nodes(8, cpu="100"))
    thrown = [place([pod(f"p{i}") for i in range(8)], many, seed=seed)[0] for seed in (1, 1, 2)]
    assert thrown[0] == thrown[1]
    assert thrown[0] != thrown[2]


def test_a_nominated_pod_holds_its_place_against_less_important_ones() -> None:
    coming = with_status(sized("coming", 10), nominated_node_name="n0")
    cluster = Cluster.of([*nodes(1), coming])
    assert schedule(sized("p", 10), cluster).node is None
    assert schedule(sized("p", 11), cluster).node == "n0"
    assert schedule(coming, cluster).node == "n0", "it does not stand in its own way"


def test_the_node_on_which_room_was_made_is_taken_without_a_score() -> None:
    decision = schedule(with_status(pod("p"), nominated_node_name="n1"), Cluster.of(nodes(3)))
    assert (decision.best, decision.node) == (("n1",), "n1")


def test_finished_pods_take_nothing() -> None:
    done = with_status(sized("done", node_name="n0"), phase="Succeeded")
    assert schedule(sized("p"), Cluster.of([*nodes(1), done])).node == "n0"


def test_pods_of_unknown_nodes_are_left_out() -> None:
    assert Cluster.of([*nodes(1), sized("b", node_name="gone")]).node_infos["n0"].pods == ()


def test_pending_pods_wait_for_a_node_and_for_their_gates() -> None:
    gated = pod("gated", scheduling_gates=(PodSchedulingGate(name="wait"),))
    cluster = Cluster.of([pod("a"), gated, pod("b", node_name="n0"), with_status(pod("c"), phase="Failed")])
    assert [item.name for item in cluster.pending] == ["a"]


def test_binding_a_pod_that_is_pending_or_elsewhere_moves_it() -> None:
    cluster = Cluster.of([*nodes(2), pod("p")]).bind(pod("p"), "n0").bind(pod("p"), "n1")
    assert [len(info.pods) for info in cluster.node_infos.values()] == [0, 1]
    assert len(cluster.pods) == 1
    with pytest.raises(KeyError):
        cluster.bind(pod("p"), "gone")


def test_two_objects_of_one_name_are_refused() -> None:
    with pytest.raises(AlreadyExists, match=r'^nodes "n0" already exists$'):
        Cluster.of([*nodes(1), *nodes(1)])
    Cluster.of([pod("p"), pod("p", namespace="blue")])


def test_a_profile_is_asked_for_its_plugins() -> None:
    assert DEFAULT.only("NodeName").scorers == ()
    with pytest.raises(KeyError):
        DEFAULT.plugin("NodeNames")
    with pytest.raises(FieldError, match=r"^scoringStrategy.type: Invalid value: 1: must be a string"):
        DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": {"type": 1}})


def test_only_less_important_pods_are_evicted() -> None:
    cluster = Cluster.of([*nodes(2), sized("a", 10, node_name="n0"), sized("b", 9, node_name="n1")])
    decision = schedule(sized("p", 10), cluster)
    assert decision.preemption
    assert decision.preemption.candidates == (Candidate("n1", ("b",)),)
    assert decision.event_message == (
        "0/2 nodes are available: 2 Insufficient cpu."
        " preemption: found a potential placement for pod on node n1, preempting 1 victims"
    )


def test_where_nobody_is_less_important_there_are_no_victims() -> None:
    decision = schedule(sized("p"), Cluster.of([*nodes(1), sized("a", node_name="n0")]))
    assert decision.preemption
    assert decision.preemption.message == (
        "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    )


def test_evicting_does_not_help_where_the_node_itself_does_not_fit() -> None:
    decision = schedule(sized("p", 10, cpu="2"), Cluster.of(nodes(2)))
    assert decision.preemption
    assert decision.preemption.message == (
        "preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
    )


def test_a_polite_pod_evicts_nobody() -> None:
    cluster = Cluster.of([*nodes(1), sized("a", node_name="n0")])
    preemption = schedule(sized("p", 10, preemption_policy="Never"), cluster).preemption
    assert preemption
    assert (preemption.node, preemption.message) == (
        None,
        "preemption: not eligible due to preemptionPolicy=Never.",
    )


def victims_of(*others: Pod, cpu: str = "1", budgets: tuple[PodDisruptionBudget, ...] = ()) -> tuple[str, ...]:
    """Who leaves a full node of 2 CPUs for a pod of priority 100."""
    cluster = Cluster.of([*nodes(1, cpu="2"), *others, *budgets])
    preemption = schedule(sized("p", 100, cpu=cpu), cluster).preemption
    assert preemption
    return preemption.victims


def test_the_least_important_pod_goes() -> None:
    assert victims_of(sized("a", 5, node_name="n0"), sized("b", 3, node_name="n0")) == ("b",)


def test_of_equally_important_pods_the_younger_goes() -> None:
    old = with_status(sized("old", node_name="n0"), start_time="2025-01-01T00:00:00Z")
    young = with_status(sized("young", node_name="n0"), start_time="2025-01-02T00:00:00Z")
    new = sized("new", node_name="n0")
    assert victims_of(young, old) == ("young",)
    assert victims_of(new, young) == ("new",), "one that has not started is the youngest"


def budget(allowed: int, disrupted: dict[str, str] | None = None) -> PodDisruptionBudget:
    status = {"disruptionsAllowed": allowed, "disruptedPods": disrupted or {}}
    body = {"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": {"app": "web"}}}, "status": status}
    return PodDisruptionBudget.from_json(body)


def labelled(name: str, priority: int) -> Pod:
    made = sized(name, priority, node_name="n0")
    return replace(made, metadata=ObjectMeta(name=name, labels={"app": name.rstrip("0123456789")}))


def test_a_budget_protects_even_the_less_important_pod() -> None:
    assert victims_of(labelled("web", 1), labelled("db", 50), budgets=(budget(0),)) == ("db",)
    assert victims_of(labelled("web", 1), labelled("db", 50), budgets=(budget(1),)) == ("web",)
    assert victims_of(labelled("web", 1), labelled("db", 50), budgets=(budget(0, {"web": ""}),)) == ("web",)


def test_a_budget_is_violated_when_there_is_no_other_way() -> None:
    cluster = Cluster.of([*nodes(1, cpu="2"), labelled("web1", 1), labelled("web2", 2), budget(1)])
    preemption = schedule(sized("p", 100, cpu="2"), cluster).preemption
    assert preemption
    assert preemption.candidates == (Candidate("n0", ("web2", "web1"), pdb_violations=1),)


def test_less_important_nominees_lose_their_claim() -> None:
    coming = with_status(sized("coming", 1), nominated_node_name="n0")
    cluster = Cluster.of([*nodes(1), sized("a", node_name="n0"), coming])
    preemption = schedule(sized("p", 100), cluster).preemption
    assert preemption
    assert preemption.cleared_nominations == ("coming",)


def test_a_pod_waits_until_its_victims_are_gone() -> None:
    evicted = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler"}
    leaving = Pod.from_json(
        {
            "metadata": {"name": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {**sized("a", node_name="n0").spec.to_json()},
            "status": {"conditions": [evicted]},
        }
    )
    waiting = with_status(sized("p", 100), nominated_node_name="n0")
    preemption = schedule(waiting, Cluster.of([*nodes(1), leaving])).preemption
    assert preemption
    assert preemption.message == "preemption: not eligible due to a terminating pod on the nominated node."
