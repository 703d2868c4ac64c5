from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.batch import CronJob, Job
from k8smodels.api.errors import FieldError
from k8smodels.api.times import parse_time
from k8smodels.workloads.bounds import TooLong
from k8smodels.workloads.cron.fields import ScheduleError
from k8smodels.workloads.cron.missed import missed_starts, next_look, schedule_of
from k8smodels.workloads.cron.new_job import SCHEDULED_TIMESTAMP
from k8smodels.workloads.cron.run import CronRun
from k8smodels.workloads.cron.schedule import ClockSchedule, parse_schedule
from k8smodels.workloads.cron.sync import sync_cron_job
from k8smodels.workloads.events import Correlator, Event

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday


def cron_job(schedule: str, **spec: object) -> CronJob:
    return CronJob.from_json(
        {
            "metadata": {"name": "c", "creationTimestamp": "2026-03-04T11:00:30Z"},
            "spec": {"schedule": schedule, **spec},
        }
    )


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 59), min_size=1, max_size=3),
    st.lists(st.integers(0, 23), min_size=1, max_size=3),
    st.sampled_from(["*", "1", "*/7", "28-31"]),
    st.sampled_from(["*", "2", "6-9"]),
    st.sampled_from(["*", "0", "1-5"]),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
)
def test_the_next_time_matches_and_nothing_before_it_does(
    minutes: list[int], hours: list[int], day: str, month: str, weekday: str, zone: str, after: datetime
) -> None:
    fields = f"{','.join(map(str, minutes))} {','.join(map(str, hours))} {day} {month} {weekday}"
    schedule = parse_schedule(f"TZ={zone} {fields}")
    assert isinstance(schedule, ClockSchedule)
    start = after.replace(tzinfo=UTC)
    found = schedule.next(start)
    assert found is not None
    local = found.astimezone(ZoneInfo(zone))
    assert (local.minute in minutes, local.hour in hours, local.second, found > start) == (True, True, 0, True)
    again = schedule.next(found - timedelta(seconds=1))
    assert again == found


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "empty spec string"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("x * * * *", 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'),
        ("*/-5 * * * *", "negative number (-5) not allowed: -5"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("TZ=0", "invalid schedule format: runtime error: slice bounds out of range [:-1]"),
        ("TZ=Mars * * * * *", "provided bad location Mars: unknown time zone Mars"),
        ("TZ=../etc * * * * *", "provided bad location ../etc: time: invalid location name"),
        ("@every x", 'failed to parse duration x: time: invalid duration "x"'),
        ("0-99999999999999999999 * * * *", "value out of range"),
    ],
)
def test_a_schedule_that_is_none_is_refused_in_the_parsers_words(text: str, error: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        parse_schedule(text)
    assert error in str(refused.value)


def test_a_list_of_nothing_never_comes() -> None:
    assert parse_schedule(", * * * *").next(NOON) is None
    assert next_look(cron_job(", * * * *"), parse_schedule(", * * * *"), NOON) is None


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_no_trap(year: int) -> None:
    assert parse_schedule("TZ=America/New_York * * * * *").next(NOON.replace(year=year)) is None


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-02-30T00:00:00Z", "2026-03-04T12:00:00", "0001-01-01T00:00:00+23:00"]
)
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="must be a time such as"):
        parse_time(text)


def test_of_several_missed_starts_the_last_is_due() -> None:
    item = cron_job("*/5 * * * *")
    missed = missed_starts(item, schedule_of(item), NOON)
    assert (missed.due, missed.count, missed.amount) == (NOON, 12, "few")


def test_a_job_bears_the_time_in_its_name_and_its_zone_in_an_annotation() -> None:
    sync = sync_cron_job(cron_job("0 * * * *", timeZone="Asia/Tokyo"), [], NOON)
    assert sync.created is not None
    assert sync.created.name == f"c-{int(NOON.timestamp()) // 60}"
    assert sync.created.metadata.annotations[SCHEDULED_TIMESTAMP] == "2026-03-04T21:00:00+09:00"
    assert [event.reason for event in sync.events] == ["SuccessfulCreate"]
    assert sync.look_again == timedelta(hours=1, milliseconds=100)


def test_a_job_that_nobody_remembers_is_told_about() -> None:
    stray = Job.from_json({"metadata": {"name": "stray", "uid": "u"}})
    sync = sync_cron_job(cron_job("0 0 1 1 *"), [stray], NOON)
    assert [event.reason for event in sync.events] == ["UnexpectedJob"]


def test_a_zone_in_the_schedule_is_used_and_warned_of() -> None:
    sync = sync_cron_job(cron_job("TZ=Asia/Kolkata 15 17 * * *"), [], NOON)
    assert sync.events[0].reason == "UnsupportedSchedule"
    assert sync.created is not None


def test_a_cron_job_that_is_deleted_starts_nothing() -> None:
    item = cron_job("* * * * *")
    item = replace(item, metadata=replace(item.metadata, deletion_timestamp="2026-03-04T11:59:00Z"))
    assert sync_cron_job(item, [], NOON).created is None


def test_a_component_may_post_25_events_at_once_and_then_one_in_five_minutes() -> None:
    correlator, posted = Correlator(), 0
    for second in range(600):
        correlator, event = correlator.post(Event("Pulled", "again"), NOON + timedelta(seconds=second))
        posted += event is not None
    assert posted == 25 + 1


def test_the_tenth_message_with_one_reason_is_combined() -> None:
    correlator, last = Correlator(), None
    for number in range(10):
        correlator, last = correlator.post(Event("Killing", str(number)), NOON)
    assert last == Event("Killing", "(combined from similar events): 9")


def test_a_day_that_a_zone_skipped_does_not_keep_the_search_going_for_ever() -> None:
    schedule = parse_schedule("TZ=Pacific/Apia 40 1 * * 6")
    moment: datetime | None = datetime(2011, 12, 20, tzinfo=UTC)
    for _ in range(4):
        moment = schedule.next(moment) if moment else None
    assert moment is None or moment > datetime(2011, 12, 24, tzinfo=UTC)


def starts(run: CronRun) -> list[str]:
    return [f"{record.at:%H:%M}" for record in run.log if record.verb == "create"]


def test_a_controller_that_was_away_starts_the_last_missed_job_only() -> None:
    run = CronRun(cron_job("*/10 * * * *"), NOON, lambda _name: timedelta(minutes=1))
    run.until(NOON + timedelta(minutes=15))
    run.stop(NOON + timedelta(minutes=55))
    run.until(NOON + timedelta(minutes=75))
    assert starts(run) == ["12:00", "12:10", "12:55", "13:00", "13:10"]


def test_a_job_that_ends_while_nobody_looks_is_noted_afterwards() -> None:
    run = CronRun(cron_job("*/10 * * * *", concurrencyPolicy="Forbid"), NOON, lambda _name: timedelta(minutes=25))
    run.until(NOON + timedelta(minutes=5))
    run.stop(NOON + timedelta(minutes=26))
    assert [record.verb for record in run.log if record.verb != "say"] == ["create", "end", "create"]
    assert run.cron_job.status.last_successful_time == "2026-03-04T12:25:00Z"


def test_too_many_starts_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("k8smodels.workloads.bounds.MAX_SYNCS", 5)
    run = CronRun(cron_job("* * * * *"), NOON)
    with pytest.raises(TooLong, match="5 times"):
        run.until(NOON + timedelta(days=1))
