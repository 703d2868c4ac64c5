from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.quantity import Format, Quantity, QuantityError

DECIMAL_POWERS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12}
BINARY_POWERS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40}
FORMATS = ("DecimalSI", "BinarySI", "DecimalExponent")

numbers = st.from_regex(r"[+-]?[0-9]{1,9}(\.[0-9]{0,4})?", fullmatch=True)
suffixes = st.sampled_from([*DECIMAL_POWERS, *BINARY_POWERS, "e3", "E2", "e-3", "e+6"])
texts = st.builds(lambda number, suffix: number + suffix, numbers, suffixes)
quantities = st.builds(Quantity, st.integers(-(10**30), 10**30), st.sampled_from(FORMATS))


def q(text: str) -> Quantity:
    return Quantity.parse(text)


@given(numbers, st.sampled_from([*DECIMAL_POWERS]))
def test_a_decimal_suffix_is_a_power_of_ten_and_the_rest_is_rounded_away_from_zero(number: str, suffix: str) -> None:
    exact = Fraction(number) * Fraction(10) ** (DECIMAL_POWERS[suffix] + 9)
    nanos = q(number + suffix).nanos
    assert abs(nanos) - 1 < abs(exact) <= abs(nanos)
    assert (nanos > 0) == (exact > 0)


@given(st.integers(0, 10**6), st.sampled_from([*BINARY_POWERS]))
def test_a_binary_suffix_is_a_power_of_two(number: int, suffix: str) -> None:
    assert q(f"{number}{suffix}").value() == number * 2 ** BINARY_POWERS[suffix]


@given(texts)
def test_the_printed_form_is_the_same_amount(text: str) -> None:
    assert q(str(q(text))) == q(text)


@given(quantities)
def test_a_computed_quantity_is_read_back_as_it_is_printed(amount: Quantity) -> None:
    capped = amount.format == "BinarySI" and abs(amount.nanos) > (2**63 - 1) * 10**9
    if not capped:
        assert q(str(amount)) == amount


@given(st.integers(-(10**30), 10**30), st.sampled_from(["DecimalSI", "DecimalExponent"]))
def test_the_canonical_form_of_a_canonical_form_is_itself(nanos: int, style: Format) -> None:
    once = str(Quantity(nanos, style))
    assert str(q(once) + q("0")) == once


@given(st.integers(1, 1023), st.integers(1, 5))
def test_a_binary_suffix_is_kept_when_read_again(number: int, power: int) -> None:
    once = str(Quantity.from_value(number * 1024**power, "BinarySI"))
    assert once.endswith("i")
    assert str(q(once) + q("0")) == once


@given(quantities, quantities, quantities)
def test_the_order_is_total(a: Quantity, b: Quantity, c: Quantity) -> None:
    assert (a < b) + (a == b) + (a > b) == 1
    assert not (a <= b <= c) or a <= c
    low, middle, high = sorted([a, b, c])
    assert low <= middle <= high


@given(quantities, quantities)
def test_adding_and_taking_away_again_changes_nothing(a: Quantity, b: Quantity) -> None:
    assert a + b - b == a
    assert a + b == b + a
    assert a - b == -(b - a)
    assert (a < b) == ((a - b).sign < 0)


@given(quantities, st.integers(0, 50))
def test_a_product_is_a_repeated_sum(amount: Quantity, times: int) -> None:
    assert amount * times == sum([amount] * times, start=Quantity(0))


@given(texts)
def test_whole_units_and_thousandths_are_rounded_away_from_zero(text: str) -> None:
    amount = q(text)
    assert abs(amount.value()) - 1 < Fraction(abs(amount.nanos), 10**9) <= abs(amount.value())
    assert abs(amount.milli_value()) - 1 < Fraction(abs(amount.nanos), 10**6) <= abs(amount.milli_value())


def test_equal_amounts_are_one_key_of_a_dictionary_however_written() -> None:
    assert q("1024Mi") == q("1Gi") == q("1073741824")
    assert len({q("1024Mi"), q("1Gi"), q("1073741824")}) == 1
    assert q("1Gi") != q("1G")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("1000m", "1"), ("1.5", "1500m"), ("1.5Gi", "1536Mi"), ("1024Ki", "1Mi"), ("0.1Ki", "102400m"), ("0m", "0")],
)
def test_the_canonical_form_has_no_fraction_and_the_largest_suffix(text: str, canonical: str) -> None:
    assert str(q(text)) == canonical


@pytest.mark.parametrize("text", ["007", "+1", "1.", "5.391", "039470Ki"])
def test_a_text_whose_digits_look_canonical_is_kept_as_it_is(text: str) -> None:
    assert str(q(text)) == text


@pytest.mark.parametrize(("left", "right", "total"), [("1Gi", "1Gi", "2Gi"), ("0", "1Gi", "1Gi"), ("1", "1Ki", "1025")])
def test_a_sum_is_written_as_its_first_part_unless_that_is_zero(left: str, right: str, total: str) -> None:
    assert str(q(left) + q(right)) == total


def test_nothing_finer_than_a_billionth_is_kept() -> None:
    assert q("0.1n") == q("1n") == q("1e-4000") == q("1e-10")
    assert q("-0.1n") == q("-1n")


def test_a_binary_amount_ends_at_the_largest_64_bit_integer() -> None:
    assert q("8Ei") == q("16Ei") == q("9223372036854775807")


@pytest.mark.parametrize(("nanos", "canonical"), [(1000 * 10**9, "1k"), (1024 * 10**9, "1Ki"), (15 * 10**8, "1500m")])
def test_a_binary_amount_below_1024_or_with_a_fraction_is_written_as_a_decimal_one(nanos: int, canonical: str) -> None:
    assert str(Quantity(nanos, "BinarySI")) == canonical


def test_an_amount_beyond_the_last_suffix_keeps_its_magnitude() -> None:
    assert str(q("999E") + q("1E")) == "1000E"
    assert str(Quantity.from_value(2**80, "BinarySI")) == "1048576Ei"


@pytest.mark.parametrize("text", ["", " ", "1x", "1 ", "½", "٣", "1.2.3", "1_000", "0x10", "1\n"])
def test_text_of_another_form_is_refused_with_the_expression(text: str) -> None:
    with pytest.raises(QuantityError, match=r"^quantities must match the regular expression"):
        q(text)


@pytest.mark.parametrize("text", ["1K", "1ki", "1e", "1i", "1kk", "--1", "1e99999999999999999999"])
def test_an_unknown_suffix_is_refused(text: str) -> None:
    with pytest.raises(QuantityError, match=r"^unable to parse quantity's suffix$"):
        q(text)


@pytest.mark.parametrize("text", ["Ei", ".e-12", "+.n5"])
def test_a_suffix_without_digits_is_refused_where_it_is_not_read_as_zero(text: str) -> None:
    with pytest.raises(QuantityError, match=r"^unable to parse"):
        q(text)


@pytest.mark.parametrize("text", ["1e99999999", "9" * 10**6, "1" * 999 + "x", "0" * 999 + "e5000" * 9])
def test_a_huge_number_is_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(QuantityError):
        q(text)
    assert time.perf_counter() - start < 1


def test_zero_stays_zero_under_any_exponent() -> None:
    assert str(q("0e5000")) == "0"


def test_the_repr_makes_the_quantity_again() -> None:
    assert eval(repr(q("1536Mi"))) == q("1536Mi")
