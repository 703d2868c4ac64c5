"""A Job's conditions, and which of them ends it.

References
----------
pkg/controller/job/job_controller.go: syncJob, ensureJobConditionStatus, pastBackoffLimitOnFailure, pastActiveDeadline
(v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from k8smodels.api.batch import Job, JobCondition
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time, parse_optional_time, seconds
from k8smodels.workloads.job.pods import is_failed
from k8smodels.workloads.job.policies import enough, judge
from k8smodels.workloads.job.seen import Seen
from k8smodels.workloads.job.spec import is_indexed

COMPLETE = ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
"""Type, reason and message of the condition of a Job with all its completions."""


def condition(kind: str, reason: str, message: str, now: datetime, status: str = "True") -> JobCondition:
    """A condition that becomes so `now`."""
    return JobCondition(type=kind, status=status, reason=reason, message=message, last_transition_time=format_time(now))


def true_condition(job: Job, kind: str) -> JobCondition | None:
    """The condition of type `kind`, if it is true."""
    return next((each for each in job.status.conditions if (each.type, each.status) == (kind, "True")), None)


def ensured(conditions: tuple[JobCondition, ...], new: JobCondition) -> tuple[JobCondition, ...]:
    """`conditions` with `new` in its place. One that says the same stays; a new one that is false is not added."""
    present = next((each for each in conditions if each.type == new.type), None)
    if present is None:
        return conditions if new.status == "False" else (*conditions, new)
    if (present.status, present.reason, present.message) == (new.status, new.reason, new.message):
        return conditions
    return tuple(new if each is present else each for each in conditions)


def ending(seen: Seen) -> JobCondition | None:
    """What ends the Job, apart from having all its completions; None if it goes on.

    A decision that was made is kept. Then the first of these decides: the pod failure policy, the back-off limit, the
    deadline, failed indexes, the success policy.
    """
    met = true_condition(seen.job, "SuccessCriteriaMet")
    if met is not None:
        return met
    target = true_condition(seen.job, "FailureTarget")
    if target is not None:
        return condition("Failed", target.reason, target.message, seen.now)
    failure = _failure(seen)
    if failure is not None:
        return condition("FailureTarget", *failure, seen.now)
    message = enough(seen.job, seen.succeeded_indexes) if is_indexed(seen.job) else ""
    return condition("SuccessCriteriaMet", "SuccessPolicy", message, seen.now) if message else None


def _failure(seen: Seen) -> tuple[str, str] | None:
    job = seen.job
    message = _failed_by_policy(job, seen.pods)
    if message:
        return "PodFailurePolicy", message
    if seen.failed > (job.spec.backoff_limit or 0) or _restarted_too_often(job, seen.pods):
        return "BackoffLimitExceeded", "Job has reached the specified backoff limit"
    if past_active_deadline(job, seen.now):
        return "DeadlineExceeded", "Job was active longer than specified deadline"
    return _failed_by_indexes(seen)


def _failed_by_policy(job: Job, pods: Iterable[Pod]) -> str:
    messages = (judge(job, pod).message for pod in pods if is_failed(pod, job))
    return next(filter(None, messages), "")


def _failed_by_indexes(seen: Seen) -> tuple[str, str] | None:
    spec, failed = seen.job.spec, seen.failed_indexes.total if seen.failed_indexes is not None else 0
    if spec.max_failed_indexes is not None and failed > spec.max_failed_indexes:
        return "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes"
    if failed and failed + seen.succeeded_indexes.total >= (spec.completions or 0):
        return "FailedIndexes", "Job has failed indexes"
    return None


def _restarted_too_often(job: Job, pods: Iterable[Pod]) -> bool:
    """Restarts in place count too, where the kubelet restarts containers."""
    if job.spec.template.spec.restart_policy != "OnFailure":
        return False
    living = [pod for pod in pods if pod.status.phase in ("Running", "Pending")]
    statuses = (
        each for pod in living for each in (*pod.status.init_container_statuses, *pod.status.container_statuses)
    )
    restarts = sum(status.restart_count for status in statuses)
    return restarts >= max(job.spec.backoff_limit or 0, 1)


def past_active_deadline(job: Job, now: datetime) -> bool:
    """Whether it has run for `activeDeadlineSeconds`. The clock stands still while it is suspended."""
    start = parse_optional_time(job.status.start_time)
    deadline = job.spec.active_deadline_seconds
    return deadline is not None and start is not None and not job.spec.suspend and now - start >= seconds(deadline)
