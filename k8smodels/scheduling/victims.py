"""Whom to push out of a node: as few and as unimportant pods as possible.

References
----------
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go: SelectVictimsOnNode;
pkg/scheduler/framework/preemption/util.go: MoreImportantVictim, FilterVictimsWithPDBViolation (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.selectors import as_selector
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.filtering import CycleState, run_filters_with_nominated_pods
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

PLUGIN = "DefaultPreemption"
NO_VICTIMS = "No preemption victims found for incoming pod"

NOT_STARTED = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Victims:
    """The pods that must leave `node` for the pod to fit.

    Attributes
    ----------
    node
        The node's name.
    pods
        The victims, most important first; at least one.
    pdb_violations
        How many of them a budget protects.
    spared
        The less important pods that may stay, in the order in which they were put back.
    """

    node: str
    pods: tuple[PodInfo, ...]
    pdb_violations: int
    spared: tuple[PodInfo, ...] = ()


def start_time(pod: PodInfo) -> datetime:
    """When `pod` started; a pod that has not started yet counts as the latest."""
    text = pod.pod.status.start_time
    return datetime.fromisoformat(text) if text else NOT_STARTED


def by_importance(pods: Iterable[PodInfo]) -> list[PodInfo]:
    """The most important pod first: by priority, and of equals the one that has run longer."""
    return sorted(pods, key=lambda pod: (-pod.priority, start_time(pod)))


def select_victims(state: CycleState, cluster: Cluster, node: NodeInfo) -> Victims | Rejection:
    """The pods that must leave `node`, or why even that does not help.

    First all less important pods are taken away. If the pod fits then, they are put back one by one as long as it still
    fits, those that a budget protects before the others, the most important first. Who cannot come back is a victim.
    """
    lower = by_importance(other for other in node.pods if other.priority < state.pod.priority)
    if not lower:
        return Rejection(PLUGIN, "UnschedulableAndUnresolvable", (NO_VICTIMS,))
    coming = cluster.nominated.get(node.name, ())
    emptied = node.without_pods(lower)
    for other in lower:
        state = state.remove_pod(other, node)
    rejection = run_filters_with_nominated_pods(state, emptied, coming)
    if rejection:
        return rejection
    protected, others = split_by_budgets(lower, cluster.pod_disruption_budgets)
    victims, spared = [], []
    for other in (*protected, *others):
        with_it, fuller = state.add_pod(other, node), emptied.with_pods([other])
        if run_filters_with_nominated_pods(with_it, fuller, coming):
            victims.append(other)
        else:
            state, emptied = with_it, fuller
            spared.append(other)
    violations = sum(victim in protected for victim in victims)
    return Victims(node.name, tuple(by_importance(victims)), violations, tuple(spared))


def split_by_budgets(
    pods: Sequence[PodInfo], budgets: Sequence[PodDisruptionBudget]
) -> tuple[list[PodInfo], list[PodInfo]]:
    """Of `pods`, those whose eviction would exceed a budget if all before them went too, and the others."""
    allowed = [budget.status.disruptions_allowed for budget in budgets]
    protected: list[PodInfo] = []
    others: list[PodInfo] = []
    for pod in pods:
        (protected if _exceeds(pod, budgets, allowed) else others).append(pod)
    return protected, others


def _exceeds(pod: PodInfo, budgets: Sequence[PodDisruptionBudget], allowed: list[int]) -> bool:
    """Take `pod` off what the budgets in `allowed` still allow; whether one is overdrawn."""
    for i, budget in enumerate(budgets):
        if covers(budget, pod):
            allowed[i] -= 1
            if allowed[i] < 0:
                return True
    return False


def covers(budget: PodDisruptionBudget, pod: PodInfo) -> bool:
    """Whether `budget` counts the eviction of `pod`; not again if the API server has counted it already.

    Here, unlike in the API server, a budget with an empty selector covers nothing.
    """
    if budget.namespace != pod.namespace or not pod.labels or pod.pod.name in budget.status.disrupted_pods:
        return False
    selector = as_selector(budget.spec.selector)
    return not selector.empty and selector.matches(pod.labels)
