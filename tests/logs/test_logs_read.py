from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.logs.lines import LogLineError, parse_cri_line, parse_docker_line
from k8smodels.logs.read import MAX_FILE_BYTES, MAX_FILE_LINES, LogOptions, read_logs, tail_start
from k8smodels.logs.timestamps import Timestamp, parse_timestamp

TIME = "2026-01-02T03:04:05.000000000Z"
CONTENT = st.binary(max_size=8).map(lambda text: text.replace(b"\n", b""))
PIECES = st.lists(st.tuples(st.sampled_from("PF"), CONTENT), max_size=8)
NUMBERS = st.none() | st.integers(0, 60)


def cri(stream: str, tag: str, text: bytes, time: str = TIME) -> bytes:
    return f"{time} {stream} {tag} ".encode() + text + b"\n"


@given(PIECES)
def test_pieces_of_a_line_are_joined(pieces: list[tuple[str, bytes]]) -> None:
    file = b"".join(cri("stdout", tag, text) for tag, text in pieces)
    assert read_logs(file).output == b"".join(text + (b"\n" if tag == "F" else b"") for tag, text in pieces)


@given(st.binary(max_size=200), NUMBERS, NUMBERS)
@example(b'null\n{"LOG":"a","time":null}', None, None)
@example(b'{"log":"\\ud800","stream":"stdout","time":"2026-01-02T03:04:05Z"}\n\xff', None, None)
@example(b'{"a":' * 30, None, None)
def test_any_file_gives_a_bounded_answer(file: bytes, tail_lines: int | None, limit_bytes: int | None) -> None:
    done = read_logs(file, LogOptions(tail_lines, limit_bytes))
    assert len(done.output) <= (len(file) * 3 if limit_bytes is None else limit_bytes)
    assert len(done.lines) <= file.count(b"\n") + 1
    assert done.end_reason
    assert file[done.start :].startswith(b"".join(line.raw for line in done.lines))
    assert all(line.reason or line.written or line.stream for line in done.lines)


@given(PIECES, st.integers(0, 9))
def test_the_tail_of_a_file_is_its_last_lines(pieces: list[tuple[str, bytes]], lines: int) -> None:
    file = b"".join(cri("stdout", tag, text) for tag, text in pieces)
    assert file[tail_start(file, lines) :].count(b"\n") == min(lines, len(pieces))
    assert read_logs(file).output.endswith(read_logs(file, LogOptions(tail_lines=lines)).output)


@given(PIECES, st.integers(0, 99))
def test_a_limit_shows_the_beginning(pieces: list[tuple[str, bytes]], limit: int) -> None:
    file = b"".join(cri("stdout", tag, text) for tag, text in pieces)
    assert read_logs(file, LogOptions(limit_bytes=limit)).output == read_logs(file).output[:limit]


def test_each_line_tells_why_it_is_not_shown() -> None:
    file = (
        cri("stdout", "F", b"old", "2026-01-02T03:04:04.999999999Z")
        + b"broken\n"
        + cri("stdin", "F", b"x")
        + cri("stderr", "F", b"four")
        + cri("stdout", "F", b"five")
    )
    done = read_logs(file, LogOptions(limit_bytes=4, since=parse_timestamp(TIME)))
    assert [line.reason for line in done.lines] == [
        f"older than {TIME}",
        "passed over: timestamp is not found",
        'passed over: unexpected stream type "stdin"',
        "cut: limitBytes was reached",
    ]
    assert (done.of("stderr"), done.end_reason) == (b"four", "limitBytes was reached")


def test_a_docker_line_of_an_unknown_stream_ends_the_reading() -> None:
    done = read_logs(b'{"log":"a\\n","stream":"stdout"}\n{"log":"b\\n","stream":"x"}\n{"log":"c","stream":"stdout"}\n')
    assert (done.output, done.error) == (b"a\n", 'unexpected stream type "x"')


def test_a_first_line_that_is_no_text_is_quoted_as_go_does() -> None:
    assert (
        read_logs(b'\xff"\\\x01\n').error == r'failed to get parse function: unsupported log format: "\xff\"\\\x01\n"'
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"hello", "timestamp is not found"),
        (b"now stdout F x", 'unexpected timestamp format: "now"'),
        (f"{TIME} stdout".encode(), "stream type is not found"),
        (f"{TIME} stdout F".encode(), "log tag is not found"),
        (f"{TIME} stdlog F x".encode(), 'unexpected stream type "stdlog"'),
    ],
)
def test_a_line_misses_its_parts_from_left_to_right(line: bytes, problem: str) -> None:
    with pytest.raises(LogLineError) as refused:
        parse_cri_line(line)
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    "line", [b"", b"[]", b'"x"', b'{"log":1}', b'{"time":"x"}', b'{"time":""}', b'{"a":NaN}', b"[" * 99999]
)
def test_what_is_no_docker_line_is_refused(line: bytes) -> None:
    with pytest.raises(LogLineError):
        parse_docker_line(line)


def test_docker_names_are_read_in_any_case_and_the_last_counts() -> None:
    line = parse_docker_line(b'{"Log":"a","LOG":"b","stream":"stderr","more":{"log":1},"log":null}')
    assert (line.text, line.stream, str(line.timestamp)) == (b"b", "stderr", "0001-01-01T00:00:00.000000000Z")


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)), st.integers(0, 10**9 - 1), st.integers(-1439, 1439))
def test_a_time_is_read_as_it_was_written(wall_clock: datetime, nanosecond: int, zone: int) -> None:
    moment = Timestamp(wall_clock.replace(microsecond=0), nanosecond, zone)
    assert parse_timestamp(str(moment)) == moment
    assert parse_timestamp(moment.short()) == moment
    assert len(str(moment)) - len(moment.short()) <= len(".000000000")


def test_moments_are_compared_across_zones() -> None:
    two, same = parse_timestamp("2026-01-02T03:04:05+02:00"), parse_timestamp("2026-01-02T01:04:05Z")
    assert two.instant() == same.instant()
    assert parse_timestamp("2026-01-02T3:04:05,5-00:00") == Timestamp.of(datetime(2026, 1, 2, 3, 4, 5, 500000))


@pytest.mark.parametrize(
    "text", ["", "2026-02-30T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:04:05+25:00", "2026-01-02T03:04:05"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|day|hour|zone"):
        parse_timestamp(text)


def test_a_file_and_its_options_are_bounded() -> None:
    for file in (b"x" * (MAX_FILE_BYTES + 1), b"\n" * (MAX_FILE_LINES + 1)):
        with pytest.raises(FieldError, match=r"file: Invalid value: .* must have at most"):
            read_logs(file)
    with pytest.raises(FieldError, match="tailLines: Invalid value: -1: must be greater than or equal to 0"):
        read_logs(b"", LogOptions(tail_lines=-1))
    with pytest.raises(FieldError, match="limitBytes: Invalid value: -1"):
        read_logs(b"", LogOptions(limit_bytes=-1))
