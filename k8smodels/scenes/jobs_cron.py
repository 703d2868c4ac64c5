"""Scenes about CronJobs: when a schedule comes, and what becomes of a start that is missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, pairwise
from typing import Any

from k8smodels.api.batch import CronJob
from k8smodels.api.errors import invalid, required
from k8smodels.api.times import format_time
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.jobs import Start, human_duration, start_bars, time_table
from k8smodels.workloads import ClockSchedule, CronRun
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.missed import schedule_of
from k8smodels.workloads.cron.schedule import Schedule
from k8smodels.workloads.cron.zones import load_zone

SCHEDULES: Mapping[str, str] = {
    "every night": "30 2 * * *",
    "every hour": "0 * * * *",
    "working days": "0 9 * * 1-5",
    "the 13th, Friday": "0 8 13 * 5",
    "every 25 minutes": "*/25 * * * *",
    "the 31st": "0 0 31 * *",
    "Sunday as 7": "0 8 * * 7",
}
ZONES: Mapping[str, str] = {"": "not set (UTC)", "Europe/Berlin": "Europe/Berlin", "Asia/Shanghai": "Asia/Shanghai"}
MOMENTS: Mapping[str, str] = {
    "2026-03-02T12:00:00": "2 March 2026, noon",
    "2026-03-28T23:00:00": "28 March, before Berlin's clocks go forward",
    "2026-10-24T22:00:00": "24 October, before they go back",
}
SHOWN = 6


def calendar(text: str, zone: str, moment: str) -> Frame:
    """The next times of a schedule.

    Raises
    ------
    ValueError
        The API server refuses the schedule.
    """
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    place = load_zone(zone)
    cron_job = CronJob.from_json({"metadata": {"name": "report"}, "spec": {"schedule": text, "timeZone": zone or None}})
    schedule = accepted(cron_job)
    times = list(islice(times_of(schedule, now), SHOWN))
    notes = dict(_notes([now, *times], schedule, place))
    says = (
        _("The next time is {time} UTC.").format(time=f"{times[0]:%Y-%m-%d %H:%M}") if times else _("It never comes.")
    )
    return Frame(time_table(times, place, notes), says)


def accepted(cron_job: CronJob) -> Schedule:
    """The schedule of a new CronJob.

    Raises
    ------
    FieldError
        The API server refuses it (pkg/apis/batch/validation/validation.go, v1.37: validateScheduleFormat).
    """
    text = cron_job.spec.schedule
    if not text:
        raise required("spec.schedule")
    if "TZ" in text:
        raise invalid("spec.schedule", text, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    try:
        return schedule_of(cron_job)
    except ScheduleError as error:
        raise invalid("spec.schedule", text, str(error)) from None


def times_of(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """The times of a schedule after a moment, without end."""
    moment = schedule.next(after)
    while moment is not None:
        yield moment
        moment = schedule.next(moment)


def _notes(times: list[datetime], schedule: Schedule, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """What a change of clocks does to a list of times."""
    if not isinstance(schedule, ClockSchedule):
        return
    on_clocks = replace(schedule, zone=UTC)
    for before, moment in pairwise(times):
        shown, other = (each.astimezone(zone).replace(tzinfo=UTC) for each in (before, moment))
        wanted = on_clocks.next(shown)
        if other == shown:
            yield moment, _("clocks show it twice")
        elif wanted is not None and wanted < other:
            yield moment, _("there is no {time}").format(time=f"{wanted:%Y-%m-%d %H:%M}")


# Starts that are missed.

POLICIES = ("Allow", "Forbid", "Replace")
LASTS: Mapping[int, str] = {4: "4 min", 14: "14 min"}
AWAY: Mapping[str, str] = {"no": "never", "short": "from 12:15 to 12:47", "late": "from 12:15 to 12:51"}
DEADLINES: Mapping[int, str] = {0: "not set", 300: "300 s"}
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_AWAY_MINUTES: Mapping[str, tuple[int, int]] = {"short": (15, 47), "late": (15, 51)}
_LENGTH = timedelta(minutes=80)


def cron_job(schedule: str = "*/10 * * * *", **spec: Any) -> CronJob:
    """A CronJob that was made a minute before noon."""
    metadata = {"name": "report", "creationTimestamp": format_time(NOON - timedelta(minutes=1))}
    return CronJob.from_json({"metadata": metadata, "spec": {"schedule": schedule, **spec}})


def missed(policy: str, lasts: int, away: str, deadline: int) -> Frame:
    """A CronJob from noon on, every ten minutes; its Jobs last so long, and its controller may be away."""
    spec: dict[str, Any] = {"concurrencyPolicy": policy} | ({"startingDeadlineSeconds": deadline} if deadline else {})
    run = CronRun(cron_job(**spec), NOON - timedelta(minutes=1), lambda _name: timedelta(minutes=lasts))
    gone = _AWAY_MINUTES.get(away)
    window = (NOON + timedelta(minutes=gone[0]), NOON + timedelta(minutes=gone[1])) if gone else None
    if window:
        run.until(window[0])
        run.stop(window[1])
    run.until(NOON + _LENGTH)
    starts = starts_of(run, NOON + _LENGTH)
    html = join([start_bars(starts, NOON, NOON + _LENGTH, window), _said(run)])
    lost = [f"{each.scheduled:%H:%M}" for each in starts if each.made is None]
    says = (
        _("No Job was ever made for **{times}**.").format(times=", ".join(lost)) if lost else _("Every start was made.")
    )
    return Frame(html, says)


def starts_of(run: CronRun, until: datetime) -> list[Start]:
    """What became of each time of the schedule from noon on."""
    schedule = schedule_of(run.cron_job)
    created = {record.job: record.at for record in run.log if record.verb == "create"}
    ended = {record.job: record.at for record in run.log if record.verb == "end"}
    deleted = {record.job: record.at for record in run.log if record.verb == "delete"}
    found = list[Start]()
    for moment in times_of(schedule, NOON - timedelta(seconds=1)):
        if moment > until - timedelta(minutes=5):
            return found
        name = f"{run.cron_job.name}-{int(moment.timestamp()) // 60}"
        killed = name in deleted and name not in ended
        found.append(Start(moment, created.get(name), ended.get(name) or deleted.get(name), killed))
    return found


_UNSAID = ("SuccessfulCreate", "SuccessfulDelete", "SawCompletedJob")


def _said(run: CronRun) -> Html:
    """The reasons that the controller gave, each once, with how often."""
    events = [record.event for record in run.log if record.event and record.event.reason not in _UNSAID]
    rows = [
        (el("code", event.reason), event.message, str(sum(each.reason == event.reason for each in events)))
        for event in {each.reason: each for each in events}.values()
    ]
    if not rows:
        return el("p", _("The controller has nothing to complain about."), class_="muted")
    return grid([_("event"), _("message of the last one"), _("times")], rows)


def overslept(hours: int) -> Frame:
    """A controller that was away for many hours, of a CronJob that runs every ten minutes."""
    run = CronRun(cron_job(), NOON - timedelta(minutes=1), lambda _name: timedelta(minutes=4))
    run.until(NOON + timedelta(minutes=5))
    run.stop(NOON + timedelta(hours=hours))
    made = [record.job for record in run.log if record.verb == "create" and record.at >= NOON + timedelta(hours=hours)]
    late = human_duration(timedelta(hours=hours))
    says = _("After {time} it starts **{n}** Job.").format(time=late, n=len(made))
    return Frame(_said(run), says)
