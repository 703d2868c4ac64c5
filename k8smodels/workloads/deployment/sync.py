"""One sync of the Deployment controller: it does one thing, then writes the status.

Names of new ReplicaSets end in a stable stand-in for the real hash, without the real one's way out of collisions. Left
out: the rollback by annotation of ``extensions/v1beta1``, and every error of the API server.

References
----------
pkg/controller/deployment/deployment_controller.go: syncDeployment; sync.go: getNewReplicaSet, sync;
rolling.go: rolloutRolling; recreate.go: rolloutRecreate (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from k8smodels.api.errors import unsupported
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time
from k8smodels.api.workload import Deployment, DeploymentStatus, ReplicaSet
from k8smodels.i18n import _
from k8smodels.workloads.deployment.conditions import (
    condition,
    condition_of,
    progress_deadline_seconds,
    with_condition,
)
from k8smodels.workloads.deployment.fenceposts import is_rolling_update
from k8smodels.workloads.deployment.history import replica_sets_to_delete
from k8smodels.workloads.deployment.revisions import (
    REVISION,
    active,
    as_newest,
    by_age,
    new_replica_set,
    scaled,
    size,
)
from k8smodels.workloads.deployment.rolling import grow_new, grown_size, shrink_old
from k8smodels.workloads.deployment.scaling import is_scaling_event, scale
from k8smodels.workloads.deployment.state import Rollout, Scaling, Sync
from k8smodels.workloads.deployment.status import counted_status, is_complete, paused_status, rollout_status
from k8smodels.workloads.templates import replica_set_of

STRATEGIES = ("RollingUpdate", "Recreate")


def sync_deployment(
    deployment: Deployment, replica_sets: Iterable[ReplicaSet], pods: Iterable[Pod], now: datetime
) -> Sync:
    """What the controller writes when it looks at `deployment` once.

    Parameters
    ----------
    deployment
        The Deployment; defaults of the API are taken for fields that are not set.
    replica_sets
        Those that it owns, with their statuses.
    pods
        Their pods; only ``Recreate`` looks at them.
    now
        The present.

    Raises
    ------
    FieldError
        A strategy that is none.
    IntOrStringError
        A limit of the rolling update that is no percentage.
    """
    if deployment.spec.strategy.type not in ("", *STRATEGIES):
        raise unsupported("spec.strategy.type", deployment.spec.strategy.type, STRATEGIES)
    seen = _observed(deployment, list(replica_sets), now)
    if deployment.metadata.deletion_timestamp:
        return _synced(seen, status=counted_status(seen))
    if deployment.spec.paused or is_scaling_event(seen):
        gone = replica_sets_to_delete(seen) if deployment.spec.paused else ()
        return _synced(seen, scale(seen), gone, status=counted_status(seen))
    return _roll(seen) if is_rolling_update(deployment.spec) else _recreate(seen, pods)


def _roll(seen: Rollout) -> Sync:
    seen, new, created = _with_new(seen)
    grown = grow_new(seen, new)
    if grown is not None:
        return _synced(seen, (*created, grown))
    shrunk = shrink_old(seen, new)
    return _synced(seen, (*created, *shrunk), () if shrunk else _outlived(seen))


def _recreate(seen: Rollout, pods: Iterable[Pod]) -> Sync:
    """All old pods go, and only when none is left the new ReplicaSet comes."""
    reason = _("all old pods go first")
    emptied = tuple(Scaling(scaled(each, 0, seen.deployment), size(each), reason) for each in active(seen.old))
    if emptied or _old_pods_run(seen, pods):
        return _synced(seen, emptied)
    seen, new, created = _with_new(seen)
    wanted = seen.deployment.spec.wanted_replicas
    reason = _("no old pod is left: {wanted} wanted").format(wanted=wanted)
    filled = [] if size(new) == wanted else [Scaling(scaled(new, wanted, seen.deployment), size(new), reason)]
    return _synced(seen, (*created, *filled), _outlived(seen))


def _old_pods_run(seen: Rollout, pods: Iterable[Pod]) -> bool:
    if any(each.status.replicas > 0 for each in seen.old):
        return True
    new_uid = seen.new.metadata.uid if seen.new else None
    owners = ((pod, pod.metadata.controller) for pod in pods if not pod.is_finished)
    return any(owner is not None and owner.uid != new_uid for _pod, owner in owners)


def _outlived(seen: Rollout) -> tuple[ReplicaSet, ...]:
    return replica_sets_to_delete(seen) if is_complete(seen.deployment, seen.deployment.status) else ()


def _observed(deployment: Deployment, replica_sets: Sequence[ReplicaSet], now: datetime) -> Rollout:
    """New and old ReplicaSets; the new one gets the highest revision, and the Deployment the same one."""
    if not deployment.metadata.deletion_timestamp:
        deployment = replace(deployment, status=paused_status(deployment, now))
    new = new_replica_set(deployment, replica_sets)
    old = tuple(each for each in by_age(replica_sets) if each is not new)
    if new is None:
        return Rollout(deployment, None, old, now)
    newest = as_newest(new, deployment, old)
    if newest == new:  # else the rest waits for the next sync
        deployment = _at_revision(deployment, newest)
        if condition_of(deployment.status, "Progressing") is None:
            deployment = _progressing(deployment, "FoundNewReplicaSet", f'Found new replica set "{new.name}"', now)
    return Rollout(deployment, newest, old, now)


def _with_new(seen: Rollout) -> tuple[Rollout, ReplicaSet, tuple[Scaling, ...]]:
    """`seen` with its new ReplicaSet, which is created if there is none yet."""
    if seen.new is not None:
        return seen, seen.new, ()
    deployment, now = seen.deployment, seen.now
    replicas, reason = grown_size(deployment, seen.old, 0)
    sized = scaled(replica_set_of(deployment), replicas, deployment)
    at = format_time(now)
    meta = replace(sized.metadata, uid=f"replicaset-{sized.name}", creation_timestamp=at, generation=1)
    new = as_newest(replace(sized, metadata=meta), deployment, seen.old)
    message = f'Created new replica set "{new.name}"'
    deployment = _progressing(_at_revision(deployment, new), "NewReplicaSetCreated", message, now)
    return Rollout(deployment, new, seen.old, now), new, (Scaling(new, 0, reason),)


def _at_revision(deployment: Deployment, new: ReplicaSet) -> Deployment:
    annotations = {**deployment.metadata.annotations, REVISION: new.metadata.annotations[REVISION]}
    return replace(deployment, metadata=replace(deployment.metadata, annotations=annotations))


def _progressing(deployment: Deployment, reason: str, message: str, now: datetime) -> Deployment:
    if progress_deadline_seconds(deployment) is None:
        return deployment
    new = condition("Progressing", "True", reason, message, now)
    return replace(deployment, status=with_condition(deployment.status, new))


def _synced(
    seen: Rollout,
    scalings: Sequence[Scaling] = (),
    gone: Sequence[ReplicaSet] = (),
    status: DeploymentStatus | None = None,
) -> Sync:
    deployment = replace(seen.deployment, status=rollout_status(seen) if status is None else status)
    written = {each.name: each for each in seen.all} | {step.replica_set.name: step.replica_set for step in scalings}
    deleted = {each.name for each in gone}
    kept = by_age(each for each in written.values() if each.name not in deleted)
    return Sync(deployment, tuple(kept), tuple(scalings), tuple(each.name for each in gone))
