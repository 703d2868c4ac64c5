from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.durations import SECOND_NS, DurationError, format_duration, parse_duration
from k8smodels.api.errors import FieldError
from k8smodels.runtime import Backoff, BackoffSettings, crash_loop, crash_loop_timeline

RECORDING = Path(__file__).with_name("crash_loop_recording.json")
RUNS = st.lists(st.integers(0, 700), max_size=15)
SETTINGS = st.builds(
    BackoffSettings.of,
    max_container_restart_period=st.integers(1, 300).map(lambda seconds: f"{seconds}s"),
    reduce_default_crash_loop_back_off_decay=st.booleans(),
)


def test_a_real_node_is_never_faster_and_never_much_slower_than_the_model() -> None:
    started = json.loads(RECORDING.read_text())["startedSeconds"]
    real = [later - earlier for earlier, later in pairwise(started)]
    model = [restart.waited_ns / SECOND_NS for restart in crash_loop([0] * len(real))]
    assert all(wait <= gap < wait * 1.5 + 5 for wait, gap in zip(model, real, strict=True))


@given(RUNS, SETTINGS)
def test_waits_stay_between_nothing_and_the_maximum(runs: list[int], settings: BackoffSettings) -> None:
    for restart in crash_loop(runs, settings, sync_every_seconds=0.001):
        assert 0 <= restart.waited_ns <= settings.max_ns


@given(st.lists(st.integers(0, 100), max_size=12), SETTINGS)
def test_without_a_long_run_waits_never_shrink(runs: list[int], settings: BackoffSettings) -> None:
    waits = [restart.waited_ns for restart in crash_loop(runs, settings)]
    assert waits == sorted(waits)


@given(RUNS, st.integers(601, 5000))
def test_a_run_of_more_than_ten_minutes_begins_the_count_anew(runs: list[int], long_run: int) -> None:
    *_, after_long_run, next_restart = crash_loop([*runs, long_run, 0])
    assert (after_long_run.waited_ns, next_restart.waited_ns) == (0, 10 * SECOND_NS)


def test_ten_minutes_exactly_do_not() -> None:
    assert crash_loop([0, 600])[1].waited_ns == 10 * SECOND_NS


def test_the_timeline_tells_each_wait_and_why() -> None:
    lines = [str(item) for item in crash_loop_timeline(crash_loop([1, 1]))]
    assert lines == [
        "0s main started",
        "1s main exited",
        "1s main started (the first failure, or one after a long run, does not wait)",
        "2s main exited",
        "2s main CrashLoopBackOff (back-off 10s restarting failed container=main pod=web_default(0001))",
        "12s main started (10s after the exit)",
    ]


@pytest.mark.parametrize("period", ["0s", "301s", "10", "x", "", "1.s.s"])
def test_a_period_outside_of_one_second_to_five_minutes_is_refused(period: str) -> None:
    with pytest.raises(FieldError, match=r"crashLoopBackOff\.maxContainerRestartPeriod: Invalid value"):
        BackoffSettings.of(max_container_restart_period=period)


def test_a_failed_pull_waits_from_the_last_try_and_is_forgotten_after_twice_the_maximum() -> None:
    once = Backoff().pull_failed(0)
    assert once.waits_since_update(9 * SECOND_NS)
    assert not once.waits_since_update(10 * SECOND_NS)
    assert once.pull_failed(600 * SECOND_NS).delay_ns == 20 * SECOND_NS
    assert once.pull_failed(601 * SECOND_NS).delay_ns == 10 * SECOND_NS


@given(st.integers(-(2**62), 2**62))
def test_a_printed_duration_reads_back(nanoseconds: int) -> None:
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("5", 'time: missing unit in duration "5"'),
        ("5d", 'time: unknown unit "d" in duration "5d"'),
        (".s", 'time: invalid duration ".s"'),
        ("9999999999h", 'time: invalid duration "9999999999h"'),
    ],
)
def test_a_bad_duration_is_refused_in_the_words_of_go(text: str, message: str) -> None:
    with pytest.raises(DurationError) as error:
        parse_duration(text)
    assert str(error.value) == message
