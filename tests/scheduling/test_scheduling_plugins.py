from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from k8smodels.api.affinity import (
    Affinity,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    Taint,
    Toleration,
    TopologySpreadConstraint,
)
from k8smodels.api.meta import ObjectMeta, OwnerReference
from k8smodels.api.node import ContainerImage, Node, NodeStatus, node
from k8smodels.api.pod import ContainerPort, Pod, pod
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.service import Service, ServiceSpec
from k8smodels.api.workload import ControllerSpec, ReplicaSet
from k8smodels.scheduling import DEFAULT, Cluster, Decision, NodeInfo, PodInfo, schedule
from k8smodels.scheduling.plugins import resource_allocation
from k8smodels.scheduling.plugins.balanced_allocation import balance, gain
from k8smodels.scheduling.plugins.image_locality import points, weighed_size
from k8smodels.scheduling.plugins.inter_pod_affinity import NO_NEIGHBOUR, UNWANTED_BY_NEIGHBOUR, UNWANTED_NEIGHBOUR
from k8smodels.scheduling.plugins.node_affinity import CONFLICT, named_nodes
from k8smodels.scheduling.plugins.node_ports import NO_FREE_PORT, conflicts
from k8smodels.scheduling.plugins.node_unschedulable import is_cordoned_for
from k8smodels.scheduling.plugins.pod_topology_spread import MISSING_LABEL, UNEVEN
from k8smodels.scheduling.plugins.spread_constraints import default_selector
from k8smodels.scheduling.plugins.taint_toleration import count_disliked_taints, untolerated_taint
from k8smodels.scheduling.pod_info import HostPort
from k8smodels.scheduling.required_node_affinity import Term

ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
REQUIRED = "required_during_scheduling_ignored_during_execution"
WEB = LabelSelector(match_labels={"app": "web"})
HARD = Taint(key="gpu", effect="NoSchedule")
SOFT = Taint(key="spot", effect="PreferNoSchedule")


def reasons(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {result.node: result.rejection.reasons if result.rejection else () for result in decision.nodes}


def zoned(*zones: str | None) -> list[Node]:
    """Nodes n0, n1, ... in these zones; None for a node without one."""
    return [node(f"n{i}", labels={ZONE: zone} if zone else {}, cpu="4") for i, zone in enumerate(zones)]


def web(name: str, **more: Any) -> Pod:
    return pod(name, labels={"app": "web"}, **more)


def near(key: str, selector: LabelSelector | None = WEB) -> PodAffinity:
    return PodAffinity(**{REQUIRED: (PodAffinityTerm(label_selector=selector, topology_key=key),)})


def spread(key: str = ZONE, max_skew: int = 1, **more: Any) -> TopologySpreadConstraint:
    more = {"when_unsatisfiable": "DoNotSchedule", "label_selector": WEB} | more
    return TopologySpreadConstraint(topology_key=key, max_skew=max_skew, **more)


def test_a_preferred_taint_never_refuses() -> None:
    assert untolerated_taint(pod("p"), node("n", taints=(SOFT,))) is None
    assert count_disliked_taints(pod("p"), node("n", taints=(SOFT, HARD))) == 1


def test_a_hard_taint_refuses_unless_tolerated() -> None:
    tainted = node("n", taints=(SOFT, HARD))
    assert untolerated_taint(pod("p"), tainted) == HARD
    assert untolerated_taint(pod("p", tolerations=(Toleration(key="gpu"),)), tainted) is None
    assert untolerated_taint(pod("p", tolerations=(Toleration(key="gpu", effect="NoExecute"),)), tainted) == HARD


def test_a_cordoned_node_takes_only_pods_that_tolerate_the_cordon() -> None:
    cordoned = node("n", unschedulable=True)
    assert is_cordoned_for(pod("p"), cordoned)
    assert not is_cordoned_for(pod("p", tolerations=(Toleration(operator="Exists"),)), cordoned)
    assert not is_cordoned_for(pod("p"), node("n"))


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("In", ("5", "6"), {"five"}),
        ("NotIn", ("5",), {"ten", "none", "text"}),
        ("Exists", (), {"five", "ten", "text"}),
        ("DoesNotExist", (), {"none"}),
        ("Gt", ("6",), {"ten"}),
        ("Lt", ("6",), {"five"}),
        ("Gt", ("x",), set()),
        ("Near", ("5",), set()),
    ],
)
def test_operators_of_node_affinity(operator: str, values: tuple[str, ...], expected: set[str]) -> None:
    nodes = [node("five", labels={"gen": "5"}), node("ten", labels={"gen": "10"})]
    nodes += [node("text", labels={"gen": "new"}), node("none")]
    condition = NodeSelectorRequirement(key="gen", operator=operator, values=values)
    term = Term.of(NodeSelectorTerm(match_expressions=(condition,)))
    assert {item.name for item in nodes if term.matches(item)} == expected


