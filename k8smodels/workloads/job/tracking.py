"""How a Job counts pods that have ended, and how its end is enacted.

References
----------
pkg/controller/job/job_controller.go: trackJobStatusAndRemoveFinalizers, canRemoveFinalizer, enactJobFinished (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from k8smodels.api.batch import Job, JobCondition, JobStatus
from k8smodels.api.pod import Pod
from k8smodels.workloads.events import Event
from k8smodels.workloads.job.backoff import Backoff
from k8smodels.workloads.job.conditions import condition, ensured
from k8smodels.workloads.job.indexes import Indexes
from k8smodels.workloads.job.pods import completion_index, is_failed, is_tracked
from k8smodels.workloads.job.policies import judge
from k8smodels.workloads.job.seen import Seen, has_place
from k8smodels.workloads.job.spec import counts_per_index, is_indexed
from k8smodels.workloads.readiness import is_ready


@dataclass(frozen=True, slots=True)
class JobSync:
    """What one sync leaves behind.

    Attributes
    ----------
    job
        With its new status.
    backoff
        What the controller remembers for the next one.
    written
        Whether the status was written at all.
    create
        New pods, without name, number and time.
    delete
        Pods that go without being counted.
    end
        Active pods that are deleted because the Job ends.
    counted
        Pods that lose the finalizer that kept them for counting.
    events
        What the controller says.
    look_again
        How long until the controller looks again without being asked; None if only a change wakes it.
    """

    job: Job
    backoff: Backoff
    written: bool = False
    create: tuple[Pod, ...] = ()
    delete: tuple[Pod, ...] = ()
    end: tuple[Pod, ...] = ()
    counted: tuple[Pod, ...] = ()
    events: tuple[Event, ...] = ()
    look_again: timedelta | None = None


def tracked(seen: Seen, end: JobCondition | None, sync: JobSync) -> JobSync:
    """`sync` with what has ended counted, and with the end enacted once nothing is being deleted any more.

    An end comes in two steps: first the decision (``FailureTarget``, ``SuccessCriteriaMet``), then ``Failed`` or
    ``Complete``.
    """
    gone = (*sync.delete, *sync.end)
    still_ending = seen.ending + len(gone)
    status = replace(
        seen.job.status,
        active=len(seen.active) + len(sync.create) - len(gone),
        ready=sum(map(is_ready, seen.active)) - sum(map(is_ready, gone)),
        terminating=still_ending,
    )
    counted = tuple(pod for pod in seen.pods if is_tracked(pod) and _is_let_go(seen, pod, end))
    status = _with_counts(seen, status, counted, end)
    decided, final = _in_two_steps(end, status, seen.now)
    status, events = replace(status, conditions=decided), sync.events
    if final is not None and still_ending == 0:
        status = replace(status, conditions=ensured(decided, final))
        if final.type == "Complete":
            status = replace(status, completion_time=final.last_transition_time)
        events = (_farewell(final),)
    return replace(sync, job=replace(seen.job, status=status), counted=counted, events=events)


def _is_let_go(seen: Seen, pod: Pod, end: JobCondition | None) -> bool:
    """Whether the pod can be counted now. A failed pod of an index waits for its replacement."""
    if seen.job.metadata.deletion_timestamp or end is not None or pod.status.phase == "Succeeded":
        return True
    if not is_failed(pod, seen.job):
        return False
    index = completion_index(pod)
    waiting = seen.waiting.get(index) if counts_per_index(seen.job) and index is not None else None
    return waiting is None or waiting.metadata.uid != pod.metadata.uid


def _with_counts(seen: Seen, status: JobStatus, counted: Sequence[Pod], end: JobCondition | None) -> JobStatus:
    """The counts with the pods that are let go; an end by failure makes active pods fail."""
    job = seen.job
    all_fail = end is not None and end.type != "SuccessCriteriaMet"
    succeeded = [pod for pod in counted if pod.status.phase == "Succeeded"]
    others = [pod for pod in counted if pod.status.phase != "Succeeded" and has_place(job, pod)]
    failed = [pod for pod in others if all_fail or is_failed(pod, job)]
    status = replace(status, failed=status.failed + sum(judge(job, pod).counts for pod in failed))
    if not is_indexed(job):
        return replace(status, succeeded=status.succeeded + len(succeeded))
    placed = (completion_index(pod) for pod in succeeded if has_place(job, pod))
    indexes = seen.succeeded_indexes | Indexes.of(index for index in placed if index is not None)
    failed_indexes = None if seen.failed_indexes is None else str(seen.failed_indexes)
    return replace(status, succeeded=indexes.total, completed_indexes=str(indexes), failed_indexes=failed_indexes)


def _in_two_steps(
    end: JobCondition | None, status: JobStatus, now: datetime
) -> tuple[tuple[JobCondition, ...], JobCondition | None]:
    """The conditions with the decision, and the condition that will end the Job."""
    if end is None:
        return status.conditions, None
    if end.type == "FailureTarget":
        return (*status.conditions, end), condition("Failed", end.reason, end.message, now)
    if end.type == "SuccessCriteriaMet":
        known = any(each.type == end.type and each.status == "True" for each in status.conditions)
        decided = status.conditions if known else (*status.conditions, end)
        return decided, condition("Complete", end.reason, end.message, now)
    return status.conditions, end


def _farewell(final: JobCondition) -> Event:
    if final.type == "Complete":
        return Event("Completed", "Job completed")
    return Event(final.reason, final.message, warning=True)
