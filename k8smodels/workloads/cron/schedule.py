"""A CronJob's schedule as text, and its next time.

References
----------
github.com/robfig/cron/v3: parser.go, spec.go, constantdelay.go (v3.0.1); pkg/util/parsers/parsers.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from k8smodels.api.durations import DurationError, parse_duration
from k8smodels.workloads.cron.fields import (
    DAYS,
    HOURS,
    MINUTES,
    MONTHS,
    WEEKDAYS,
    Field,
    ScheduleError,
    parse_field,
)
from k8smodels.workloads.cron.zones import UnknownTimeZone, at_clock, load_zone

YEARS = 5
"""How far ahead a matching time is looked for."""

_FIRST_YEAR, _LAST_YEAR = 2, 9990
_MAX_STEPS = 100_000  # the real search can go round for ever where a zone skips midnight
_UNITS = ("month", "day", "hour", "minute", "second")
_SECOND = Field(frozenset({0}))
_MIDNIGHT = "0 0 * * *"
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": _MIDNIGHT,
    "@midnight": _MIDNIGHT,
    "@hourly": "0 * * * *",
}


@dataclass(frozen=True, slots=True)
class ClockSchedule:
    """Minutes of the clock that match five fields, in a time zone."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field
    zone: tzinfo = UTC

    def next(self, after: datetime) -> datetime | None:
        """The first matching minute after `after`; None if there is none in the next five years.

        A minute that the clock skips does not come that day; one that it shows twice may come twice. Left out: the
        first and the last years that the calendar knows.
        """
        possible = self.minute.numbers and self.hour.numbers and self.month.numbers
        if not possible or not _FIRST_YEAR <= after.year <= _LAST_YEAR:
            return None
        moment = (after.replace(microsecond=0) + timedelta(seconds=1)).astimezone(self.zone)
        limit = min(moment.year + YEARS, _LAST_YEAR)
        place, exact = 0, False
        for _step in range(_MAX_STEPS):
            if moment.year > limit:
                break
            unit = _UNITS[place]
            if self._matches(unit, moment):
                place += 1
                if place == len(_UNITS):
                    return moment.astimezone(UTC)
                continue
            moment, exact = _forward(moment if exact else _floor(moment, unit), unit, self.zone), True
            if _starts_over(unit, moment):
                place = 0
        return None

    def _matches(self, unit: str, moment: datetime) -> bool:
        if unit == "day":
            return self.matches_day(moment)
        fields = {"month": self.month, "hour": self.hour, "minute": self.minute, "second": _SECOND}
        return getattr(moment, unit) in fields[unit].numbers

    def matches_day(self, moment: datetime) -> bool:
        """Day of the month and weekday must match both if one is a star, else either is enough."""
        day, weekday = moment.day in self.day.numbers, moment.isoweekday() % 7 in self.weekday.numbers
        return day and weekday if self.day.star or self.weekday.star else day or weekday


@dataclass(frozen=True, slots=True)
class EverySchedule:
    """A fixed time after the last one: ``@every 90m``."""

    delay: timedelta

    def next(self, after: datetime) -> datetime | None:
        """`delay` after the second that `after` lies in."""
        try:
            return after.replace(microsecond=0) + self.delay
        except OverflowError:
            return None


Schedule = ClockSchedule | EverySchedule


def parse_schedule(text: str) -> Schedule:
    """The schedule that `text` describes: five fields or a descriptor, after ``TZ=zone`` or ``CRON_TZ=zone`` if given.

    Raises
    ------
    ScheduleError
        It is none, in the words of the real parser.

    Examples
    --------
    >>> parse_schedule("30 6 * * 1-5").next(datetime(2026, 3, 6, 12, tzinfo=UTC)).isoformat()
    '2026-03-09T06:30:00+00:00'
    """
    if not text:
        raise ScheduleError("empty spec string")
    zone: tzinfo = UTC
    if text.startswith(("TZ=", "CRON_TZ=")):
        place, space, text = text.partition(" ")
        if not space:
            raise ScheduleError("invalid schedule format: runtime error: slice bounds out of range [:-1]")
        zone, text = _zone(place.partition("=")[2]), text.strip()
    if text.startswith("@"):
        return _descriptor(text, zone)
    return _clock(text, zone)


def _zone(name: str) -> tzinfo:
    try:
        return load_zone(name)
    except UnknownTimeZone as error:
        raise ScheduleError(f"provided bad location {name}: {error}") from None


def _clock(text: str, zone: tzinfo) -> ClockSchedule:
    fields = text.split()
    if len(fields) != 5:
        raise ScheduleError(f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]")
    bounds = (MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS)
    minute, hour, day, month, weekday = (parse_field(field, each) for field, each in zip(fields, bounds, strict=True))
    return ClockSchedule(minute, hour, day, month, weekday, zone)


def _descriptor(text: str, zone: tzinfo) -> Schedule:
    if text in _DESCRIPTORS:
        return _clock(_DESCRIPTORS[text], zone)
    if not text.startswith("@every "):
        raise ScheduleError(f"unrecognized descriptor: {text}")
    duration = text.removeprefix("@every ")
    try:
        seconds = parse_duration(duration) // 10**9
    except DurationError as error:
        raise ScheduleError(f"failed to parse duration {duration}: {error}") from None
    return EverySchedule(timedelta(seconds=max(seconds, 1)))


def _starts_over(unit: str, moment: datetime) -> bool:
    """Whether the next larger unit has changed too, so that all have to be looked at again."""
    first = 1 if unit in ("month", "day") else 0
    return int(getattr(moment, unit)) == first


def _floor(moment: datetime, unit: str) -> datetime:
    """The start of the month, day, hour or minute that `moment` lies in."""
    if unit in ("minute", "second"):
        return moment if unit == "second" else moment - timedelta(seconds=moment.second)
    zone = moment.tzinfo or UTC
    local = moment.replace(tzinfo=None, fold=0, minute=0, second=0)
    if unit != "hour":
        local = local.replace(hour=0)
    return at_clock(local.replace(day=1) if unit == "month" else local, zone)


def _forward(moment: datetime, unit: str, zone: tzinfo) -> datetime:
    """The next month or day by the calendar, the next hour, minute or second by the time that passes."""
    if unit in ("hour", "minute", "second"):
        return (moment.astimezone(UTC) + timedelta(**{f"{unit}s": 1})).astimezone(zone)
    local = moment.replace(tzinfo=None, fold=0)
    if unit == "month":
        years, month = divmod(local.month, 12)
        first = local.replace(year=local.year + years, month=month + 1, day=1)
        return at_clock(first + timedelta(days=local.day - 1), zone)
    return _at_midnight(at_clock(local + timedelta(days=1), zone), zone)


def _at_midnight(moment: datetime, zone: tzinfo) -> datetime:
    """Where midnight does not exist or comes twice, the hour nearest to it."""
    if moment.hour == 0:
        return moment
    hours = 24 - moment.hour if moment.hour > 12 else -moment.hour
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(zone)
