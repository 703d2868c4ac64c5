"""Exercises about CronJobs: the times of a schedule, and which of them get a Job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.jobs_cron import NOON, cron_job, starts_of, times_of
from k8smodels.scenes.jobs_exercises import fields_text
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.workloads import CronRun, parse_schedule

__all__ = ["schedule_times", "which_starts"]

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def schedule_times(seed: int) -> Task:
    """Ask how often a schedule comes in March 2026, and when first."""
    dice = dice_of(seed)
    hour, day, weekday = dice.randrange(1, 23), dice.randrange(2, 28), dice.randrange(0, 7)
    text = (
        f"0 {hour} {day} * {weekday}",
        f"0 {hour} * * {weekday}",
        f"0 {hour} */{dice.choice([5, 7, 10])} * *",
        f"*/{dice.choice([7, 25, 40])} {hour} * * *",
    )[seed % 4]
    schedule = parse_schedule(text)
    times = list(takewhile(lambda moment: moment < APRIL, times_of(schedule, MARCH - timedelta(seconds=1))))
    both = sum(moment.day == day and moment.isoweekday() % 7 == weekday for moment in times)
    days = len({moment.day for moment in times})
    wrong = {
        0: {str(both): _("With both day fields set, a day needs to match one of them, not both.")},
        3: {str(days): _("That is the number of days. How often does it come each day?")},
    }
    first = [f"{moment:%H:%M}" for moment in islice(times, 3)]
    return Task(
        join(
            [
                fields_text({"schedule": text}),
                el("p", _("1 March 2026 is a Sunday. March has 31 days. The time zone is UTC.")),
            ]
        ),
        [
            Step(
                _("On which day of March does it come first?"),
                times[0].day,
                why=_("Read the third and the fifth field. A step counts from the least number: 1 for days."),
            ),
            Step(
                _("At which time does it come first on that day? Write it as 09:05."),
                first[0],
                why=_("Minutes are the first field, hours the second."),
            ),
            Step(
                _("How often does it come in all of March?"),
                len(times),
                wrong=wrong.get(seed % 4, {}),
                why=_("Count the days that match, and the minutes of the hour that match."),
            ),
        ],
        [
            _("Day of the month and day of the week: if neither is a star, one of them is enough."),
            _("*/25 in the minutes is 0, 25 and 50: the count begins anew each hour."),
        ],
        bullets(f"{_DAYS[moment.isoweekday() % 7]} {moment:%d %H:%M}" for moment in times[:12]),
    )


def which_starts(seed: int) -> Task:
    """Ask which times of a schedule get a Job, and what the controller does after it was away."""
    dice = dice_of(seed)
    policy = ("Allow", "Forbid", "Replace", "Forbid")[seed % 4]
    lasts = dice.choice([12, 18, 23]) if policy == "Forbid" else dice.choice([4, 14])
    leaves = dice.choice([14, 24]) if policy != "Forbid" else 99
    back = leaves + dice.choice([19, 28])
    run = CronRun(
        cron_job(concurrencyPolicy=policy), NOON - timedelta(minutes=1), lambda _name: timedelta(minutes=lasts)
    )
    end = NOON + timedelta(minutes=65)
    hint = {
        "Allow": _("Allow: a Job that still runs stops no other one. Only the gap matters."),
        "Forbid": _("Forbid: while a Job runs, no other one starts. What is due when it ends?"),
        "Replace": _("Replace: a Job that still runs gives way to the next. Only the gap matters."),
    }[policy]
    if leaves < 65:
        run.until(NOON + timedelta(minutes=leaves))
        run.stop(NOON + timedelta(minutes=back))
    run.until(end)
    starts = starts_of(run, end)
    names = [f"{start.scheduled:%H:%M}" for start in starts]
    made = frozenset(name for name, start in zip(names, starts, strict=True) if start.made)
    late = [
        f"{start.made:%H:%M}" for start in starts if start.made and start.made - start.scheduled > timedelta(minutes=1)
    ]
    away = (
        _("The controller is away from {leaves} to {back}.").format(
            leaves=f"{NOON + timedelta(minutes=leaves):%H:%M}", back=f"{NOON + timedelta(minutes=back):%H:%M}"
        )
        if leaves < 65
        else _("The controller is never away.")
    )
    told = _("Each Job takes {n} minutes. {away} Look at the times from 12:00 to 13:00.").format(n=lasts, away=away)
    return Task(
        join([fields_text({"schedule": "*/10 * * * *", "concurrencyPolicy": policy}), el("p", inline(told))]),
        [
            Step(
                _("Which times get a Job?"),
                made,
                options=names,
                wrong=_why_start(names, made),
            ),
            Step(
                _("How many Jobs start late, a minute or more?"),
                len(late),
                why=_("A start that was missed is made up for once nothing stands in its way: but only the last one."),
            ),
        ],
        [
            hint,
            _("After a gap only the latest of the missed times is made up for."),
        ],
        bullets(
            _("{time}: made at {at}").format(time=name, at=f"{start.made:%H:%M}")
            if start.made
            else _("{time}: no Job").format(time=name)
            for name, start in zip(names, starts, strict=True)
        ),
    )


def _why_start(names: list[str], made: frozenset[str]) -> Mapping[str, str]:
    on = _("{time} gets a Job: on time, or late as the last one that was missed.")
    off = _("{time} gets none: a later time was due as well when the controller could start one.")
    return {name: (on if name in made else off).format(time=name) for name in names}
