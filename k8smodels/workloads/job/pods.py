"""What a Job looks at in its pods: index, failure, end, and which of them go first.

References
----------
pkg/controller/job/job_controller.go: isPodFailed, activePodsForRemoval; indexed_job_utils.go: getCompletionIndex,
appendDuplicatedIndexPodsForRemoval; backoff_utils.go: getFinishedTime; pkg/controller/controller_utils.go: ActivePods
(v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from k8smodels.api.batch import Job
from k8smodels.api.container_status import ContainerStateTerminated
from k8smodels.api.gotext import NumberError, parse_int
from k8smodels.api.pod import ContainerStatus, Pod
from k8smodels.api.times import parse_optional_time, parse_time, seconds
from k8smodels.workloads.job.spec import is_indexed, replaces_only_failed
from k8smodels.workloads.readiness import is_ready, ready_condition, ready_since
from k8smodels.workloads.replicaset.deletion_rules import max_restarts

COMPLETION_INDEX = "batch.kubernetes.io/job-completion-index"
FAILURE_COUNT = "batch.kubernetes.io/job-index-failure-count"
IGNORED_FAILURE_COUNT = "batch.kubernetes.io/job-index-ignored-failure-count"
TRACKING_FINALIZER = "batch.kubernetes.io/job-tracking"
"""Keeps a pod until the Job has counted it."""

_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def completion_index(pod: Pod) -> int | None:
    """The index of an Indexed Job that `pod` works on."""
    return _annotation(pod, COMPLETION_INDEX)


def failure_count(pod: Pod) -> int:
    """Earlier failures of its index that count."""
    return _annotation(pod, FAILURE_COUNT) or 0


def ignored_failure_count(pod: Pod) -> int:
    """Earlier failures of its index that do not count."""
    return _annotation(pod, IGNORED_FAILURE_COUNT) or 0


def is_tracked(pod: Pod) -> bool:
    """Whether the Job has still to count it."""
    return TRACKING_FINALIZER in pod.metadata.finalizers


def is_failed(pod: Pod, job: Job) -> bool:
    """Whether it counts as failed: one that is being deleted does so at once, unless only failed ones are replaced."""
    if pod.status.phase == "Failed":
        return True
    return not replaces_only_failed(job) and pod.is_terminating and pod.status.phase != "Succeeded"


def is_ending(pod: Pod) -> bool:
    """Whether it is being deleted and has not ended yet."""
    return pod.is_terminating and not pod.is_finished


def finished_at(pod: Pod) -> datetime:
    """When its containers ended; else when it stopped being ready, when it was deleted, when it was made."""
    ended = _containers_ended(pod)
    if ended is not None:
        return ended
    condition = ready_condition(pod)
    if condition is not None and condition.status == "False" and condition.last_transition_time:
        return parse_time(condition.last_transition_time)
    if pod.is_terminating:
        grace = seconds(pod.metadata.deletion_grace_period_seconds or 0)
        return parse_time(pod.metadata.deletion_timestamp) - grace
    return parse_time(pod.metadata.creation_timestamp, "metadata.creationTimestamp")


def pods_to_remove(job: Job, active: Sequence[Pod], at_least: int) -> tuple[Pod, ...]:
    """Active pods that go: second ones of an index, those beyond the completions, then up to `at_least` in all."""
    surplus: list[Pod] = []
    left = list(active)
    if is_indexed(job):
        surplus, left = _duplicates(active, job.spec.completions or 0)
    more = max(at_least - len(surplus), 0)
    return (*surplus, *sorted(left, key=_removal_order)[:more])


def _duplicates(active: Sequence[Pod], completions: int) -> tuple[list[Pod], list[Pod]]:
    surplus: list[Pod] = []
    left: list[Pod] = []
    for index, group in groupby(sorted(active, key=_index_order), key=completion_index):
        pods = sorted(group, key=_removal_order)
        keep = 0 if index is None or index >= completions else 1
        surplus += pods[: len(pods) - keep]
        left += pods[len(pods) - keep :]
    return surplus, left


def _index_order(pod: Pod) -> int:
    index = completion_index(pod)
    return -1 if index is None else index


def _removal_order(pod: Pod) -> tuple[object, ...]:
    """Unassigned, pending, not ready, ready for a shorter time, restarted more often, younger: those go first."""
    regular, sidecar = max_restarts(pod)
    return (
        bool(pod.spec.node_name),
        _PHASES.get(pod.status.phase, 0),
        is_ready(pod),
        _latest_first(ready_since(pod)),
        -regular,
        -sidecar,
        _latest_first(parse_optional_time(pod.metadata.creation_timestamp, "metadata.creationTimestamp")),
    )


def _latest_first(moment: datetime | None) -> float:
    return float("-inf") if moment is None else -moment.timestamp()


def _containers_ended(pod: Pod) -> datetime | None:
    """When the last container ended; None if one runs, or if there are none."""
    sidecars = {each.name for each in pod.spec.init_containers if each.restart_policy == "Always"}
    ends = [_ended(status) for status in pod.status.container_statuses]
    ends += [_ended(status) for status in pod.status.init_container_statuses if status.name in sidecars]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _ended(status: ContainerStatus) -> datetime | None:
    terminated: ContainerStateTerminated | None = status.state.terminated
    return parse_optional_time(terminated.finished_at) if terminated else None


def _annotation(pod: Pod, name: str) -> int | None:
    try:
        number = parse_int(pod.metadata.annotations.get(name, ""))
    except NumberError:
        return None
    return number if 0 <= number < 2**31 else None
