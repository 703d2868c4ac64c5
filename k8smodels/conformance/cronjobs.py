"""Adapters of the suites ``workloads/cron-schedule`` and ``workloads/cronjob``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, islice

from k8smodels.api.batch import CronJob
from k8smodels.api.times import format_time, parse_time
from k8smodels.conformance.report import JSON
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.missed import missed_starts, next_look, schedule_of
from k8smodels.workloads.cron.run import CronRun
from k8smodels.workloads.cron.schedule import Schedule


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
    for step in case["ops"]:
        run.until(start + timedelta(seconds=step["at"]))
        _play(run, step)
    run.until(start + timedelta(minutes=case["minutes"]))
    status = run.cron_job.status
    times = {"lastScheduleTime": status.last_schedule_time, "lastSuccessfulTime": status.last_successful_time}
    shown = {name: text for name, text in times.items() if text}
    return {"events": list(_lines(run, start)), "active": [each.name for each in status.active]} | shown


def _play(run: CronRun, step: JSON) -> None:
    """What the user or the Jobs do."""
    if "suspend" in step or "schedule" in step:
        run.edit(**{key: step[key] for key in ("suspend", "schedule") if key in step})
        return
    running = [name for name, job in sorted(run.jobs.items()) if not job.status.conditions]
    count = step.get("complete") or step.get("fail") or step.get("delete") or 0
    if "delete" in step:
        run.delete(*running[:count])
    else:
        run.finish(*running[:count], kind="Complete" if "complete" in step else "Failed")


_UNRECORDED = ("SuccessfulCreate", "SuccessfulDelete")


def _lines(run: CronRun, start: datetime) -> Iterator[JSON]:
    """The log, with what is said at one moment in the order of its text."""
    for (at, is_said), records in groupby(run.log, key=lambda record: (record.at, record.verb == "say")):
        seconds = round((at - start).total_seconds(), 1)
        if is_said:
            told = [[seconds, each.event.reason, each.event.message] for each in records if each.event]
            told = [line for line in told if line[1] not in _UNRECORDED]
            yield from sorted(told, key=lambda line: json.dumps(line, separators=(",", ":")))
        else:
            yield from ([seconds, each.verb, each.job] for each in records if each.verb != "end")
