"""A Job with its pods as one sync sees them.

References
----------
pkg/controller/job/job_controller.go: syncJobCtx, getNewFinishedPods; indexed_job_utils.go: calculateSucceededIndexes,
calculateFailedIndexes, getPodsWithDelayedDeletionPerIndex (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.workloads.job.indexes import Indexes
from k8smodels.workloads.job.pods import (
    completion_index,
    failure_count,
    finished_at,
    ignored_failure_count,
    is_ending,
    is_failed,
    is_tracked,
)
from k8smodels.workloads.job.policies import judge
from k8smodels.workloads.job.spec import counts_per_index, is_indexed
from k8smodels.workloads.readiness import is_active


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts and sets that all parts of a sync share.

    Attributes
    ----------
    job
        With the API's defaults.
    pods
        Its pods, by completion index.
    now
        The present.
    active
        Pods that neither have ended nor are being deleted.
    ending
        How many are being deleted and have not ended yet.
    new_succeeded, new_failed
        Pods that have ended and are not counted in the status yet.
    succeeded, failed
        How many there are with those.
    succeeded_before, succeeded_indexes
        Indexes that have succeeded: by the status, and with the new ones.
    failed_indexes
        Indexes that have failed for good; None if failures are not counted per index.
    waiting
        By index: its last failed pod, which is not counted before it is replaced.
    """

    job: Job
    pods: tuple[Pod, ...]
    now: datetime
    active: tuple[Pod, ...]
    ending: int
    new_succeeded: tuple[Pod, ...]
    new_failed: tuple[Pod, ...]
    succeeded: int
    failed: int
    succeeded_before: Indexes
    succeeded_indexes: Indexes
    failed_indexes: Indexes | None
    waiting: Mapping[int, Pod]


def look(job: Job, pods: Sequence[Pod], now: datetime) -> Seen:
    """What the controller sees of `job`, whose defaults are filled in."""
    ordered = tuple(sorted(pods, key=lambda pod: -1 if (index := completion_index(pod)) is None else index))
    uncounted = [pod for pod in ordered if is_tracked(pod) and has_place(job, pod)]
    new_succeeded = tuple(pod for pod in uncounted if pod.status.phase == "Succeeded")
    new_failed = tuple(pod for pod in uncounted if is_failed(pod, job))
    active = tuple(pod for pod in ordered if is_active(pod))
    before = Indexes.parse(job.status.completed_indexes, job.spec.completions or 0) if is_indexed(job) else Indexes()
    indexes = before | _indexes(new_succeeded)
    failed_indexes = _failed_indexes(job, new_failed) if is_indexed(job) and counts_per_index(job) else None
    return Seen(
        job=job,
        pods=ordered,
        now=now,
        active=active,
        ending=sum(map(is_ending, ordered)),
        new_succeeded=new_succeeded,
        new_failed=new_failed,
        succeeded=indexes.total if is_indexed(job) else job.status.succeeded + len(new_succeeded),
        failed=job.status.failed + sum(judge(job, pod).counts for pod in new_failed),
        succeeded_before=before,
        succeeded_indexes=indexes,
        failed_indexes=failed_indexes,
        waiting=_waiting(new_failed, indexes | failed_indexes | _indexes(active)) if failed_indexes is not None else {},
    )


def has_place(job: Job, pod: Pod) -> bool:
    """Whether an Indexed Job has such an index; true for other Jobs."""
    index = completion_index(pod)
    return not is_indexed(job) or (index is not None and index < (job.spec.completions or 0))


def _indexes(pods: Sequence[Pod]) -> Indexes:
    return Indexes.of(index for pod in pods if (index := completion_index(pod)) is not None)


def _failed_indexes(job: Job, new_failed: Sequence[Pod]) -> Indexes:
    before = Indexes.parse(job.status.failed_indexes or "", job.spec.completions or 0)
    return before | _indexes([pod for pod in new_failed if _fails_index(job, pod)])


def _fails_index(job: Job, pod: Pod) -> bool:
    verdict = judge(job, pod)
    used_up = failure_count(pod) >= (job.spec.backoff_limit_per_index or 0)
    return verdict.action == "FailIndex" or (verdict.counts and used_up)


def _waiting(new_failed: Sequence[Pod], settled: Indexes) -> dict[int, Pod]:
    waiting: dict[int, Pod] = {}
    for pod in new_failed:
        index = completion_index(pod)
        if index is not None and index not in settled:
            other = waiting.get(index)
            if other is None or (_failures(other) <= _failures(pod) and finished_at(pod) >= finished_at(other)):
                waiting[index] = pod
    return waiting


def _failures(pod: Pod) -> int:
    return failure_count(pod) + ignored_failure_count(pod)