def test_a_term_without_conditions_matches_no_node() -> None:
    assert not Term.of(NodeSelectorTerm()).matches(node("n"))


def by_name(*terms: tuple[str, ...]) -> Pod:
    """A pod with one affinity term for each tuple, each of its names a condition of its own."""
    selector = {
        "nodeSelectorTerms": [
            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [name]} for name in names]}
            for names in terms
        ]
    }
    rules = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": selector}}
    return Pod.from_json({"metadata": {"name": "p"}, "spec": {"affinity": rules, "containers": [{"name": "c"}]}})


def test_names_are_alternatives_between_terms_and_conditions_within_one() -> None:
    assert named_nodes(by_name(("n1",), ("n2",))) == {"n1", "n2"}
    assert named_nodes(by_name(("n1", "n2"))) == set()
    assert named_nodes(pod("p")) is None


def test_nodes_that_affinity_does_not_name_are_not_looked_at() -> None:
    decision = schedule(by_name(("n1",)), Cluster.of(zoned(None, None)))
    assert decision.node == "n1"
    assert reasons(decision)["n0"] == ("node(s) didn't satisfy plugin(s) [NodeAffinity]",)


def test_contradictory_names_end_the_cycle_before_any_node() -> None:
    decision = schedule(by_name(("n1", "n2")), Cluster.of(zoned(None)))
    assert decision.pre_filter
    assert decision.pre_filter.reasons == (CONFLICT,)
    assert decision.event_message == f"0/1 nodes are available: {CONFLICT}. not found"


def test_two_plugins_that_name_different_nodes_leave_none() -> None:
    named = by_name(("n1",))
    decision = schedule(replace(named, spec=replace(named.spec, node_name="n0")), Cluster.of(zoned(None, None)))
    assert decision.message == (
        "0/2 nodes are available: node(s) didn't satisfy plugin(s) [NodeAffinity NodeName] simultaneously."
    )


@pytest.mark.parametrize(
    ("wanted", "taken", "expected"),
    [
        (("", "TCP", 80), ("", "TCP", 80), True),
        (("10.0.0.1", "TCP", 80), ("0.0.0.0", "TCP", 80), True),
        (("10.0.0.1", "TCP", 80), ("10.0.0.2", "TCP", 80), False),
        (("::", "TCP", 80), ("10.0.0.2", "TCP", 80), False),
        (("", "UDP", 80), ("", "TCP", 80), False),
        (("", "TCP", 81), ("", "TCP", 80), False),
    ],
)
def test_host_ports_conflict(wanted: tuple[str, str, int], taken: tuple[str, str, int], expected: bool) -> None:
    ports = [
        HostPort.of(ContainerPort(host_ip=ip, protocol=protocol, host_port=port))
        for ip, protocol, port in (wanted, taken)
    ]
    assert conflicts(*ports) == expected
    assert conflicts(*reversed(ports)) == expected


def test_a_host_port_can_be_taken_once_on_a_node() -> None:
    server = web("p")
    main = replace(server.spec.containers[0], ports=(ContainerPort(container_port=80, host_port=80),))
    server = replace(server, spec=replace(server.spec, containers=(main,)))
    other = replace(server, metadata=ObjectMeta(name="other"))
    decision = schedule(server, Cluster.of(zoned(None, None)).bind(other, "n0"))
    assert reasons(decision) == {"n0": (NO_FREE_PORT,), "n1": ()}


def test_a_port_that_two_pods_hold_is_free_when_one_goes() -> None:
    body = {"containers": [{"name": "c", "ports": [{"containerPort": 80, "hostPort": 80}]}]}
    first, second = (PodInfo.of(Pod.from_json({"metadata": {"name": name}, "spec": body})) for name in "ab")
    both = NodeInfo(node("n")).with_pods([first, second])
    assert both.host_ports == {("0.0.0.0", "TCP", 80)}
    assert both.without_pods([first]).host_ports == frozenset()


def test_only_what_the_pod_requests_is_checked() -> None:
    full = Cluster.of([node("n", cpu="1", memory="1Gi")]).bind(pod("b", requests={"cpu": "5"}), "n")
    assert schedule(pod("p", requests={"memory": "1Gi"}), full).node == "n"
    assert reasons(schedule(pod("p", requests={"cpu": "1m"}), full)) == {"n": ("Insufficient cpu",)}


