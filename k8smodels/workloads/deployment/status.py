"""What a sync writes into a Deployment's status: counts, availability, progress.

Left out: ``ReplicaFailure``, which needs an API server that refuses pods.

References
----------
pkg/controller/deployment/sync.go: calculateStatus, checkPausedConditions; pkg/controller/deployment/progress.go:
syncRolloutStatus; pkg/controller/deployment/util/deployment_util.go: DeploymentComplete, DeploymentProgressing,
DeploymentTimedOut (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from k8smodels.api.times import parse_time, seconds
from k8smodels.api.workload import Deployment, DeploymentCondition, DeploymentStatus
from k8smodels.workloads.deployment.conditions import (
    condition,
    condition_of,
    progress_deadline_seconds,
    with_condition,
    without_condition,
)
from k8smodels.workloads.deployment.fenceposts import max_unavailable
from k8smodels.workloads.deployment.revisions import available, total
from k8smodels.workloads.deployment.state import Rollout


def counted_status(rollout: Rollout) -> DeploymentStatus:
    """The counts of the ReplicaSets' own statuses, and whether the minimum is available."""
    deployment = rollout.deployment
    ready_now = available(rollout.all)
    status = replace(
        deployment.status,
        observed_generation=deployment.metadata.generation,
        replicas=sum(each.status.replicas for each in rollout.all),
        updated_replicas=rollout.new.status.replicas if rollout.new else 0,
        ready_replicas=sum(each.status.ready_replicas for each in rollout.all),
        available_replicas=ready_now,
        unavailable_replicas=max(total(rollout.all) - ready_now, 0),
    )
    enough = ready_now >= deployment.spec.wanted_replicas - max_unavailable(deployment.spec)
    return with_condition(status, _availability(enough, rollout.now))


def rollout_status(rollout: Rollout) -> DeploymentStatus:
    """As `counted_status`, with what it means for the rollout: complete, progressing or timed out."""
    deployment, status = rollout.deployment, counted_status(rollout)
    if progress_deadline_seconds(deployment) is None:
        return without_condition(status, "Progressing")
    present = condition_of(deployment.status, "Progressing")
    finished = present is not None and present.reason == "NewReplicaSetAvailable"
    if finished and status.replicas == status.updated_replicas:
        return status
    if is_complete(deployment, status):
        return with_condition(
            status, _progressing(rollout, "True", "NewReplicaSetAvailable", "has successfully progressed.")
        )
    if has_progressed(deployment.status, status):
        return _progressed(rollout, status, present)
    if has_timed_out(deployment, status, rollout.now):
        return with_condition(
            status, _progressing(rollout, "False", "ProgressDeadlineExceeded", "has timed out progressing.")
        )
    return status


def is_complete(deployment: Deployment, status: DeploymentStatus) -> bool:
    """Whether all pods are of the present template and available, and none is left of older ones."""
    wanted = deployment.spec.wanted_replicas
    settled = wanted == status.updated_replicas == status.replicas == status.available_replicas
    return settled and status.observed_generation >= deployment.metadata.generation


def has_progressed(before: DeploymentStatus, status: DeploymentStatus) -> bool:
    """Whether there are more new pods, fewer old ones, or more that are ready or available."""
    old_before, old = before.replicas - before.updated_replicas, status.replicas - status.updated_replicas
    return (
        status.updated_replicas > before.updated_replicas
        or old < old_before
        or status.ready_replicas > before.ready_replicas
        or status.available_replicas > before.available_replicas
    )


def has_timed_out(deployment: Deployment, status: DeploymentStatus, now: datetime) -> bool:
    """Whether the last progress lies further back than `progressDeadlineSeconds`."""
    present, deadline = condition_of(status, "Progressing"), progress_deadline_seconds(deployment)
    if present is None or deadline is None or present.reason == "NewReplicaSetAvailable":
        return False
    if present.reason == "ProgressDeadlineExceeded":
        return True
    return parse_time(present.last_update_time) + seconds(deadline) < now


def paused_status(deployment: Deployment, now: datetime) -> DeploymentStatus:
    """The status with ``Progressing`` unknown from a pause on, and from its end until there is progress."""
    present = condition_of(deployment.status, "Progressing")
    reason = present.reason if present else ""
    if progress_deadline_seconds(deployment) is None or reason == "ProgressDeadlineExceeded":
        return deployment.status
    if deployment.spec.paused == (reason == "DeploymentPaused"):
        return deployment.status
    words = "paused" if deployment.spec.paused else "resumed"
    new = condition("Progressing", "Unknown", f"Deployment{words.capitalize()}", f"Deployment is {words}", now)
    return with_condition(deployment.status, new)


def _availability(enough: bool, now: datetime) -> DeploymentCondition:
    if enough:
        message = "Deployment has minimum availability."
        return condition("Available", "True", "MinimumReplicasAvailable", message, now)
    message = "Deployment does not have minimum availability."
    return condition("Available", "False", "MinimumReplicasUnavailable", message, now)


def _progressed(rollout: Rollout, status: DeploymentStatus, present: DeploymentCondition | None) -> DeploymentStatus:
    """``Progressing`` anew with each progress: the deadline counts from its last update."""
    new = _progressing(rollout, "True", "ReplicaSetUpdated", "is progressing.")
    if present and present.status == "True":
        new = replace(new, last_transition_time=present.last_transition_time)
    return with_condition(without_condition(status, "Progressing"), new)


def _progressing(rollout: Rollout, status: str, reason: str, words: str) -> DeploymentCondition:
    item = rollout.new or rollout.deployment
    return condition("Progressing", status, reason, f'{item.kind} "{item.name}" {words}', rollout.now)
