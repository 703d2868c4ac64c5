"""One sync of the CronJob controller: old Jobs go, finished ones are noted, one that is due starts.

Left out: Jobs of other owners, and errors of the API server.

References
----------
pkg/controller/cronjob/cronjob_controllerv2.go: sync, syncCronJob, cleanupFinishedJobs (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from k8smodels.api.batch import ActiveJob, CronJob, CronJobStatus, Job
from k8smodels.api.gotext import quote
from k8smodels.api.times import format_time, parse_optional_time
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.missed import MANY, Missed, missed_starts, next_look, schedule_of
from k8smodels.workloads.cron.new_job import job_name, job_of
from k8smodels.workloads.cron.schedule import Schedule
from k8smodels.workloads.cron.zones import UnknownTimeZone, load_zone
from k8smodels.workloads.events import Event


@dataclass(frozen=True, slots=True)
class CronJobSync:
    """What one sync leaves behind.

    Attributes
    ----------
    cron_job
        With its new status.
    deleted
        Names of Jobs that are deleted, in order.
    created
        The Job that starts.
    events
        What the controller says, in order.
    look_again
        How long until the controller looks again without being asked; None if only a change wakes it.
    """

    cron_job: CronJob
    deleted: tuple[str, ...] = ()
    created: Job | None = None
    events: tuple[Event, ...] = ()
    look_again: timedelta | None = None


def sync_cron_job(cron_job: CronJob, jobs: Sequence[Job], now: datetime) -> CronJobSync:
    """What the controller does when it looks at `cron_job` once.

    Parameters
    ----------
    cron_job
        The CronJob; defaults of the API are taken for fields that are not set.
    jobs
        The Jobs that it owns.
    now
        The present.
    """
    cleaned = _cleaned(CronJobSync(cron_job), jobs)
    return _started(_noted(cleaned, jobs), jobs, now)


def _cleaned(sync: CronJobSync, jobs: Sequence[Job]) -> CronJobSync:
    """The oldest finished Jobs go: 3 successful and 1 failed one are kept by default."""
    spec = sync.cron_job.spec
    for kind, limit, default in (
        ("Complete", spec.successful_jobs_history_limit, 3),
        ("Failed", spec.failed_jobs_history_limit, 1),
    ):
        ended = sorted((job for job in jobs if job.finished == kind), key=_started_at)
        surplus = len(ended) - (default if limit is None else limit)
        for job in ended[: max(surplus, 0)]:
            sync = _deleted(sync, job.name)
    return sync


def _noted(sync: CronJobSync, jobs: Sequence[Job]) -> CronJobSync:
    """Finished Jobs leave the list of active ones, and so do Jobs that are gone."""
    for job in jobs:
        active = any(each.uid == job.metadata.uid for each in sync.cron_job.status.active)
        if job.finished:
            if active:
                message = f"Saw completed job: {job.name}, condition: {job.finished}"
                sync = _said(_forgotten(sync, job.name), Event("SawCompletedJob", message))
            sync = _succeeded(sync, job)
        elif not active:
            message = f"Saw a job that the controller did not create or forgot: {job.name}"
            sync = _said(sync, Event("UnexpectedJob", message, warning=True))
    children = {job.metadata.uid for job in jobs}
    for each in sync.cron_job.status.active:
        if each.uid not in children:
            sync = _said(_forgotten(sync, each.name), Event("MissingJob", f"Active job went missing: {each.name}"))
    return sync


def _started(sync: CronJobSync, jobs: Sequence[Job], now: datetime) -> CronJobSync:
    """The start that is due, if its zone, its schedule, its deadline and the other Jobs allow it."""
    cron_job = sync.cron_job
    if cron_job.metadata.deletion_timestamp:
        return sync
    name = cron_job.spec.time_zone
    try:
        load_zone(name or "")
    except UnknownTimeZone as error:
        return _said(sync, Event("UnknownTimeZone", f"invalid timeZone: {quote(name or '')}: {error}", warning=True))
    if cron_job.spec.suspend:
        return sync
    text = cron_job.spec.schedule
    if "TZ" in text:
        sync = _said(sync, Event("UnsupportedSchedule", _ZONE_IN_SCHEDULE.format(text=quote(text)), warning=True))
    try:
        schedule = schedule_of(cron_job)
    except ScheduleError as error:
        return _said(sync, Event("UnparseableSchedule", f"unparseable schedule: {quote(text)} : {error}", warning=True))
    try:
        missed = missed_starts(cron_job, schedule, now)
    except ScheduleError as error:
        return _said(sync, Event("InvalidSchedule", f"invalid schedule: {text} : {error}", warning=True))
    return _due(sync, jobs, schedule, missed, now)


def _due(sync: CronJobSync, jobs: Sequence[Job], schedule: Schedule, missed: Missed, now: datetime) -> CronJobSync:
    if missed.due is not None and missed.count > MANY:
        sync = _said(sync, Event("TooManyMissedTimes", _TOO_MANY, warning=True))
    refused, event = _refusal(sync.cron_job, missed.due, now)
    sync = _said(sync, event) if event else sync
    if not refused and missed.due is not None:
        sync = _created(sync, jobs, missed.due)
    return replace(sync, look_again=next_look(sync.cron_job, schedule, now))


def _refusal(cron_job: CronJob, due: datetime | None, now: datetime) -> tuple[bool, Event | None]:
    """Whether nothing starts, and what is said about it."""
    if due is None:
        return True, None
    spec, status = cron_job.spec, cron_job.status
    deadline = spec.starting_deadline_seconds
    if deadline is not None and (now - due).total_seconds() > deadline:
        message = f"Missed scheduled time to start a job: {due.strftime('%a, %d %b %Y %H:%M:%S +0000')}"
        return True, Event("MissSchedule", message, warning=True)
    name = job_name(cron_job, due)
    if any(each.name == name for each in status.active) or parse_optional_time(status.last_schedule_time) == due:
        return True, None
    if spec.concurrency_policy == "Forbid" and status.active:
        return True, Event("JobAlreadyActive", _FORBIDDEN)
    return False, None


def _created(sync: CronJobSync, jobs: Sequence[Job], due: datetime) -> CronJobSync:
    if sync.cron_job.spec.concurrency_policy == "Replace":
        for each in sync.cron_job.status.active:
            sync = _deleted(sync, each.name)
    cron_job = sync.cron_job
    job = job_of(cron_job, due)
    existing = next((each for each in jobs if each.name == job.name and each.name not in sync.deleted), None)
    if existing is None:
        sync = _said(replace(sync, created=job), Event("SuccessfulCreate", f"Created job {job.name}"))
    uid = (existing or job).metadata.uid
    active = ActiveJob(api_version=job.api_version, kind=job.kind, namespace=job.namespace, name=job.name, uid=uid)
    status = replace(cron_job.status, active=(*cron_job.status.active, active), last_schedule_time=format_time(due))
    return _with_status(sync, status)


def _succeeded(sync: CronJobSync, job: Job) -> CronJobSync:
    status, ended = sync.cron_job.status, parse_optional_time(job.status.completion_time)
    last = parse_optional_time(status.last_successful_time)
    if job.finished != "Complete" or ended is None or (last is not None and ended <= last):
        return sync
    return _with_status(sync, replace(status, last_successful_time=format_time(ended)))


def _deleted(sync: CronJobSync, name: str) -> CronJobSync:
    gone = replace(_forgotten(sync, name), deleted=(*sync.deleted, name))
    return _said(gone, Event("SuccessfulDelete", f"Deleted job {name}"))


def _forgotten(sync: CronJobSync, name: str) -> CronJobSync:
    status = sync.cron_job.status
    return _with_status(sync, replace(status, active=tuple(each for each in status.active if each.name != name)))


def _with_status(sync: CronJobSync, status: CronJobStatus) -> CronJobSync:
    return replace(sync, cron_job=replace(sync.cron_job, status=status))


def _said(sync: CronJobSync, event: Event) -> CronJobSync:
    return replace(sync, events=(*sync.events, event))


def _started_at(job: Job) -> tuple[bool, str, str]:
    """Jobs that have not started come last; times of the API sort as text."""
    return not job.status.start_time, job.status.start_time, job.name


_TOO_MANY = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"
_FORBIDDEN = "Not starting job because prior execution is running and concurrency policy is Forbid"
_ZONE_IN_SCHEDULE = (
    "CRON_TZ or TZ used in schedule {text} is not officially supported,"
    " see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
)
