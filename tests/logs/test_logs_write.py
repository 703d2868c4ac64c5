from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.logs.read import read_logs
from k8smodels.logs.timestamps import parse_timestamp
from k8smodels.logs.write import MAX_LINE_BYTES, MAX_OUTPUT_BYTES, Piece, log_lines, pieces

TIME = parse_timestamp("2026-01-02T03:04:05.5Z")
OUTPUT = st.lists(st.sampled_from([b"a", b"bcd", b"\r", b"\n", b"x" * 15, b"\xff"]), max_size=20).map(b"".join)
LENGTHS = st.just(0) | st.integers(16, 40)


@given(OUTPUT, LENGTHS)
@example(b"x" * 15 + b"\r\n", 16)
@example(b"\r\r\n", 16)
def test_what_is_written_is_read_back(output: bytes, max_line_bytes: int) -> None:
    file = log_lines(output, "stderr", TIME, max_line_bytes)
    assert read_logs(file).of("stderr") == output.replace(b"\r\n", b"\n")


@given(OUTPUT, LENGTHS)
def test_a_piece_is_no_longer_than_allowed_and_every_line_break_ends_one(output: bytes, max_line_bytes: int) -> None:
    cut = pieces(output, max_line_bytes)
    assert sum(piece.tag == "F" for piece in cut) == output.count(b"\n")
    assert all(len(piece.text) <= max_line_bytes for piece in cut) or not max_line_bytes


def test_a_line_of_exactly_the_limit_is_not_cut() -> None:
    line = b"x" * MAX_LINE_BYTES
    assert pieces(line + b"\n") == [Piece("F", line)]
    assert pieces(line + b"y\n") == [Piece("P", line), Piece("F", b"y")]


def test_an_end_without_a_line_break_stays_partial() -> None:
    assert pieces(b"a\nb") == [Piece("F", b"a"), Piece("P", b"b")]
    assert pieces(b"") == []


def test_times_are_written_without_zeros_at_their_end() -> None:
    assert log_lines(b"\n", "stdout", TIME) == b"2026-01-02T03:04:05.5Z stdout F \n"


def test_output_and_settings_are_bounded() -> None:
    with pytest.raises(FieldError, match="output: Invalid value"):
        pieces(b"x" * (MAX_OUTPUT_BYTES + 1))
    for length in (-1, 15):
        with pytest.raises(FieldError, match=r"maxContainerLogLineSize: Invalid value: .*: must be 0 or at least 16"):
            pieces(b"x", length)
    with pytest.raises(FieldError, match='stream: Unsupported value: "stdin": supported values: "stderr", "stdout"'):
        log_lines(b"x", "stdin", TIME)
