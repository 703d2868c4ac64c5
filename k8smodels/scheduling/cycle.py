"""One pod, one decision: the scheduling cycle.

References
----------
pkg/scheduler/schedule_one.go: schedulePod (v1.37)
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Decision, NodeResult, VolumeBindings
from k8smodels.scheduling.filtering import CycleState, filter_node, run_pre_filters
from k8smodels.scheduling.framework import PreBindPlugin
from k8smodels.scheduling.message import NO_NODES, fit_error, pre_filter_error
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.preemption import post_filter
from k8smodels.scheduling.profile import DEFAULT, Profile
from k8smodels.scheduling.scoring import run_scores


def schedule(pod: Pod, cluster: Cluster, profile: Profile = DEFAULT, *, seed: int | None = None) -> Decision:
    """Decide where `pod` goes, with every reason.

    All nodes are looked at, as with ``percentageOfNodesToScore: 100``; by default kube-scheduler stops earlier in
    clusters of more than 100 nodes.

    Parameters
    ----------
    pod
        The pod, as a user writes it.
    cluster
        Nodes, and the pods that they have.
    profile
        The plugins.
    seed
        What to choose among equal nodes by; without it, the first by name is taken. (kube-scheduler throws dice.)

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> cluster = Cluster.of([node("small", cpu="1"), node("large", cpu="4")])
    >>> schedule(pod("web", requests={"cpu": "2"}), cluster).node
    'large'
    >>> schedule(pod("web", requests={"cpu": "8"}), cluster).message
    '0/2 nodes are available: 2 Insufficient cpu.'
    """
    info = PodInfo.of(pod)
    if not cluster.nodes:
        return Decision(info.pod, (), message=NO_NODES)
    state = run_pre_filters(profile.filters, info, cluster)
    results = [NodeResult(node.name, filter_node(state, node, cluster)) for node in cluster.node_infos.values()]
    if any(result.feasible for result in results):
        return _chosen(state, cluster, profile, results, seed)
    return _unschedulable(state, cluster, profile, results)


def place(
    pods: Iterable[Pod], cluster: Cluster, profile: Profile = DEFAULT, *, seed: int | None = None
) -> tuple[tuple[Decision, ...], Cluster]:
    """Decide for `pods` one after another, each bound to its node before the next one, and return the cluster after it.

    A pod that fits nowhere is passed over, nobody is evicted for it, and it is not tried again.

    Parameters
    ----------
    pods, cluster, profile
        As for `schedule`.
    seed
        What to choose among equal nodes by, a new throw for each pod.
    """
    decisions = []
    dice = random.Random(seed)  # noqa: S311 (not for secrets)
    for pod in pods:
        decision = schedule(pod, cluster, profile, seed=None if seed is None else dice.getrandbits(32))
        decisions.append(decision)
        if decision.node is not None:
            cluster = cluster.bind(pod, decision.node, decision.volumes)
    return tuple(decisions), cluster


def run_pre_bind(state: CycleState, node: NodeInfo) -> VolumeBindings:
    """What must be written about the pod's volumes if it goes to the feasible `node`."""
    for plugin, prepared in state.filters:
        if isinstance(plugin, PreBindPlugin):
            return plugin.pre_bind(prepared, state.pod, node)
    return VolumeBindings()


def _chosen(
    state: CycleState, cluster: Cluster, profile: Profile, results: Sequence[NodeResult], seed: int | None
) -> Decision:
    """Score what is left. A single node needs no score; nor does the node on which room was made for the pod."""
    pod = state.pod
    feasible = [result.node for result in results if result.feasible]
    nominated = pod.pod.status.nominated_node_name
    if nominated in feasible:
        feasible = [nominated]
    if len(feasible) == 1:
        volumes = run_pre_bind(state, cluster.node_infos[feasible[0]])
        return Decision(pod.pod, tuple(results), best=tuple(feasible), node=feasible[0], volumes=volumes)
    nodes = [cluster.node_infos[name] for name in feasible]
    scores = run_scores(profile.scorers, pod, cluster, nodes)
    scored = [replace(result, scores=scores.get(result.node, ())) for result in results]
    highest = max(result.total for result in scored if result.feasible)
    best = sorted(result.node for result in scored if result.feasible and result.total == highest)
    node = best[0] if seed is None else random.Random(seed).choice(best)  # noqa: S311 (not for secrets)
    volumes = run_pre_bind(state, cluster.node_infos[node])
    return Decision(pod.pod, tuple(scored), best=tuple(best), node=node, volumes=volumes)


def _unschedulable(state: CycleState, cluster: Cluster, profile: Profile, results: Sequence[NodeResult]) -> Decision:
    rejections = {result.node: result.rejection for result in results if result.rejection}
    if state.rejection:
        message = pre_filter_error(state.rejection, len(results))
    else:
        message = fit_error(rejections.values(), len(results))
    preemption = post_filter(state, cluster, rejections) if profile.preempts else None
    return Decision(state.pod.pod, tuple(results), pre_filter=state.rejection, message=message, preemption=preemption)