@pytest.mark.parametrize(("cpu", "code"), [("1", "Unschedulable"), ("2", "UnschedulableAndUnresolvable")])
def test_evicting_cannot_help_where_the_empty_node_is_too_small(cpu: str, code: str) -> None:
    full = Cluster.of([node("n", cpu="1")]).bind(pod("b", requests={"cpu": "1"}), "n")
    rejection = schedule(pod("p", requests={"cpu": cpu}), full).nodes[0].rejection
    assert rejection
    assert rejection.code == code


def test_a_node_takes_no_more_pods_than_it_allows() -> None:
    full = Cluster.of([node("n", pods=1)]).bind(pod("b"), "n")
    assert reasons(schedule(pod("p"), full)) == {"n": ("Too many pods",)}


def test_ignored_resources_are_not_checked() -> None:
    profile = DEFAULT.with_args("NodeResourcesFit", {"ignoredResourceGroups": ["example.com"]})
    wanting = pod("p", requests={"example.com/gpu": "1", "cpu": "1"})
    assert schedule(wanting, Cluster.of([node("n", cpu="1")]), profile).node == "n"
    assert schedule(wanting, Cluster.of([node("n", cpu="1")])).node is None


def test_capacity_stands_in_for_what_is_allocatable() -> None:
    only_capacity = replace(node("n", cpu="2"), status=NodeStatus(capacity=node("n", cpu="2").status.capacity))
    assert schedule(pod("p", requests={"cpu": "2"}), Cluster.of([only_capacity])).node == "n"


def test_least_allocated_spreads_and_most_allocated_packs() -> None:
    cluster = Cluster.of(zoned(None, None)).bind(pod("b", requests={"cpu": "2"}), "n0")
    packing = DEFAULT.only("NodeResourcesFit").with_args(
        "NodeResourcesFit", {"scoringStrategy": {"type": "MostAllocated"}}
    )
    assert schedule(pod("p", requests={"cpu": "1"}), cluster, DEFAULT.only("NodeResourcesFit")).node == "n1"
    assert schedule(pod("p", requests={"cpu": "1"}), cluster, packing).node == "n0"


def test_half_a_point_of_the_ratio_is_rounded_up() -> None:
    shape = [resource_allocation.UtilizationShapePoint(utilization=u, score=s) for u, s in ((0, 0), (100, 10))]
    resources = [resource_allocation.Allocation(0, used, 100, 1) for used in (44, 45)]
    assert resource_allocation.requested_to_capacity_ratio(shape, resources) == 45


def test_a_falling_line_is_cut_toward_zero() -> None:
    shape = [resource_allocation.UtilizationShapePoint(utilization=u, score=s) for u, s in ((0, 10), (3, 0))]
    assert resource_allocation.line_at(shape, 1) == 67


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(ValueError, match="scoring strategy Best is not supported"):
        resource_allocation.scoring_function(resource_allocation.ScoringStrategy(type="Best"))


def test_balance_is_best_where_resources_run_out_together() -> None:
    assert (balance([0.5, 0.5]), balance([0.0, 1.0]), balance([0.25]), balance([0.0, 0.5, 1.0])) == (100, 50, 100, 59)
    assert (gain(80, 80), gain(50, 100), gain(100, 50)) == (75, 100, 50)


def test_an_image_counts_less_the_fewer_nodes_have_it() -> None:
    assert weighed_size(1000, 1, 4) == 250
    assert points(23 << 20, 1) == 0
    assert points(1000 << 20, 1) == 100
    assert points(1000 << 20, 2) == 49


def test_a_node_with_the_image_is_preferred() -> None:
    image = ContainerImage(names=("web:latest",), size_bytes=900 << 20)
    cluster = Cluster.of([node("n0", cpu="4"), node("n1", cpu="4", images=(image,))])
    assert schedule(pod("p", image="web"), cluster, DEFAULT.only("ImageLocality")).node == "n1"


def test_the_emptiest_domain_bounds_the_others() -> None:
    cluster = Cluster.of(zoned("a", "b", None)).bind(web("b0"), "n0")
    decision = schedule(web("p", topology_spread_constraints=(spread(),)), cluster)
    assert reasons(decision) == {"n0": (UNEVEN,), "n1": (), "n2": (MISSING_LABEL,)}


def test_a_pod_that_does_not_match_itself_adds_nothing_to_the_skew() -> None:
    cluster = Cluster.of(zoned("a", "b")).bind(web("b0"), "n0")
    assert reasons(schedule(pod("p", topology_spread_constraints=(spread(),)), cluster)) == {"n0": (), "n1": ()}


def test_too_few_domains_count_as_an_empty_one() -> None:
    cluster = Cluster.of(zoned("a")).bind(web("b0"), "n0")
    assert schedule(web("p", topology_spread_constraints=(spread(),)), cluster).node == "n0"
    assert schedule(web("p", topology_spread_constraints=(spread(min_domains=2),)), cluster).node is None


