from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.field_selectors import FieldRequirement, FieldSelector, parse_field_selector
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.selectors import (
    EVERYTHING,
    NOTHING,
    LabelSelector,
    LabelSelectorRequirement,
    Requirement,
    Selector,
    SelectorError,
    as_selector,
    format_label_selector,
    requirement,
    selector_from_set,
    selector_of,
)

KEYS = ("app", "tier", "in", "notin", "example.com/role")
VALUES = ("", "web", "db", "in", "3", "10")

keys, values = st.sampled_from(KEYS), st.sampled_from(VALUES)
labels = st.dictionaries(keys, values)
some_values = st.lists(values, min_size=1, max_size=3, unique=True).map(sorted)
requirements = st.one_of(
    st.builds(requirement, keys, st.sampled_from(["=", "==", "!="]), values.map(lambda value: [value])),
    st.builds(requirement, keys, st.sampled_from(["in", "notin"]), some_values),
    st.builds(requirement, keys, st.sampled_from(["exists", "!"])),
    st.builds(requirement, keys, st.sampled_from(["gt", "lt"]), st.sampled_from([["3"], ["9"]])),
)
selectors = st.lists(requirements, max_size=4).map(selector_of)
expressions = st.one_of(
    st.builds(
        lambda key, operator, some: LabelSelectorRequirement(key=key, operator=operator, values=tuple(some)),
        keys,
        st.sampled_from(["In", "NotIn"]),
        some_values,
    ),
    st.builds(
        lambda key, operator: LabelSelectorRequirement(key=key, operator=operator),
        keys,
        st.sampled_from(["Exists", "DoesNotExist"]),
    ),
)


@given(selectors)
def test_a_selector_is_read_back_as_it_is_printed(selector: Selector) -> None:
    assert parse_selector(str(selector)) == selector


@given(keys, some_values, labels)
def test_notin_selects_exactly_what_in_does_not(key: str, some: list[str], of: dict[str, str]) -> None:
    assert Requirement(key, "in", tuple(some)).matches(of) != Requirement(key, "notin", tuple(some)).matches(of)


@given(keys, labels)
def test_does_not_exist_selects_exactly_what_exists_does_not(key: str, of: dict[str, str]) -> None:
    assert Requirement(key, "exists").matches(of) != Requirement(key, "!").matches(of)


@given(keys, some_values, labels)
def test_in_is_the_or_of_its_values_and_notin_the_and_of_their_negations(
    key: str, some: list[str], of: dict[str, str]
) -> None:
    assert Requirement(key, "in", tuple(some)).matches(of) == any(
        Requirement(key, "=", (value,)).matches(of) for value in some
    )
    assert Requirement(key, "notin", tuple(some)).matches(of) == all(
        Requirement(key, "!=", (value,)).matches(of) for value in some
    )


@given(selectors, selectors, labels)
def test_more_requirements_select_the_objects_that_meet_both(a: Selector, b: Selector, of: dict[str, str]) -> None:
    assert selector_of([*a.requirements, *b.requirements]).matches(of) == (a.matches(of) and b.matches(of))


@given(labels, labels)
def test_a_set_selects_the_objects_that_have_all_its_labels(wanted: dict[str, str], of: dict[str, str]) -> None:
    assert selector_from_set(wanted).matches(of) == (wanted.items() <= of.items())


@given(labels, st.lists(expressions, max_size=3), labels)
def test_all_labels_and_all_expressions_of_an_object_must_match(
    wanted: dict[str, str], some: list[LabelSelectorRequirement], of: dict[str, str]
) -> None:
    both = LabelSelector(match_labels=wanted, match_expressions=tuple(some))
    parts = [LabelSelector(match_labels=wanted), *(LabelSelector(match_expressions=(item,)) for item in some)]
    assert as_selector(both).matches(of) == all(as_selector(part).matches(of) for part in parts)


@given(labels)
def test_an_absent_selector_selects_nothing_and_an_empty_one_everything(of: dict[str, str]) -> None:
    assert as_selector(None) is NOTHING
    assert not NOTHING.matches(of)
    assert as_selector(LabelSelector()) == EVERYTHING == parse_selector("") == selector_from_set({})
    assert EVERYTHING.matches(of)
    assert EVERYTHING.empty
    assert not NOTHING.empty


@pytest.mark.parametrize("text", ["app != web", "app notin (web)"])
def test_an_object_without_the_label_does_not_have_the_value(text: str) -> None:
    assert parse_selector(text).matches({})
    assert parse_selector(text).matches({"app": "db"})
    assert not parse_selector(text).matches({"app": "web"})


