"""How many pods of an application may be evicted now, and what the API server says to an eviction.

A cluster's disruption controller writes the answer into each budget's status; here it is worked out when it is asked
for, so that it is never late.

References
----------
pkg/controller/disruption/disruption.go: getExpectedPodCount, countHealthyPods, updatePdbStatus;
pkg/registry/core/pod/storage/eviction.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8smodels.api.intstr import IntOrStringError, scaled_value
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod, PodCondition
from k8smodels.api.policy import PodDisruptionBudget, PodDisruptionBudgetStatus
from k8smodels.api.selectors import as_selector
from k8smodels.api.workload import Deployment, ReplicaSet, StatefulSet
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Store
from k8smodels.workloads.readiness import is_ready

_TOO_MANY = "Cannot evict pod as it would violate the pod's disruption budget."
_SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."


def with_status(budget: PodDisruptionBudget, store: Store) -> PodDisruptionBudget:
    """`budget` with the status that the disruption controller would write."""
    pods = _pods(budget, store)
    try:
        expected, desired = _expected(budget, pods, store)
    except IntOrStringError:  # the controller gives up, and allows nothing
        return replace(budget, status=PodDisruptionBudgetStatus())
    healthy = sum(is_ready(pod) and not pod.is_terminating for pod in pods)
    allowed = max(healthy - desired, 0) if expected > 0 else 0
    numbers = {"currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected}
    return replace(budget, status=PodDisruptionBudgetStatus(disruptions_allowed=allowed, unknown=numbers))


def evict(call: Call, pod: Pod, grace_seconds: int | None) -> None:
    """Delete a pod if its budget allows.

    Raises
    ------
    StatusError
        ``NotFound``; ``TooManyRequests``: not now; or two budgets select the pod.
    """
    key = ("Pod", pod.metadata.namespace, pod.name)
    stored = call.server.get(*key, USER)
    assert isinstance(stored, Pod)  # noqa: S101 (by its kind)
    if not (stored.is_finished or stored.is_terminating or stored.status.phase == "Pending"):
        _check(call.cluster.store, stored)
    call.server.patch(*key, lambda item: _disrupted(item, call.cluster.clock.stamp), USER, "evict", status=True)
    call.server.delete(*key, USER, "evict", grace_seconds=grace_seconds)


def _check(store: Store, pod: Pod) -> None:
    found = store.objects("PodDisruptionBudget", pod.metadata.namespace)
    budgets = [item for item in found if isinstance(item, PodDisruptionBudget) and _selects(item, pod)]
    if len(budgets) > 1:
        raise StatusError("InternalError", 500, _SEVERAL)
    for budget in budgets:
        state = with_status(budget, store).status
        healthy, desired = state.unknown.get("currentHealthy", 0), state.unknown.get("desiredHealthy", 0)
        spared = budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow" or healthy >= desired > 0
        if not is_ready(pod) and spared:
            continue
        if state.disruptions_allowed == 0:
            raise StatusError("TooManyRequests", 429, _TOO_MANY)


def _selects(budget: PodDisruptionBudget, pod: Pod) -> bool:
    return as_selector(budget.spec.selector).matches(pod.labels)


def _pods(budget: PodDisruptionBudget, store: Store) -> list[Pod]:
    pods = store.objects("Pod", budget.metadata.namespace)
    return [pod for pod in pods if isinstance(pod, Pod) and _selects(budget, pod)]


def _expected(budget: PodDisruptionBudget, pods: Sequence[Pod], store: Store) -> tuple[int, int]:
    """How many pods there should be, and how many of them must be healthy."""
    least, most_down = budget.spec.min_available, budget.spec.max_unavailable
    if most_down is not None:
        expected = _scale(pods, store)
        return expected, max(expected - scaled_value(most_down, expected, round_up=True), 0)
    if isinstance(least, str):
        expected = _scale(pods, store)
        return expected, scaled_value(least, expected, round_up=True)
    return len(pods), least or 0


def _scale(pods: Sequence[Pod], store: Store) -> int:
    """The sizes of the pods' controllers together."""
    found = {item.metadata.uid: item for pod in pods if (item := _controller(pod, store)) is not None}
    return sum(item.spec.wanted_replicas for item in found.values())


def _controller(item: KubernetesObject, store: Store) -> Deployment | ReplicaSet | StatefulSet | None:
    """The topmost controller with a size."""
    owner = item.metadata.controller
    found = store.get(owner.kind, item.metadata.namespace, owner.name) if owner else None
    if found is None or owner is None or found.metadata.uid != owner.uid:
        return None
    if isinstance(found, ReplicaSet):
        return _controller(found, store) or found
    return found if isinstance(found, Deployment | StatefulSet) else None


def _disrupted(item: KubernetesObject, stamp: str) -> KubernetesObject:
    """A pod with the condition that says why it goes."""
    assert isinstance(item, Pod)  # noqa: S101 (by its kind)
    why = PodCondition(
        type="DisruptionTarget",
        status="True",
        reason="EvictionByEvictionAPI",
        message="Eviction API: evicting",
        last_transition_time=stamp,
    )
    others = tuple(each for each in item.status.conditions if each.type != why.type)
    return replace(item, status=replace(item.status, conditions=(*others, why)))
