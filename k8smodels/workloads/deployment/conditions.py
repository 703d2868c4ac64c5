"""The list of conditions of a Deployment, with its rules of order and time.

References
----------
pkg/controller/deployment/util/deployment_util.go: SetDeploymentCondition, RemoveDeploymentCondition (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from k8smodels.api.times import format_time
from k8smodels.api.workload import Deployment, DeploymentCondition, DeploymentStatus

NO_DEADLINE = 2**31 - 1
"""The value of `progressDeadlineSeconds` that switches it off."""


def condition_of(status: DeploymentStatus, kind: str) -> DeploymentCondition | None:
    """The condition of type `kind`."""
    return next((each for each in status.conditions if each.type == kind), None)


def condition(kind: str, status: str, reason: str, message: str, now: datetime) -> DeploymentCondition:
    """A condition that becomes so `now`."""
    at = format_time(now)
    return DeploymentCondition(
        type=kind, status=status, reason=reason, message=message, last_update_time=at, last_transition_time=at
    )


def with_condition(status: DeploymentStatus, new: DeploymentCondition) -> DeploymentStatus:
    """`status` with `new` at the end of the list; untouched if it said the same already.

    A condition whose status stays keeps the time of its last transition.
    """
    present = condition_of(status, new.type)
    if present and (present.status, present.reason) == (new.status, new.reason):
        return status
    if present and present.status == new.status:
        new = replace(new, last_transition_time=present.last_transition_time)
    return replace(status, conditions=(*without_condition(status, new.type).conditions, new))


def without_condition(status: DeploymentStatus, kind: str) -> DeploymentStatus:
    """`status` without its condition of type `kind`."""
    return replace(status, conditions=tuple(each for each in status.conditions if each.type != kind))


def progress_deadline_seconds(deployment: Deployment) -> int | None:
    """How long a rollout may stand still, in seconds: 600 by default; None if it may for ever."""
    seconds = deployment.spec.progress_deadline_seconds
    if seconds == NO_DEADLINE:
        return None
    return 600 if seconds is None else seconds