@pytest.mark.parametrize(("text", "value", "selected"), [("v>3", "10", True), ("v>3", "3", False), ("v<3", "-7", True)])
def test_greater_and_less_compare_integers_not_text(text: str, value: str, selected: bool) -> None:
    assert parse_selector(text).matches({"v": value}) is selected


def test_a_label_that_is_no_integer_is_neither_greater_nor_less() -> None:
    assert not parse_selector("v>3").matches({"v": "x"})
    assert not parse_selector("v<3").matches({"v": "x"})
    assert not parse_selector("v<3").matches({})


def test_the_printed_form_has_keys_and_values_in_order() -> None:
    assert str(parse_selector("tier in (front, back), app = web")) == "app=web,tier in (back,front)"
    unsorted = LabelSelectorRequirement(key="tier", operator="In", values=("front", "back"))
    assert format_label_selector(LabelSelector(match_expressions=(unsorted,))) == "tier in (back,front)"


def test_in_may_be_a_key_and_a_value() -> None:
    assert str(parse_selector("in in (in, notin)")) == "in in (in,notin)"


@pytest.mark.parametrize("text", ["app in ()", "app in (,)", "app in (,,,)"])
def test_a_missing_value_is_the_empty_one(text: str) -> None:
    assert parse_selector(text).requirements == (Requirement("app", "in", ("",)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("app=web,", "found '', expected: identifier after ','"),
        ("app web", "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"),
        ("app in web", "unable to parse requirement: found 'web' expected: '('"),
        ("!app=web", "found '=', expected: ',' or 'end of string'"),
        ("app in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"),
        ("app in (a,", "unable to parse requirement: found '', expected: ',', or identifier"),
    ],
)
def test_broken_text_is_refused_in_kubectls_words(text: str, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert str(caught.value) == message


def test_several_problems_are_told_together_and_each_once() -> None:
    with pytest.raises(SelectorError) as caught:
        requirement("-", "exists", ["<"])
    first, second, third = str(caught.value).strip("[]").split(", values")
    assert first.startswith('key: Invalid value: "-": name part must consist of')
    assert second == r': Invalid value: ["\u003c"]: values set must be empty for exists and does not exist'
    assert third.startswith('[0][-]: Invalid value: "<": a valid label must be')


@pytest.mark.parametrize(("key", "count"), [("k" * 63, 63), ("p" * 253 + "/k", 253)])
def test_a_key_may_have_63_characters_after_a_prefix_of_253(key: str, count: int) -> None:
    assert str(requirement(key, "exists")) == key
    longer = key.replace("/", "x/") if "/" in key else key + "x"
    with pytest.raises(SelectorError, match=f"must be no more than {count} bytes"):
        requirement(longer, "exists")


def test_kubectl_shows_none_for_a_selector_without_labels_and_error_for_a_bad_one() -> None:
    assert format_label_selector(None) == format_label_selector(LabelSelector()) == "<none>"
    assert format_label_selector(LabelSelector(match_labels={"a b": "c"})) == "<error>"
    assert format_label_selector(LabelSelector(match_labels={"app": "web"})) == "app=web"


fields = st.builds(FieldRequirement, keys, st.sampled_from(["=", "!="]), st.text(alphabet="ab\\,=!< ", max_size=5))


@given(st.lists(fields, max_size=4))
def test_a_field_selector_is_read_back_as_it_is_printed(some: list[FieldRequirement]) -> None:
    read = parse_field_selector(str(FieldSelector(tuple(some))))
    assert sorted(map(str, read.requirements)) == sorted(map(str, some))


@given(keys, values, labels)
def test_a_field_that_is_absent_is_empty(key: str, value: str, of: dict[str, str]) -> None:
    assert FieldRequirement(key, "=", value).matches(of) == (of.get(key, "") == value)
    assert FieldRequirement(key, "=", value).matches(of) != FieldRequirement(key, "!=", value).matches(of)


def test_an_escaped_comma_does_not_end_a_term() -> None:
    selector = parse_field_selector(r"metadata.name=a\,b\=c\\,status.phase!=Running")
    assert selector.matches({"metadata.name": "a,b=c\\", "status.phase": "Pending"})
    assert len(selector.requirements) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a in (b)", "invalid selector: 'a in (b)'; can't understand 'a in (b)'"),
        ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        ("a=\\b", "invalid field selector: invalid escape sequence: \\b"),
        ("a=b\\", "invalid field selector: invalid escape sequence: \\"),
    ],
)
def test_broken_field_selectors_are_refused_in_the_servers_words(text: str, message: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_field_selector(text)
    assert str(caught.value) == message
