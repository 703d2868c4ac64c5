"""What the API server refuses in a CronJob.

References
----------
pkg/apis/batch/validation/validation.go: ValidateCronJobCreate, validateCronJobSpec (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8smodels.api.batch import CronJob
from k8smodels.api.errors import FieldError, invalid, required, unsupported_in_order
from k8smodels.controlplane.admission.jobs import job_spec_errors, selector_of
from k8smodels.controlplane.admission.rules import not_negative, shown_selector
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.schedule import parse_schedule
from k8smodels.workloads.cron.zones import UnknownTimeZone, load_zone

MAX_CRON_JOB_NAME = 52
"""A Job of it has a name that is longer by a dash and ten digits, and may have 63 characters."""

_ZONE_PART = re.compile(r"[A-Za-z0-9\.\-_+]+")


def cron_job_errors(cron_job: CronJob, before: CronJob | None = None) -> Iterator[FieldError]:
    """What is wrong with a CronJob, new or instead of the one of before."""
    spec = cron_job.spec
    yield from _schedule_errors(spec.schedule, before.spec.schedule if before else "", spec.time_zone)
    yield from not_negative("spec.startingDeadlineSeconds", spec.starting_deadline_seconds)
    if before is None or before.spec.time_zone != spec.time_zone:
        yield from _zone_errors(spec.time_zone)
    known = ("Allow", "Forbid", "Replace")
    if spec.concurrency_policy not in known:
        yield unsupported_in_order("spec.concurrencyPolicy", spec.concurrency_policy, known)
    template = spec.job_template.spec
    yield from (error.within("spec.jobTemplate") for error in job_spec_errors(template))
    selector = selector_of(template)
    if selector is not None:
        told = "`selector` will be auto-generated"
        yield invalid("spec.jobTemplate.spec.selector", shown_selector(selector), told)
    if template.unknown.get("manualSelector") is True:
        yield unsupported_in_order("spec.jobTemplate.spec.manualSelector", True, ("nil", "false"))
    yield from not_negative("spec.successfulJobsHistoryLimit", spec.successful_jobs_history_limit)
    yield from not_negative("spec.failedJobsHistoryLimit", spec.failed_jobs_history_limit)
    if before is None and len(cron_job.name) > MAX_CRON_JOB_NAME:
        problem = f"must be no more than {MAX_CRON_JOB_NAME} characters"
        yield invalid("metadata.name", cron_job.name, problem)
    if not spec.schedule:
        yield required("spec.schedule")  # this stands with the field's type: it is told last


def _schedule_errors(schedule: str, before: str, time_zone: str | None) -> Iterator[FieldError]:
    path = "spec.schedule"
    if not schedule:
        return
    try:
        parse_schedule(schedule)
    except ScheduleError as error:
        yield invalid(path, schedule, str(error))
    if "TZ" in schedule and "TZ" not in before:
        yield invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    elif "TZ" in schedule and time_zone is not None:
        yield invalid(path, schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule")


def _zone_errors(zone: str | None) -> Iterator[FieldError]:
    path = "spec.timeZone"
    if zone is None:
        return
    if not zone:
        yield invalid(path, zone, "timeZone must be nil or non-empty string")
        return
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            yield invalid(path, zone, f"unknown time zone {zone}")
            return
    if zone.casefold() == "local":
        told = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
        yield invalid(path, zone, told)
    try:
        load_zone(zone)
    except UnknownTimeZone as error:
        yield invalid(path, zone, str(error))
