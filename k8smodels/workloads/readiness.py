"""When a controller counts a pod as active, ready and available.

References
----------
pkg/api/v1/pod/util.go: IsPodReady, IsPodAvailable; pkg/controller/controller_utils.go: IsPodActive (v1.37)
"""

from __future__ import annotations

from datetime import datetime

from k8smodels.api.pod import Pod, PodCondition
from k8smodels.api.times import parse_optional_time, seconds


def is_active(pod: Pod) -> bool:
    """Whether it neither has finished nor is being deleted."""
    return not pod.is_finished and not pod.is_terminating


def ready_condition(pod: Pod) -> PodCondition | None:
    """Its condition ``Ready``."""
    return next((condition for condition in pod.status.conditions if condition.type == "Ready"), None)


def is_ready(pod: Pod) -> bool:
    """Whether its condition ``Ready`` is true."""
    condition = ready_condition(pod)
    return condition is not None and condition.status == "True"


def ready_since(pod: Pod) -> datetime | None:
    """Since when it is ready; None if it is not, or if nothing says when that began."""
    condition = ready_condition(pod)
    if condition is None or condition.status != "True":
        return None
    return parse_optional_time(condition.last_transition_time)


def is_available(pod: Pod, min_ready_seconds: int, now: datetime) -> bool:
    """Whether it has been ready for `min_ready_seconds`."""
    if min_ready_seconds == 0:
        return is_ready(pod)
    since = ready_since(pod)
    return since is not None and since + seconds(min_ready_seconds) <= now
