"""Rules that show only in which of two possible nodes, or pods, is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k8smodels.api.affinity import (
    Affinity,
    PodAffinity,
    PodAffinityTerm,
    Taint,
    TopologySpreadConstraint,
    WeightedPodAffinityTerm,
)
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Namespace, Node, node
from k8smodels.api.pod import Pod, PodStatus, pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.selectors import LabelSelector
from k8smodels.scheduling import DEFAULT, Cluster, Decision, Preemption, schedule
from k8smodels.scheduling.args import CPU_AND_MEMORY, ResourceSpec
from k8smodels.scheduling.plugins.resource_allocation import allocations
from k8smodels.scheduling.plugins.taint_toleration import untolerated_taint

ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
REQUIRED = "required_during_scheduling_ignored_during_execution"
PREFERRED = "preferred_during_scheduling_ignored_during_execution"
WEB = LabelSelector(match_labels={"app": "web"})
NEAR_WEB = PodAffinityTerm(label_selector=WEB, topology_key=HOSTNAME)


def two_nodes() -> list[Node]:
    return [node(f"n{i}", cpu="1", memory="4Gi") for i in range(2)]


def web(name: str, **more: Any) -> Pod:
    return pod(name, labels={"app": "web"}, **more)


def required(*terms: PodAffinityTerm) -> PodAffinity:
    return PodAffinity(**{REQUIRED: terms})


def wished(weight: int) -> PodAffinity:
    return PodAffinity(**{PREFERRED: (WeightedPodAffinityTerm(weight=weight, pod_affinity_term=NEAR_WEB),)})


def raw_scores(decision: Decision, plugin: str) -> dict[str, int]:
    return {item.node: score.raw for item in decision.nodes for score in item.scores if score.plugin == plugin}


def scored(incoming: Pod, cluster: Cluster) -> dict[str, int]:
    return raw_scores(schedule(incoming, cluster, DEFAULT.only("InterPodAffinity")), "InterPodAffinity")


def test_a_taint_that_evicts_also_refuses() -> None:
    taint = Taint(key="gone", effect="NoExecute")
    assert untolerated_taint(pod("p"), node("n", taints=(taint,))) == taint


def test_the_node_with_fewer_soft_taints_is_preferred() -> None:
    soft = Taint(key="spot", effect="PreferNoSchedule")
    cluster = Cluster.of([node("n0", cpu="1", taints=(soft,)), node("n1", cpu="1")])
    assert schedule(pod("p"), cluster, DEFAULT.only("TaintToleration")).best == ("n1",)


def test_a_request_of_zero_asks_for_nothing() -> None:
    overfull = Cluster.of([node("n", cpu="1")]).bind(pod("b", requests={"cpu": "2"}), "n")
    assert schedule(pod("p", requests={"cpu": "0"}), overfull).node == "n"


def test_an_extended_resource_counts_for_the_score_only_if_requested() -> None:
    info = Cluster.of([node("n", cpu="1", **{"example.com/gpu": "2"})]).node_infos["n"]
    resources = (*CPU_AND_MEMORY, ResourceSpec(name="example.com/gpu", weight=0))
    assert [item.capacity for item in allocations({"cpu": 1}, {}, info, resources)] == [1000]
    assert [item.weight for item in allocations({"example.com/gpu": 1}, {}, info, resources)] == [1, 1]


def test_nodes_that_the_pod_does_not_select_are_left_out_of_the_count() -> None:
    zones = [node(f"n{i}", labels={ZONE: zone, "disk": disk}) for i, (zone, disk) in enumerate(["as", "bs", "ch"])]
    cluster = Cluster.of(zones).bind(web("b0"), "n0").bind(web("b1"), "n1")
    for policy, found in (("", "n0"), ("Honor", "n0"), ("Ignore", None)):
        constraint = TopologySpreadConstraint(
            max_skew=1,
            topology_key=ZONE,
            when_unsatisfiable="DoNotSchedule",
            label_selector=WEB,
            node_affinity_policy=policy,
        )
        spread = web("p", topology_spread_constraints=(constraint,), node_selector={"disk": "s"})
        assert schedule(spread, cluster).node == found


def test_the_crowd_is_rounded() -> None:
    zones = [node(f"n{i}", labels={ZONE: f"z{i}"}) for i in range(3)]
    wish = TopologySpreadConstraint(
        max_skew=1, topology_key=ZONE, when_unsatisfiable="ScheduleAnyway", label_selector=WEB
    )
    decision = schedule(web("p", topology_spread_constraints=(wish,)), Cluster.of(zones).bind(web("b"), "n0"))
    assert raw_scores(decision, "PodTopologySpread") == {"n0": 2, "n1": 0, "n2": 0}, "one pod weighs ln(3 + 2) = 1.6"


def test_a_wish_to_be_near_adds_and_one_to_be_away_subtracts() -> None:
    cluster = Cluster.of(two_nodes()).bind(web("b"), "n0")
    assert scored(pod("p", affinity=Affinity(pod_affinity=wished(7))), cluster) == {"n0": 7, "n1": 0}
    assert scored(pod("p", affinity=Affinity(pod_anti_affinity=wished(7))), cluster) == {"n0": -7, "n1": 0}


def test_the_wishes_of_running_pods_count_too_unless_they_are_ignored() -> None:
    fan = pod("fan", affinity=Affinity(pod_affinity=wished(7)))
    cluster = Cluster.of(two_nodes()).bind(fan, "n0")
    assert scored(web("p"), cluster) == {"n0": 7, "n1": 0}
    deaf = DEFAULT.only("InterPodAffinity").with_args("InterPodAffinity", {"ignorePreferredTermsOfExistingPods": True})
    assert schedule(web("p"), cluster, deaf).result("n0").scores == ()


def test_what_a_running_pod_required_counts_as_a_weak_wish() -> None:
    follower = pod("follower", affinity=Affinity(pod_affinity=required(NEAR_WEB)))
    assert scored(web("p"), Cluster.of(two_nodes()).bind(follower, "n0")) == {"n0": 1, "n1": 0}


def nominated(item: Pod, to: str) -> Pod:
    return replace(item, status=PodStatus(nominated_node_name=to))


def test_a_pod_must_fit_without_the_nominated_pods_too() -> None:
    follower = pod("p", affinity=Affinity(pod_affinity=required(NEAR_WEB)))
    assert schedule(follower, Cluster.of([*two_nodes(), nominated(web("coming"), "n0")])).node is None
    assert schedule(follower, Cluster.of(two_nodes()).bind(web("coming"), "n0")).node == "n0"


def test_selecting_namespaces_leaves_out_the_pods_own() -> None:
    blue = Namespace(metadata=ObjectMeta(name="blue", labels={"team": "x"}))
    term = replace(NEAR_WEB, namespace_selector=LabelSelector(match_labels={"team": "x"}))
    shy = pod("p", affinity=Affinity(pod_anti_affinity=required(term)))
    cluster = Cluster.of([*two_nodes(), blue]).bind(web("b"), "n0")
    assert schedule(shy, cluster).result("n0").feasible
    assert not schedule(shy, cluster.bind(web("c", namespace="blue"), "n0")).result("n0").feasible


def test_selecting_all_namespaces_means_unknown_ones_too() -> None:
    shy = pod("p", affinity=Affinity(pod_anti_affinity=required(replace(NEAR_WEB, namespace_selector=LabelSelector()))))
    cluster = Cluster.of(two_nodes()).bind(web("b", namespace="never-listed"), "n0")
    assert not schedule(shy, cluster).result("n0").feasible


def full(name: str, priority: int, on: str, cpu: str = "1", start: str = "", **more: Any) -> Pod:
    made = pod(name, priority=priority, node_name=on, requests={"cpu": cpu}, **more)
    return replace(made, status=PodStatus(start_time=start))


def preempted(*objects: Pod | PodDisruptionBudget) -> Preemption:
    """What a pod of priority 100 that needs one of two full nodes finds."""
    found = schedule(pod("p", priority=100, requests={"cpu": "1"}), Cluster.of([*two_nodes(), *objects])).preemption
    assert found
    return found


def test_few_violated_budgets_come_before_low_priorities() -> None:
    budget = PodDisruptionBudget.from_json({"metadata": {"name": "web"}, "spec": {"selector": WEB.to_json()}})
    protected = full("a", 1, "n0", labels={"app": "web"})
    assert preempted(protected, full("b", 50, "n1"), budget).best == ("n1",)
    assert preempted(protected, full("b", 50, "n1")).best == ("n0",)


def test_a_budget_that_selects_everything_protects_nobody() -> None:
    budget = PodDisruptionBudget.from_json({"metadata": {"name": "all"}, "spec": {"selector": {}}})
    assert preempted(full("a", 1, "n0", labels={"app": "web"}), full("b", 50, "n1"), budget).best == ("n0",)


def test_a_low_highest_priority_comes_before_few_victims() -> None:
    two = full("a", 10, "n0", "500m"), full("b", 10, "n0", "500m")
    assert preempted(*two, full("c", 11, "n1")).best == ("n0",)


def test_two_victims_cost_more_than_one_also_below_zero() -> None:
    two = full("a", -10, "n0", "500m"), full("b", -10, "n0", "500m")
    assert preempted(*two, full("c", -10, "n1")).best == ("n1",)


def test_of_equal_sets_the_one_that_started_later_goes() -> None:
    old, young = full("a", 1, "n0", start="2025-01-01T00:00:00Z"), full("b", 1, "n1", start="2025-01-02T00:00:00Z")
    assert preempted(old, young).best == ("n1",)
    assert preempted(old, replace(young, status=old.status)).best == ("n0", "n1")
