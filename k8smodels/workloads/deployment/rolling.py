"""One step of a rolling update: the new ReplicaSet grows, or the old ones shrink.

References
----------
pkg/controller/deployment/rolling.go, pkg/controller/deployment/util/deployment_util.go: NewRSNewReplicas (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile

from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.i18n import _
from k8smodels.workloads.deployment.fenceposts import (
    is_rolling_update,
    max_surge,
    max_unavailable,
)
from k8smodels.workloads.deployment.revisions import active, available, scaled, size, total
from k8smodels.workloads.deployment.state import Rollout, Scaling


def grown_size(deployment: Deployment, all_sets: Sequence[ReplicaSet], new_size: int) -> tuple[int, str]:
    """How large the new ReplicaSet may become, and why.

    Parameters
    ----------
    deployment
        The Deployment.
    all_sets
        All its ReplicaSets; a new one that does not exist yet counts nothing.
    new_size
        The new one's size so far.
    """
    wanted = deployment.spec.wanted_replicas
    if not is_rolling_update(deployment.spec):
        return wanted, _("all {wanted} at once").format(wanted=wanted)
    limit, existing = wanted + max_surge(deployment.spec), total(all_sets)
    words = _("at most {limit} pods together, {existing} so far; {wanted} wanted of the new ones")
    reason = words.format(limit=limit, existing=existing, wanted=wanted)
    return (new_size if existing >= limit else new_size + min(limit - existing, wanted - new_size)), reason


def grow_new(rollout: Rollout, new: ReplicaSet) -> Scaling | None:
    """The new ReplicaSet's next size, if it is not the present one."""
    wanted, before = rollout.deployment.spec.wanted_replicas, size(new)
    if before > wanted:
        after, reason = wanted, _("{wanted} wanted of the new ones").format(wanted=wanted)
    else:
        after, reason = grown_size(rollout.deployment, rollout.all, before)
    return None if after == before else Scaling(scaled(new, after, rollout.deployment), before, reason)


def shrink_old(rollout: Rollout, new: ReplicaSet) -> tuple[Scaling, ...]:
    """Old ReplicaSets that lose pods: first pods that are not available anyway, then as many as others replace.

    New pods that are not available yet count as if the old ones had still to stand in for them. An old ReplicaSet
    whose status lags, so that more pods are available than it wants, ends the step: else the same pods would count
    twice, and too few would stay.
    """
    deployment = rollout.deployment
    old = active(rollout.old)
    least = deployment.spec.wanted_replicas - max_unavailable(deployment.spec)
    waiting = size(new) - new.status.available_replicas
    allowed = total(rollout.all) - least - waiting
    if not old or allowed <= 0:
        return ()
    words = _("not available; {allowed} of all may go: {least} must stay, {waiting} new ones are not available yet")
    reason = words.format(allowed=allowed, least=least, waiting=waiting)
    settled = list(takewhile(lambda each: _unhealthy(each) >= 0, old))
    cleaned = _taken(deployment, settled, allowed, _unhealthy, reason)
    if len(settled) < len(old) and sum(step.before - step.after for step in cleaned) < allowed:
        return cleaned
    written = {step.replica_set.name: step.replica_set for step in cleaned}
    ready = available(rollout.all)
    reason = _("{available} of all are available, {least} must be").format(available=ready, least=least)
    return cleaned + _taken(deployment, [written.get(each.name, each) for each in old], ready - least, size, reason)


def _taken(
    deployment: Deployment, old: Sequence[ReplicaSet], count: int, most: Callable[[ReplicaSet], int], reason: str
) -> tuple[Scaling, ...]:
    """`count` pods taken from `old`, from the oldest on, from each at most as many as `most` says."""
    steps = []
    for each in old:
        fewer = min(most(each), count)
        if fewer > 0:
            steps.append(Scaling(scaled(each, size(each) - fewer, deployment), size(each), reason))
            count -= fewer
    return tuple(steps)


def _unhealthy(replica_set: ReplicaSet) -> int:
    return size(replica_set) - replica_set.status.available_replicas
