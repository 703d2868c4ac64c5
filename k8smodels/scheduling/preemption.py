"""DefaultPreemption: a pod that fits nowhere may push out less important ones.

All nodes are tried; kube-scheduler stops at 100 candidates, or a tenth of the nodes if that is more.

References
----------
pkg/scheduler/framework/preemption/preemption.go: Evaluator;
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Candidate, Preemption, Rejection, Round
from k8smodels.scheduling.filtering import CycleState
from k8smodels.scheduling.message import fit_error
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.victims import PLUGIN, Victims, select_victims, start_time

NEVER = "not eligible due to preemptionPolicy=Never."
WAITING = "not eligible due to a terminating pod on the nominated node."
NOT_HELPFUL = Rejection(PLUGIN, "UnschedulableAndUnresolvable", ("Preemption is not helpful for scheduling",))
FOUND = "found a potential placement for pod on node {node}, preempting {count} victims"

NOT_FOUND = "not found"
"""The odd text after a refusal by PreFilter: DynamicResources misses the state that it would have prepared."""

PRIORITY_SHIFT = 2**31
"""Makes all priorities positive, so that of two nodes with negative ones the one with fewer pods is cheaper."""


def post_filter(state: CycleState, cluster: Cluster, rejections: Mapping[str, Rejection]) -> Preemption:
    """Find the node where the pod of `state` does the least damage; `rejections` tell why it fits nowhere, by node."""
    if state.rejection:
        return Preemption(None, (), NOT_FOUND)
    reason = ineligible(state.pod, cluster, rejections)
    if reason:
        return Preemption(None, (), f"preemption: {reason}")
    # Only these nodes can be helped: on all others the pod would fail without any other pod, too.
    tried = [name for name, rejection in rejections.items() if rejection.code == "Unschedulable"]
    answers = {name: select_victims(state, cluster, cluster.node_infos[name]) for name in tried}
    found = [answer for answer in answers.values() if isinstance(answer, Victims)]
    if not found:
        reasons = [answers.get(name, NOT_HELPFUL) for name in rejections]
        refusals = [reason for reason in reasons if isinstance(reason, Rejection)]
        return Preemption(None, (), f"preemption: {fit_error(refusals, len(rejections))}")
    return _nomination(state.pod, cluster, found)


def ineligible(pod: PodInfo, cluster: Cluster, rejections: Mapping[str, Rejection]) -> str | None:
    """Why `pod` may not push out others (now); None if it may.

    A pod that has done so already waits until its victims are gone, unless its node has become hopeless.
    """
    if pod.pod.spec.preemption_policy == "Never":
        return NEVER
    nominated = pod.pod.status.nominated_node_name
    rejection = rejections.get(nominated)
    if rejection is None or rejection.code == "UnschedulableAndUnresolvable":
        return None
    others = cluster.node_infos[nominated].pods
    leaving = (other for other in others if other.priority < pod.priority and is_being_preempted(other.pod))
    return WAITING if any(leaving) else None


def is_being_preempted(pod: Pod) -> bool:
    """Whether `pod` is terminating because the scheduler evicted it."""
    if not pod.is_terminating:
        return False
    conditions = (item for item in pod.status.conditions if item.type == "DisruptionTarget")
    first = next(conditions, None)
    return first is not None and (first.status, first.reason) == ("True", "PreemptionByScheduler")


def rounds(found: Sequence[Victims]) -> tuple[Round, ...]:
    """Compare `found` rule by rule, until one is left or the rules are used up."""
    made: list[Round] = []
    left = list(found)
    for name, rule in RULES.items():
        values = {victims.node: rule(victims) for victims in left}
        lowest = min(values.values())
        left = [victims for victims in left if values[victims.node] == lowest]
        made.append(Round(name, values, tuple(victims.node for victims in left)))
        if len(left) == 1:
            break
    return tuple(made)


def _highest_priority(victims: Victims) -> int:
    return victims.pods[0].priority


def _earliest_start(victims: Victims) -> float:
    """When the first of the most important victims started, negated: the later, the better."""
    most_important = [pod for pod in victims.pods if pod.priority == _highest_priority(victims)]
    return -min(map(start_time, most_important)).timestamp()


RULES: Mapping[str, Callable[[Victims], float]] = {
    "pdb_violations": lambda victims: victims.pdb_violations,
    "highest_priority": _highest_priority,
    "sum_of_priorities": lambda victims: sum(pod.priority + PRIORITY_SHIFT for pod in victims.pods),
    "pods": lambda victims: len(victims.pods),
    "earliest_start": _earliest_start,
}
"""What makes a set of victims cheap, the most important rule first. The lowest value wins.

Few violated budgets; a low highest priority; low priorities together; few pods; a late start of the most important.
"""


def _nomination(pod: PodInfo, cluster: Cluster, found: Sequence[Victims]) -> Preemption:
    compared = rounds(found)
    best = sorted(compared[-1].left)
    chosen = next(victims for victims in found if victims.node == best[0])
    nominees = cluster.nominated.get(chosen.node, ())
    return Preemption(
        chosen.node,
        _names(chosen.pods),
        f"preemption: {FOUND.format(node=chosen.node, count=len(chosen.pods))}",
        tuple(_candidate(victims) for victims in found),
        tuple(best),
        _names([other for other in nominees if other.priority < pod.priority]),
        compared,
    )


def _candidate(victims: Victims) -> Candidate:
    return Candidate(victims.node, _names(victims.pods), victims.pdb_violations, _names(victims.spared))


def _names(pods: Sequence[PodInfo]) -> tuple[str, ...]:
    return tuple(pod.pod.name for pod in pods)
