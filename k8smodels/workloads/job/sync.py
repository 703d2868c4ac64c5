"""One sync of the Job controller: pods that have ended are counted, the end is decided on, pods are made or deleted.

Left out: counting in portions (the real controller notes up to 500 ended pods in the status before it lets them go),
pods without an owner, Jobs of other controllers, groups of pods that are scheduled together, and errors of the API
server.

References
----------
pkg/controller/job/job_controller.go: syncJob (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time, parse_time, seconds
from k8smodels.workloads.events import Event
from k8smodels.workloads.job.backoff import Backoff
from k8smodels.workloads.job.conditions import COMPLETE, condition, ending, ensured
from k8smodels.workloads.job.manage import Change, manage
from k8smodels.workloads.job.seen import Seen, look
from k8smodels.workloads.job.spec import defaulted
from k8smodels.workloads.job.tracking import JobSync, tracked

SYNC_BATCH_PERIOD = timedelta(seconds=1)
"""Changes of pods and of the status are looked at together after this time; changes of the spec at once."""


def sync_job(job: Job, pods: Sequence[Pod], backoff: Backoff, now: datetime) -> JobSync:
    """What the controller does when it looks at `job` once.

    Parameters
    ----------
    job
        The Job; defaults of the API are taken for fields that are not set.
    pods
        The pods that it owns, those that have ended among them.
    backoff
        What earlier syncs left.
    now
        The present.
    """
    if job.finished:
        return JobSync(job, Backoff())
    seen = look(_begun(defaulted(job), now), pods, now)
    after = backoff.after(seen.new_succeeded, seen.new_failed)
    end = ending(seen)
    if end is not None:
        synced = tracked(seen, end, JobSync(seen.job, after, end=seen.active))
    else:
        synced = _going_on(seen, after)
    written = synced.job.status != job.status
    return replace(synced, written=written, backoff=after if written else backoff)


def _going_on(seen: Seen, backoff: Backoff) -> JobSync:
    """Make or delete pods, unless the Job itself is being deleted; then see whether it is complete."""
    job, now = seen.job, seen.now
    deleted = bool(job.metadata.deletion_timestamp)
    change = Change() if deleted else manage(seen, backoff)
    end = None
    events: tuple[Event, ...] = ()
    if _is_complete(seen, len(seen.active) + len(change.create) - len(change.delete)):
        end = condition(*COMPLETE, now)
    elif not deleted:
        job, events = _suspended_or_resumed(job, now)
    begun = JobSync(job, backoff, create=change.create, delete=change.delete, events=events)
    synced = tracked(replace(seen, job=job), end, begun)
    return replace(synced, look_again=_next_look(job, now, change))


def _begun(job: Job, now: datetime) -> Job:
    if job.status.start_time or job.spec.suspend:
        return job
    return replace(job, status=replace(job.status, start_time=format_time(now)))


def _is_complete(seen: Seen, active: int) -> bool:
    completions = seen.job.spec.completions
    return active == 0 and (seen.succeeded > 0 if completions is None else seen.succeeded >= completions)


def _suspended_or_resumed(job: Job, now: datetime) -> tuple[Job, tuple[Event, ...]]:
    """The condition ``Suspended``. A Job that is resumed starts anew as far as its deadline goes."""
    if job.spec.suspend:
        new, start = condition("Suspended", "JobSuspended", "Job suspended", now), ""
    else:
        new, start = condition("Suspended", "JobResumed", "Job resumed", now, "False"), format_time(now)
    conditions = ensured(job.status.conditions, new)
    if conditions == job.status.conditions:
        return job, ()
    said = Event("Suspended" if job.spec.suspend else "Resumed", new.message)
    return replace(job, status=replace(job.status, conditions=conditions, start_time=start)), (said,)


def _next_look(job: Job, now: datetime, change: Change) -> timedelta | None:
    """The end of the deadline or of the wait for a replacement, whichever comes first."""
    waits = []
    if job.spec.active_deadline_seconds is not None and not job.spec.suspend and job.status.start_time:
        waits.append(parse_time(job.status.start_time) + seconds(job.spec.active_deadline_seconds) - now)
    if change.wait is not None:
        waits.append(max(change.wait, SYNC_BATCH_PERIOD))
    return min(waits, default=None)
