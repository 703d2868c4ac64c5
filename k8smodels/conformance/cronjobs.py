"""Adapters of the suites ``workloads/cron-schedule`` and ``workloads/cronjob``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from k8smodels.api.batch import CronJob, CronJobSpec, Job, JobCondition
from k8smodels.api.times import format_time, parse_time
from k8smodels.conformance.report import JSON
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.missed import missed_starts, next_look, schedule_of
from k8smodels.workloads.cron.schedule import Schedule
from k8smodels.workloads.cron.sync import CronJobSync, sync_cron_job
from k8smodels.workloads.events import Correlator, Event


def cron_schedule(case: JSON) -> JSON:
    """The suite ``workloads/cron-schedule``."""
    cron_job, now = _looked_at(case), parse_time(case["now"])
    try:
        schedule = schedule_of(cron_job)
    except ScheduleError as error:
        return {"error": str(error)}
    times = [format_time(moment) for moment in islice(_times(schedule, now), 3)]
    out: dict[str, JSON] = {"next": times or None}
    try:
        missed = missed_starts(cron_job, schedule, now)
    except ScheduleError as error:
        return out | {"error": str(error)}
    wake = next_look(cron_job, schedule, now)
    due = {"due": format_time(missed.due)} if missed.due else {}
    return out | due | {"missed": missed.amount} | ({"wakeAfterSeconds": wake.total_seconds()} if wake else {})


def _looked_at(case: JSON) -> CronJob:
    spec = {name: case[name] for name in ("schedule", "timeZone", "startingDeadlineSeconds") if name in case}
    status = {"lastScheduleTime": case["last"]} if "last" in case else {}
    metadata = {"name": "c", "creationTimestamp": case["created"]}
    return CronJob.from_json({"metadata": metadata, "spec": spec, "status": status})


def _times(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    moment = schedule.next(now)
    while moment:
        yield moment
        moment = schedule.next(moment)


def cron_job(case: JSON) -> JSON:
    """The suite ``workloads/cronjob``."""
    start = parse_time(case["start"])
    run = CronRun(CronJob.from_json(case["cronJob"]), start)
    metadata = run.cron_job.metadata
    created = metadata.creation_timestamp or format_time(start)
    run.cron_job = replace(run.cron_job, metadata=replace(metadata, creation_timestamp=created))
    run.syncs()
    for step in case["ops"]:
        run.until(start + timedelta(seconds=step["at"]))
        run.play(step)
    run.until(start + timedelta(minutes=case["minutes"]))
    status = run.cron_job.status
    times = {"lastScheduleTime": status.last_schedule_time, "lastSuccessfulTime": status.last_successful_time}
    shown = {name: text for name, text in times.items() if text}
    return {"events": run.log, "active": [each.name for each in status.active]} | shown


class CronRun:
    """A CronJob, its Jobs and its controller, which is woken by changes and when it asked for it.

    Parameters
    ----------
    cron_job
        The CronJob.
    start
        When the controller starts; the log counts its seconds from there.
    """

    def __init__(self, cron_job: CronJob, start: datetime) -> None:
        self.cron_job, self.start, self.now = cron_job, start, start
        self.wake: datetime | None = None
        self.jobs: dict[str, Job] = {}
        self.log: list[JSON] = []
        self.correlator = Correlator()

    def until(self, moment: datetime) -> None:
        """Let the controller run up to `moment`."""
        while self.wake is not None and self.wake <= moment:
            self.now = self.wake
            self.syncs()
        self.now = moment

    def syncs(self) -> None:
        """Sync until nothing is written any more."""
        changed = True
        while changed:
            before = self.cron_job, dict(self.jobs)
            sync = sync_cron_job(self.cron_job, list(self.jobs.values()), self.now)
            self._write(sync)
            changed = before != (self.cron_job, self.jobs)
            self.wake = None if sync.look_again is None else self.now + sync.look_again

    def _write(self, sync: CronJobSync) -> None:
        at = round((self.now - self.start).total_seconds(), 1)
        self.cron_job = sync.cron_job
        for name in sync.deleted:
            del self.jobs[name]
            self.log.append([at, "delete", name])
        if sync.created is not None:
            status = replace(sync.created.status, start_time=format_time(self.now))
            self.jobs[sync.created.name] = replace(sync.created, status=status)
            self.log.append([at, "create", sync.created.name])
        told = [[at, event.reason, event.message] for event in self._posted(sync.events)]
        told = [line for line in told if line[1] not in ("SuccessfulCreate", "SuccessfulDelete")]
        self.log += sorted(told, key=lambda line: json.dumps(line, separators=(",", ":")))

    def _posted(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            self.correlator, posted = self.correlator.post(event, self.now)
            if posted:
                yield posted

    def play(self, step: JSON) -> None:
        """What the user or the Jobs do."""
        if "suspend" in step or "schedule" in step:
            self._edit(step)
            return
        count = step.get("complete") or step.get("fail") or step.get("delete") or 0
        running = [job for _, job in sorted(self.jobs.items()) if not job.status.conditions]
        for job in running[:count]:
            if "delete" in step:
                del self.jobs[job.name]
            else:
                self.jobs[job.name] = self._ended(job, "Complete" if "complete" in step else "Failed")
        self.syncs()

    def _edit(self, step: JSON) -> None:
        fields = self.cron_job.spec.to_json() | {key: step[key] for key in ("suspend", "schedule") if key in step}
        self.cron_job = replace(self.cron_job, spec=CronJobSpec.from_json(fields))
        if "schedule" not in step:
            self.syncs()
            return
        wait = next_look(self.cron_job, schedule_of(self.cron_job), self.now)
        if wait is not None and (self.wake is None or self.now + wait < self.wake):
            self.wake = self.now + wait

    def _ended(self, job: Job, kind: str) -> Job:
        at = format_time(self.now)
        condition = JobCondition(type=kind, status="True", last_transition_time=at)
        completion = at if kind == "Complete" else ""
        return replace(job, status=replace(job.status, conditions=(condition,), completion_time=completion))
