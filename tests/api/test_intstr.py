from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.intstr import IntOrStringError, int_value, parse, scaled_value

totals = st.integers(0, 10_000)
percentages = st.integers(-300, 300)


@given(percentages, totals)
def test_a_percentage_is_its_exact_share_rounded_as_asked(percent: int, total: int) -> None:
    share = Fraction(percent * total, 100)
    assert scaled_value(f"{percent}%", total, round_up=True) == math.ceil(share)
    assert scaled_value(f"{percent}%", total, round_up=False) == math.floor(share)


@given(st.integers(-(2**31), 2**31 - 1), totals, st.booleans())
def test_a_number_does_not_depend_on_the_total(number: int, total: int, up: bool) -> None:
    assert scaled_value(number, total, round_up=up) == number


@given(st.integers(-(2**31), 2**31 - 1))
def test_the_text_of_a_32_bit_number_is_that_number(number: int) -> None:
    assert parse(str(number)) == number == int_value(str(number))


@pytest.mark.parametrize("text", ["25%", "", "http", "2147483648", "-2147483649", "1.5", " 1"])
def test_any_other_text_stays_text(text: str) -> None:
    assert parse(text) == text


def test_text_that_is_no_number_counts_as_zero() -> None:
    assert int_value("25%") == 0
    assert int_value("http") == 0


@pytest.mark.parametrize("digits", ["9223372036854775808", "9" * 20, "9" * 50, "9" * 20 + "%", "0" * 30 + "9" * 20])
def test_a_number_beyond_64_bits_counts_as_the_largest(digits: str) -> None:
    assert int_value(digits) == 2**63 - 1
    assert int_value("-" + digits) == -(2**63)


def test_zeros_in_front_do_not_make_a_number_long() -> None:
    assert int_value("0" * 40 + "7") == 7
    assert int_value("-" + "0" * 40 + "7") == -7


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "nil value for IntOrString"),
        ("5", "invalid value for IntOrString: invalid type: string is not a percentage"),
        ("", "invalid value for IntOrString: invalid type: string is not a percentage"),
        ("%", 'invalid value for IntOrString: invalid value "%": strconv.Atoi: parsing "": invalid syntax'),
        ("a\t%", r'invalid value for IntOrString: invalid value "a\t%": strconv.Atoi: parsing "a\t": invalid syntax'),
    ],
)
def test_what_is_neither_number_nor_percentage_is_refused_in_gos_words(value: str | None, message: str) -> None:
    with pytest.raises(IntOrStringError) as caught:
        scaled_value(value, 10, round_up=True)
    assert str(caught.value) == message
