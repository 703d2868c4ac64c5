"""A Deployment that gets another size, at rest or in the middle of a rollout.

References
----------
pkg/controller/deployment/sync.go: isScalingEvent, scale; pkg/controller/deployment/util/deployment_util.go:
FindActiveOrLatest, IsSaturated, GetReplicaSetProportion (v1.37)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.i18n import _
from k8smodels.workloads.deployment.fenceposts import is_rolling_update, max_surge
from k8smodels.workloads.deployment.revisions import active, by_age, desired_replicas, max_replicas, scaled, size, total
from k8smodels.workloads.deployment.state import Rollout, Scaling


def is_scaling_event(rollout: Rollout) -> bool:
    """Whether a ReplicaSet was last scaled for another number of replicas than the Deployment wants now."""
    remembered = [desired_replicas(each) for each in active(rollout.all)]
    return any(each is not None and each != rollout.deployment.spec.wanted_replicas for each in remembered)


def scale(rollout: Rollout) -> tuple[Scaling, ...]:
    """The ReplicaSets' sizes for the Deployment's new size."""
    deployment, wanted = rollout.deployment, rollout.deployment.spec.wanted_replicas
    only = active_or_latest(rollout)
    if only is not None:
        reason = _("the only one with pods: {wanted} wanted").format(wanted=wanted)
        return () if size(only) == wanted else (_to(only, wanted, deployment, reason),)
    if is_saturated(rollout):
        reason = _("the new one has all {wanted} pods available").format(wanted=wanted)
        return tuple(_to(each, 0, deployment, reason) for each in active(rollout.old))
    if is_rolling_update(deployment.spec):
        return scale_proportionally(deployment, active(rollout.all))
    return ()


def active_or_latest(rollout: Rollout) -> ReplicaSet | None:
    """The only ReplicaSet with pods; if none has any, the new one, else the latest. None if several have."""
    with_pods = active(rollout.all)
    if len(with_pods) > 1 or not rollout.all:
        return None
    return with_pods[0] if with_pods else rollout.all[-1]


def is_saturated(rollout: Rollout) -> bool:
    """Whether the new ReplicaSet has all the pods that the Deployment wants, and they are available."""
    new, wanted = rollout.new, rollout.deployment.spec.wanted_replicas
    return new is not None and wanted == size(new) == desired_replicas(new) == new.status.available_replicas


def scale_proportionally(deployment: Deployment, with_pods: Sequence[ReplicaSet]) -> tuple[Scaling, ...]:
    """Share the pods to add or to remove among ReplicaSets by their size; the largest one takes what rounding leaves.

    Of equally large ones the newer comes first if pods are added, the older if pods are removed.
    """
    wanted = deployment.spec.wanted_replicas
    limit = wanted + max_surge(deployment.spec) if wanted > 0 else 0
    to_add = limit - total(with_pods)
    aged = by_age(with_pods)
    order = sorted(aged[::-1] if to_add > 0 else aged, key=size, reverse=True) if to_add else aged
    added, sizes = 0, []
    for each in order:
        share = _share(each, deployment, limit, to_add - added)
        sizes.append(size(each) + share)
        added += share
    if order:
        sizes[0] = max(sizes[0] + to_add - added, 0)
    words = _("its share of {limit} pods; together they have {total} so far")
    reason = words.format(limit=limit, total=total(with_pods))
    return tuple(_to(each, after, deployment, reason) for each, after in zip(order, sizes, strict=True))


def _share(replica_set: ReplicaSet, deployment: Deployment, limit: int, allowed: int) -> int:
    """Pods that `replica_set` gains or loses: never more than are `allowed` still."""
    if size(replica_set) == 0 or allowed == 0:
        return 0
    fraction = _fraction(replica_set, deployment, limit)
    return min(fraction, allowed) if allowed > 0 else max(fraction, allowed)


def _fraction(replica_set: ReplicaSet, deployment: Deployment, limit: int) -> int:
    """What keeps `replica_set` the same part of the whole, rounded half away from zero."""
    before = size(replica_set)
    if deployment.spec.wanted_replicas == 0:
        return -before
    limit_before = max_replicas(replica_set) or deployment.status.replicas
    if limit_before == 0:
        return 0
    return math.floor(Fraction(before * limit, limit_before) + Fraction(1, 2)) - before


def _to(replica_set: ReplicaSet, replicas: int, deployment: Deployment, reason: str) -> Scaling:
    return Scaling(scaled(replica_set, replicas, deployment), size(replica_set), reason)
