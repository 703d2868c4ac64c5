"""Which start of a CronJob is due, how many were missed, and when the controller looks again.

References
----------
pkg/controller/cronjob/utils.go: mostRecentScheduleTime, nextScheduleTimeDuration (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from k8smodels.api.batch import CronJob
from k8smodels.api.times import parse_optional_time, seconds
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.schedule import Schedule, parse_schedule
from k8smodels.workloads.cron.zones import UnknownTimeZone, load_zone

MANY = 100
"""More missed starts than this are warned of."""

NEXT_SCHEDULE_DELTA = timedelta(milliseconds=100)
"""The controller looks again this much after the schedule's time."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Starts that the schedule asked for and that have not happened.

    Attributes
    ----------
    earliest
        From when on starts are looked at.
    due
        The latest of them; None if there is none.
    count
        Their number, by the length of the first interval: 0 if at most the first is due.
    """

    earliest: datetime
    due: datetime | None
    count: int = 0

    @property
    def amount(self) -> str:
        """``none``, ``few`` or ``many``."""
        if self.count > MANY:
            return "many"
        return "few" if self.count > 0 else "none"


def schedule_of(cron_job: CronJob) -> Schedule:
    """Its schedule in its time zone; a zone in the schedule's own text wins, an unknown one is passed over.

    Raises
    ------
    ScheduleError
        The text is no schedule.
    """
    text, name = cron_job.spec.schedule, cron_job.spec.time_zone
    if "TZ" in text or name is None:
        return parse_schedule(text)
    try:
        load_zone(name)
    except UnknownTimeZone:
        return parse_schedule(text)
    return parse_schedule(f"TZ={name} {text}")


def missed_starts(cron_job: CronJob, schedule: Schedule, now: datetime, *, with_deadline: bool = True) -> Missed:
    """The starts between the last one (or the creation) and `now`.

    The real code does not count them one by one: it divides the time by the first interval and looks for the last one
    near the end. Where intervals differ much it can look too late, and then nothing is due.

    Raises
    ------
    ScheduleError
        The schedule never comes.
    """
    earliest = _earliest(cron_job, now, with_deadline)
    first = schedule.next(earliest)
    second = schedule.next(first) if first else None
    if first is None:
        raise ScheduleError("time difference between two schedules is less than 1 second")
    if now < first:
        return Missed(earliest, None)
    if second is None or now < second:
        return Missed(earliest, first)
    interval = second - first
    count = (now - first) // interval + 1
    due, start = None, schedule.next(first + (count - 2) * interval)
    while start is not None and start <= now:
        due, start = start, schedule.next(start)
    return Missed(earliest, due, count)


def next_look(cron_job: CronJob, schedule: Schedule, now: datetime) -> timedelta | None:
    """How long until the controller looks again; None if the schedule never comes again."""
    try:
        missed = missed_starts(cron_job, schedule, now, with_deadline=False)
    except ScheduleError:
        missed = Missed(now, now)
    start = missed.due or (now if missed.count else missed.earliest)
    following = schedule.next(start)
    return following + NEXT_SCHEDULE_DELTA - now if following else None


def _earliest(cron_job: CronJob, now: datetime, with_deadline: bool) -> datetime:
    last = parse_optional_time(cron_job.status.last_schedule_time, "status.lastScheduleTime")
    earliest = last or parse_optional_time(cron_job.metadata.creation_timestamp, "metadata.creationTimestamp") or now
    deadline = cron_job.spec.starting_deadline_seconds
    return max(earliest, now - seconds(deadline)) if with_deadline and deadline is not None else earliest
