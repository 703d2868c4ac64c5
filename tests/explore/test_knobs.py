"""Values, texts and keys of the knobs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.explore import Choice, Range, Steps, Text, Toggle


def test_a_range_of_whole_numbers_gives_int_and_includes_both_ends():
    knob = Range(1, 4, unit="pods")
    assert knob.values == (1, 2, 3, 4)
    assert all(type(value) is int for value in knob.values)
    assert knob.texts[1] == "2 pods"


def test_a_range_of_tenths_stays_round():
    knob = Range(0, 1, step=0.1, start=0.3)
    assert knob.keys[3] == "0.3"
    assert knob.values[3] == 0.3
    assert knob.at == 3


def test_a_range_in_hundreds_is_not_written_in_exponents():
    assert Range(0, 200, step=100.0).keys == ("0", "100", "200")


@given(st.integers(-50, 50), st.integers(0, 100), st.sampled_from([1, 2, 5, 0.5, 0.25, 0.1]))
def test_neighbours_of_a_range_are_one_step_apart(low, length, step):
    knob = Range(low, low + length, step=step)
    gaps = {round(b - a, 9) for a, b in zip(knob.values, knob.values[1:], strict=False)}
    assert gaps <= {step}
    assert knob.values[0] == low
    assert low + length - knob.values[-1] < step


@pytest.mark.parametrize("arguments", [(1, 0), (0, 1, 0), (0, 1, -1)])
def test_an_impossible_range_is_refused(arguments):
    with pytest.raises(ValueError, match="needs step > 0 and low <= high"):
        Range(*arguments)


def test_a_start_off_the_grid_is_refused():
    with pytest.raises(ValueError, match=r"start=0\.3 is not one of"):
        Range(0, 1, step=0.5, start=0.3)


def test_a_choice_maps_values_to_texts():
    knob = Choice({None: "no taint", "gpu": "gpu=true:NoSchedule"}, start="gpu")
    assert (knob.values, knob.texts, knob.keys, knob.at) == (
        (None, "gpu"),
        ("no taint", "gpu=true:NoSchedule"),
        ("None", "gpu"),
        1,
    )


def test_a_choice_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one value"):
        Choice()


def test_two_values_that_a_link_could_not_tell_apart_are_refused():
    with pytest.raises(ValueError, match="same value twice"):
        Choice(1, "1")


def test_a_toggle_starts_off_unless_told():
    assert (Toggle().at, Toggle(start=True).at, Toggle().values) == (0, 1, (False, True))


def test_steps_count_from_zero_for_the_view_and_from_one_for_the_reader():
    knob = Steps(3)
    assert (knob.values, knob.texts, knob.keys) == ((0, 1, 2), ("1 of 3", "2 of 3", "3 of 3"), ("1", "2", "3"))


def test_text_longer_than_the_limit_is_refused_with_both_sizes():
    assert Text.accept("x" * Text.LIMIT_BYTES)
    with pytest.raises(ValueError, match="Too long: must have at most 1,000,000 bytes, this has 1,000,002"):
        Text.accept("节" * 333_334)


@pytest.mark.parametrize(
    ("knob", "text"),
    [
        (Range(0, 8, step=0.5, unit="cpu"), "Range(0, 8, step=0.5, unit='cpu')"),
        (Choice("a", "b"), "Choice(a, b)"),
        (Toggle(), "Toggle()"),
        (Steps(4), "Steps(4)"),
        (Text(cases={"one": "x"}), "Text(one)"),
    ],
)
def test_a_knob_prints_as_it_was_written(knob, text):
    assert repr(knob) == text
