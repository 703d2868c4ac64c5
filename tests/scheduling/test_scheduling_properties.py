from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scheduling_strategies import clusters, pods, tolerations

from k8smodels.api.affinity import Toleration
from k8smodels.api.defaults import default_pod
from k8smodels.api.pod import Pod
from k8smodels.scheduling import DEFAULT, Cluster, Decision, PodInfo, place, schedule
from k8smodels.scheduling.plugins import InterPodAffinity, PodTopologySpread

examples = settings(deadline=None, max_examples=60)
many_examples = settings(deadline=None, max_examples=120)

pending = pods("p")


def feasible_names(decision: Decision) -> set[str]:
    return {result.node for result in decision.feasible}


def without(cluster: Cluster, names: set[str]) -> Cluster:
    return replace(cluster, pods=tuple(other for other in cluster.pods if other.name not in names), _known={})


@examples
@given(pending, clusters(), tolerations)
def test_a_toleration_more_never_loses_a_node(pod: Pod, cluster: Cluster, toleration: Toleration) -> None:
    tolerant = replace(pod, spec=replace(pod.spec, tolerations=(*pod.spec.tolerations, toleration)))
    assert feasible_names(schedule(pod, cluster)) <= feasible_names(schedule(tolerant, cluster))


@examples
@given(pending, clusters())
def test_normalised_scores_lie_between_0_and_100(pod: Pod, cluster: Cluster) -> None:
    scores = [score for result in schedule(pod, cluster).nodes for score in result.scores]
    assert all(0 <= score.normalized <= 100 for score in scores)


@examples
@given(pending, clusters())
def test_the_best_nodes_have_the_highest_total(pod: Pod, cluster: Cluster) -> None:
    decision = schedule(pod, cluster)
    totals = {result.node: result.total for result in decision.feasible}
    assert list(decision.best) == sorted(name for name in totals if totals[name] == max(totals.values()))
    assert decision.node == (decision.best[0] if totals else None)


@examples
@given(pending, clusters(), st.randoms(use_true_random=False))
def test_the_order_of_nodes_does_not_matter(pod: Pod, cluster: Cluster, random: Random) -> None:
    nodes = list(cluster.nodes)
    random.shuffle(nodes)
    one, other = schedule(pod, cluster), schedule(pod, replace(cluster, nodes=tuple(nodes)))
    assert {result.node: result for result in one.nodes} == {result.node: result for result in other.nodes}
    assert (one.best, one.message) == (other.best, other.message)


@examples
@given(pods("p", social=False), clusters(social=False), st.data())
def test_without_rules_about_other_pods_a_pod_that_leaves_makes_room(
    pod: Pod, cluster: Cluster, data: st.DataObject
) -> None:
    assume(cluster.pods)
    gone = data.draw(st.sampled_from(cluster.pods))
    assert feasible_names(schedule(pod, cluster)) <= feasible_names(schedule(pod, without(cluster, {gone.name})))


@examples
@given(pending, clusters())
def test_the_counts_of_the_message_add_up(pod: Pod, cluster: Cluster) -> None:
    decision = schedule(pod, cluster)
    assume(decision.message)
    reasons = [reason for result in decision.nodes if result.rejection for reason in result.rejection.reasons]
    found = re.findall(r"(?:: |, )(\d+) ", decision.message)
    assert sum(map(int, found)) == len(reasons)
    assert decision.message.startswith(f"0/{len(cluster.nodes)} nodes are available: ")


@examples
@given(pending, clusters(), st.integers())
def test_the_same_seed_gives_the_same_decision(pod: Pod, cluster: Cluster, seed: int) -> None:
    decision = schedule(pod, cluster, seed=seed)
    assert decision == schedule(pod, cluster, seed=seed)
    assert decision.node in decision.best or not decision.best


@examples
@given(pending)
def test_defaulting_twice_changes_nothing_more(pod: Pod) -> None:
    assert default_pod(default_pod(pod)) == default_pod(pod)


@examples
@given(st.lists(pods("p"), max_size=6), clusters(nominated=False))
def test_placing_never_overfills_a_node(queue: list[Pod], cluster: Cluster) -> None:
    named = [replace(pod, metadata=replace(pod.metadata, name=f"p{i}")) for i, pod in enumerate(queue)]
    decisions, after = place(named, cluster)
    assert sum(decision.node is not None for decision in decisions) == len(after.pods) - len(cluster.pods)
    for name, node in after.node_infos.items():
        new = node.pods[len(cluster.node_infos[name].pods) :]
        assert not new or len(node.pods) <= node.allowed_pods
        for resource in ("cpu", "memory"):
            if any(pod.requests.get(resource) for pod in new):
                assert node.requested[resource] <= node.allocatable[resource]


@examples
@given(pending, clusters())
def test_binding_gives_the_same_as_a_cluster_built_anew(pod: Pod, cluster: Cluster) -> None:
    node = cluster.nodes[0].name
    bound = cluster.bind(pod, node)
    assert bound.node_infos == replace(bound, _known={}).node_infos
    assert bound.bind(pod, node).node_infos == bound.node_infos


@many_examples
@given(pending, clusters(nominated=False))
def test_evicting_the_victims_makes_room_and_none_of_them_could_stay(pod: Pod, cluster: Cluster) -> None:
    important = replace(pod, spec=replace(pod.spec, priority=100))
    preemption = schedule(important, cluster).preemption
    for candidate in preemption.candidates if preemption else ():
        assert candidate.node in feasible_names(schedule(important, without(cluster, set(candidate.victims))))
        for victim in candidate.victims:
            others = set(candidate.victims) - {victim}
            assert candidate.node not in feasible_names(schedule(important, without(cluster, others)))


@examples
@given(pending, clusters(nominated=False), st.data())
def test_adding_a_pod_to_a_state_equals_preparing_it_anew(pod: Pod, cluster: Cluster, data: st.DataObject) -> None:
    info, node = PodInfo.of(pod), data.draw(st.sampled_from(list(cluster.node_infos.values())))
    other = data.draw(pods("other"))
    after = cluster.bind(other, node.name)
    for plugin in (InterPodAffinity(), PodTopologySpread()):
        before, anew = plugin.pre_filter(info, cluster), plugin.pre_filter(info, after)
        if hasattr(before, "state") and hasattr(anew, "state"):
            added = plugin.add_pod(before.state, info, PodInfo.of(other), node)
            assert added == anew.state
            assert plugin.remove_pod(added, info, PodInfo.of(other), node) == before.state


@examples
@given(pending, clusters())
def test_a_pod_is_never_placed_on_a_refusing_node(pod: Pod, cluster: Cluster) -> None:
    decision = schedule(pod, cluster, DEFAULT)
    assert decision.node is None or decision.result(decision.node).feasible
    assert (decision.node is None) == bool(decision.message)
