"""The element builder, the inline marks, frames and text tables."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.views import Html, el, error_frame, inline, join, plain
from k8smodels.views.text import columns, width


@given(st.text(), st.text())
def test_no_text_of_a_reader_becomes_markup(content, value):
    element = str(el("p", content, data_value=value)) + str(inline(content))
    assert "<script" not in element
    assert element.count("<p") == 1


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_what_goes_in_is_what_a_parser_reads(content, value):
    parsed = ET.fromstring(el("p", content, data_value=value))
    assert (parsed.text or "", parsed.get("data-value")) == (content, value)


def test_attributes_stand_in_a_fixed_order():
    assert (
        el("i", title="t", id="x", class_="w25", aria_label="a")
        == '<i class="w25" id="x" aria-label="a" title="t"></i>'
    )


def test_true_writes_a_bare_attribute_and_none_and_false_write_nothing():
    assert el("input", checked=True, disabled=False, name=None) == "<input checked>"


def test_a_void_element_takes_no_content():
    with pytest.raises(ValueError, match="<br> takes no content"):
        el("br", "text")


def test_markup_of_ours_stays_markup():
    assert join([el("b", "x"), "<", None, 3]) == "<b>x</b>&lt;3"
    assert isinstance(join([]), Html)


def test_code_keeps_its_stars_and_bold_may_hold_code():
    assert inline("`a**b**` **of `c`**") == "<code>a**b**</code> <b>of <code>c</code></b>"


@pytest.mark.parametrize(
    ("text", "markup", "words"),
    [
        ("It *refuses* them.", "It <em>refuses</em> them.", "It refuses them."),
        ("of the *two thirds*", "of the <em>two thirds</em>", "of the two thirds"),
        ("**no *one* here**", "<b>no <em>one</em> here</b>", "no one here"),
        ("*/5 * * * *", "*/5 * * * *", "*/5 * * * *"),
        ("2*3 and 4*5", "2*3 and 4*5", "2*3 and 4*5"),
        ("*.example.com, *.org", "*.example.com, *.org", "*.example.com, *.org"),
    ],
)
def test_a_stressed_word_is_marked_and_a_star_alone_stays(text: str, markup: str, words: str):
    assert inline(text) == markup
    assert plain(text) == words


def test_an_error_frame_shows_every_line_escaped_and_says_the_first():
    frame = error_frame(ValueError('spec.x: Invalid value: "<b>"\nspec.y: Required value'))
    assert frame.html.count('<p class="v no error">') == 2
    assert "&lt;b&gt;" in frame.html
    assert "<b>spec.x" in frame.html
    assert frame.says == 'The input was refused: spec.x: Invalid value: "<b>"'


def test_columns_are_three_spaces_apart_and_never_end_in_blanks():
    assert columns(["NAME", "CPU"], [["a-long-name", 4], ["b", None]]) == (
        "NAME          CPU\na-long-name   4\nb             None"
    )


def test_a_chinese_character_takes_two_columns():
    assert width("节点-1") == 6
    assert columns(["名", "N"], [["a", 1]]) == "名   N\na    1"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="2 cells"):
        columns(["A", "B"], [["a"]])
