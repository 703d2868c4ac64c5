"""The parts of the book's own Sphinx extensions."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

import mathml
import reference
import trim_css
import trim_icons
import trim_markup


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".used{a:b}.unused{a:b}", ".used{a:b}"),
        (".used .unused,#used{a:b}", "#used{a:b}"),
        (".used:not(.unused){a:b}", ".used:not(.unused){a:b}"),
        ("p{a:b}", "p{a:b}"),
        ("@media print{.unused{a:b}}", ""),
        ("@media print{.used{a:b}.unused{a:b}}", "@media print{.used{a:b}}"),
        ("@keyframes x{from{a:b}}", "@keyframes x{from{a:b}}"),
        ("@import 'other.css';p{a:b}", "p{a:b}"),
    ],
)
def test_only_rules_that_can_match_are_kept(css, kept):
    assert trim_css.slimmed(css, "", {"used"}).replace(" {", "{") == kept


def test_addresses_in_a_stylesheet_follow_it_to_its_new_place():
    assert "url(fonts/a.woff)" in trim_css.slimmed("p{src:url('../fonts/a.woff')}", "styles", None)
    assert "url(data:x)" in trim_css.slimmed("p{src:url(data:x)}", "styles", None)


def test_only_icons_that_are_named_are_in_the_font():
    few, more = trim_icons.icon_fonts(r".x{content:'\f002'}"), trim_icons.icon_fonts(r".x{content:'\f002\f042\f0c9'}")
    assert few.count("@font-face") == 1
    assert len(few) < len(more) < 10_000
    assert trim_icons.icon_fonts("p{a:b}") == ""


def test_the_icon_font_has_the_same_bytes_each_time():
    css = r".x{content:'\f002'}"
    assert trim_icons.icon_fonts(css) == trim_icons.icon_fonts(css)


def test_a_folded_admonition_becomes_details():
    body = '<div class="admonition dropdown"><p class="admonition-title">Why</p><p>Because.</p></div>'
    assert '<details class="admonition dropdown"><summary' in trim_markup.repaired(body, "page")


def test_a_body_that_needs_no_repair_is_not_touched():
    body = "<p class='x'>&nbsp;text<br></p>"
    assert trim_markup.repaired(body, "page") is body


@pytest.mark.parametrize("alt", ["", "figure.png", "../_images/abc.svg"])
def test_a_picture_without_words_is_a_warning(alt, monkeypatch):
    said = []
    monkeypatch.setattr(trim_markup.log, "warning", lambda message, *_args, **_kinds: said.append(message))
    trim_markup.images(BeautifulSoup(f'<img src="a.png" alt="{alt}">', "html.parser"), "page")
    assert len(said) == 1


def test_a_picture_with_words_is_none(monkeypatch):
    monkeypatch.setattr(trim_markup.log, "warning", lambda *_args, **_kinds: pytest.fail("warned"))
    trim_markup.images(BeautifulSoup('<img src="a.png" alt="Three nodes; web fits on one.">', "html.parser"), "page")


def test_formulas_become_mathml():
    assert mathml.mathml(r"\frac{a}{b}", "inline").startswith("<math")
    assert "<mtr>" in mathml.mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "block")


def test_a_formula_that_cannot_be_written_is_an_error():
    with pytest.raises(ValueError, match="does not know"):
        mathml.mathml(r"\nosuchcommand{x}", "inline")


def test_the_reference_finds_what_a_chapter_uses(tmp_path):
    sources = ["from k8smodels.api.quantity import Quantity as Q\nimport k8smodels.api.intstr", "%time\nQ.parse('1')"]
    cells = [{"cell_type": "code", "source": source.splitlines(keepends=True)} for source in sources]
    notebook = tmp_path / "chapter.ipynb"
    notebook.write_text(json.dumps({"cells": cells}))
    assert "k8smodels.api.quantity.Quantity" in reference.used(notebook)