def test_terminating_pods_are_not_counted() -> None:
    leaving = replace(web("b0"), metadata=replace(web("b0").metadata, deletion_timestamp="2026-01-01T00:00:00Z"))
    cluster = Cluster.of(zoned("a", "b")).bind(leaving, "n0")
    assert reasons(schedule(web("p", topology_spread_constraints=(spread(),)), cluster)) == {"n0": (), "n1": ()}


def test_tainted_nodes_are_left_out_of_the_count_on_request() -> None:
    tainted = node("n2", labels={ZONE: "c"}, taints=(HARD,), cpu="4")
    cluster = Cluster.of([*zoned("a", "b"), tainted]).bind(web("b0"), "n0").bind(web("b1"), "n1")
    assert schedule(web("p", topology_spread_constraints=(spread(),)), cluster).node is None
    honoring = spread(node_taints_policy="Honor")
    assert schedule(web("p", topology_spread_constraints=(honoring,)), cluster).node is not None


def test_pods_of_a_service_are_spread_by_default() -> None:
    service = Service(metadata=ObjectMeta(name="web"), spec=ServiceSpec(selector={"app": "web"}))
    cluster = Cluster.of([*zoned("a", "a", "b"), service]).bind(web("b0"), "n0")
    profile = DEFAULT.only("PodTopologySpread")
    assert schedule(web("p"), cluster, profile).node == "n2"
    assert schedule(web("p"), replace(cluster, services=()), profile).best == ("n0", "n1", "n2")


def test_a_controller_counts_through_the_owner_reference_only() -> None:
    owner = OwnerReference(api_version="apps/v1", kind="ReplicaSet", name="web-1", controller=True)
    replica_set = ReplicaSet(metadata=ObjectMeta(name="web-1"), spec=ControllerSpec(selector=WEB))
    cluster = Cluster.of([replica_set])
    owned = replace(web("p"), metadata=replace(web("p").metadata, owner_references=(owner,)))
    assert str(default_selector(PodInfo.of(owned), cluster)) == "app=web"
    assert default_selector(PodInfo.of(web("p")), cluster).empty


def test_the_first_pod_of_a_group_may_go_anywhere_in_the_topology() -> None:
    loner = web("p", affinity=Affinity(pod_affinity=near(ZONE)))
    assert reasons(schedule(loner, Cluster.of(zoned("a", None)))) == {"n0": (), "n1": (NO_NEIGHBOUR,)}
    stranger = pod("p", affinity=Affinity(pod_affinity=near(ZONE)))
    assert schedule(stranger, Cluster.of(zoned("a"))).node is None


def test_the_followers_go_where_the_first_pod_is() -> None:
    cluster = Cluster.of(zoned("a", "a", "b")).bind(web("b0"), "n0")
    decision = schedule(web("p", affinity=Affinity(pod_affinity=near(ZONE))), cluster)
    assert reasons(decision) == {"n0": (), "n1": (), "n2": (NO_NEIGHBOUR,)}


def test_anti_affinity_holds_in_both_directions() -> None:
    shy = web("shy", affinity=Affinity(pod_anti_affinity=near(ZONE)))
    cluster = Cluster.of(zoned("a", "a", "b"))
    refused = reasons(schedule(shy, cluster.bind(web("b0"), "n0")))
    assert refused == {"n0": (UNWANTED_NEIGHBOUR,), "n1": (UNWANTED_NEIGHBOUR,), "n2": ()}
    refused = reasons(schedule(web("p"), cluster.bind(shy, "n0")))
    assert refused == {"n0": (UNWANTED_BY_NEIGHBOUR,), "n1": (UNWANTED_BY_NEIGHBOUR,), "n2": ()}


def test_a_term_means_the_pods_own_namespace_unless_it_names_others() -> None:
    cluster = Cluster.of(zoned("a")).bind(web("b0", namespace="blue"), "n0")
    assert schedule(web("p", affinity=Affinity(pod_anti_affinity=near(ZONE))), cluster).node == "n0"
    term = PodAffinityTerm(label_selector=WEB, topology_key=ZONE, namespaces=("blue",))
    rules = Affinity(pod_anti_affinity=PodAffinity(**{REQUIRED: (term,)}))
    assert schedule(web("p", affinity=rules), cluster).node is None


def test_no_selector_means_no_pod_and_an_empty_one_means_all() -> None:
    cluster = Cluster.of(zoned("a")).bind(web("b0"), "n0")
    assert schedule(web("p", affinity=Affinity(pod_anti_affinity=near(ZONE, None))), cluster).node == "n0"
    assert schedule(web("p", affinity=Affinity(pod_anti_affinity=near(ZONE, LabelSelector()))), cluster).node is None
