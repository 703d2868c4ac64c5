from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.logs.klog import MAX_PAIRS, Header, key_values, structured_line

TIME = datetime(2026, 1, 2, 3, 4, 5, 67)
HEADER = Header("INFO", TIME, 42, "a.go", 1)


@given(st.integers(0, 2**31))
def test_a_header_has_the_same_width_for_every_process(pid: int) -> None:
    header = str(Header("INFO", TIME, pid, "a.go", 1))
    assert len(header) == len("I0102 03:04:05.000067      42 a.go:1] ")
    assert header[22:29].strip() == (str(pid)[-7:] if pid else "")


@given(st.text(), st.text())
def test_a_line_ends_only_where_a_value_has_lines(message: str, value: str) -> None:
    line = structured_line(HEADER, message, ["key", value])
    assert line.endswith("\n")
    assert line.count("\n") == (1 if "\n" not in value else 2 + value.removesuffix("\n").count("\n") + 1)


def test_of_a_key_that_comes_twice_the_last_value_stays() -> None:
    assert key_values(["a", 1, "b", 2, "a", 3]) == " b=2 a=3"
    assert key_values(["a", 1, "b", 2, "a", 1]) == " a=1 b=2", "the same again changes nothing"


def test_a_block_looks_the_same_with_and_without_a_last_line_break() -> None:
    assert key_values(["k", "x\ny"]) == key_values(["k", "x\ny\n"]) == " k=<\n\tx\n\ty\n >"


def test_json_escapes_what_html_would_read() -> None:
    assert key_values(["k", {"b": "<&>", "a": None}]) == r' k={"a":null,"b":"\u003c\u0026\u003e"}'


def test_a_value_without_json_text_is_refused() -> None:
    nested: list[object] = []
    nested.append(nested)
    for value in (float("nan"), nested, {"a": object()}):
        with pytest.raises(FieldError, match="must be text, a number"):
            key_values(["k", value])  # type: ignore[list-item]  # what a reader may pass


def test_a_line_is_bounded() -> None:
    with pytest.raises(FieldError, match=f"must have at most {2 * MAX_PAIRS} items"):
        key_values(["k"] * (2 * MAX_PAIRS + 1))
