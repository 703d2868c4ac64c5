"""The static player: payload, order of the grid, controls, limits, drawings."""

import base64
import configparser
import hashlib
import itertools
import re
import subprocess
import sys
import zlib
from functools import partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.explore import Choice, Explorer, Range, Steps, Text, Toggle
from k8smodels.explore.drawing import as_images, asset
from k8smodels.explore.payload import deduplicate, pack, unpack
from k8smodels.explore.player import payload
from k8smodels.explore.words import slug
from k8smodels.views import Frame, el

JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=20)


def show(**values):
    return Frame(str(el("p", repr(values))), f"{values}")


def explorer(**knobs):
    return Explorer(show, title="All `knobs` & more", note="Turn **them**.", **knobs)


def every_knob():
    return explorer(
        cpu=Range(0.5, 2, step=0.5, unit="cpu", start=1.5),
        strategy=Choice("LeastAllocated", "MostAllocated", label="scoring <b>"),
        taint=Choice("a", "b", "c", "d"),
        cordoned=Toggle(start=True),
        manifest=Text(cases={"one": "<x>", "two": "y"}),
        step=Steps(3),
    )


def parsed(widget):
    return BeautifulSoup(widget.static_html(), "html.parser")


@given(JSON)
def test_packing_and_unpacking_gives_the_same_content(content):
    assert unpack(pack(content).text) == content


@given(st.lists(st.text()))
def test_deduplication_keeps_every_item_at_its_place(items):
    kept, index = deduplicate(items)
    assert [kept[i] for i in index] == items
    assert len(set(kept)) == len(kept)


def test_the_last_knob_moves_fastest_in_the_index():
    widget = explorer(a=Range(1, 2), b=Choice("x", "y", "z"))
    packed = payload(widget)
    wanted = [show(a=a, b=b).html for a, b in itertools.product((1, 2), "xyz")]
    assert [packed["frames"][i][0] for i in packed["index"]] == wanted


def test_equal_frames_are_kept_once():
    same = Explorer(lambda **_values: Frame("<p>same</p>", "same"), title="t", a=Range(1, 50), b=Toggle())
    assert payload(same)["index"] == [0] * 100


def test_the_same_explorer_gives_the_same_bytes_in_another_process():
    code = (
        "from k8smodels.explore import *; from k8smodels.views import Frame;"
        "print(Explorer(lambda n: Frame('<p>%d</p>' % n, str(n)), title='t', n=Range(1, 9)).static_html(), end='')"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout for _ in "ab"
    }
    here = Explorer(lambda n: Frame(f"<p>{n}</p>", str(n)), title="t", n=Range(1, 9)).static_html()
    assert runs == {here}


def test_the_digest_changes_with_one_frame():
    def digest(view):
        return parsed(Explorer(view, title="t", n=Range(1, 9)))("script")[0]["data-digest"]

    one = digest(lambda n: Frame("", str(n)))
    other = digest(lambda n: Frame("", str(n if n < 9 else 0)))
    assert re.fullmatch("[0-9a-f]{12}", one)
    assert one != other


def test_the_page_holds_the_texts_of_the_cases():
    widget = every_knob()
    assert unpack(parsed(widget)("script")[0].text)["texts"] == {"manifest": ["<x>", "y"]}
    assert parsed(widget).select_one("pre.case").text == "<x>"


def test_controls_are_hidden_until_scripts_show_them():
    page = parsed(every_knob())
    outside = [tag for tag in page.select("input, select, button, output") if tag.find_parent("form") is None]
    assert page.form["hidden"] == "hidden"  # with a value: JupyterLab's sanitizer drops the bare attribute
    assert outside == []


def test_every_control_has_a_name_and_starts_where_the_knob_does():
    page = parsed(every_knob())
    labelled = {label["for"] for label in page.select("label[for]")}
    for control in page.select("input[type=range], select"):
        assert control["id"] in labelled
    assert page.select_one("input[type=range]")["value"] == "1.5"
    assert page.select_one("input[type=range]")["aria-valuetext"] == "1.5 cpu"
    assert page.select_one("input[type=checkbox]").has_attr("checked")
    assert page.select_one("[role=radiogroup]")["aria-labelledby"] in {tag.get("id") for tag in page.select(".lab")}


def test_three_short_choices_stand_side_by_side_and_more_become_a_menu():
    page = parsed(every_knob())
    assert len(page.select(".seg input")) == 2
    assert [option["value"] for option in page.select_one('[data-knob="taint"] select').select("option")] == list(
        "abcd"
    )


def test_labels_and_titles_are_escaped():
    html = every_knob().static_html()
    assert "scoring &lt;b&gt;" in html
    assert "<code>knobs</code> &amp; more" in html


def test_ids_are_unique():
    ids = [tag["id"] for tag in parsed(every_knob()).select("[id]")]
    assert len(ids) == len(set(ids))


def test_too_many_settings_are_refused_with_their_sizes():
    with pytest.raises(ValueError, match=r"a 100 x b 100 = 10,000 settings, more than 2,000: coarsen or drop a knob"):
        explorer(a=Range(1, 100), b=Range(1, 100)).static_html()


def test_too_large_frames_are_refused():
    big = Explorer(lambda n: Frame(str(n) * 100_000, ""), title="t", n=Range(1, 50))
    with pytest.raises(ValueError, match=r"bytes of JSON, more than 2,000,000"):
        big.static_html()


def test_frames_that_do_not_compress_are_refused():
    text = "".join(hashlib.sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(2_000))
    with pytest.raises(ValueError, match=r"bytes compressed, more than 40,000"):
        pack(text)


def test_an_error_of_the_reader_stands_in_the_frame():
    def view(text):
        if text == "bad":
            raise ValueError('spec.replicas: Invalid value: "<2>"')
        return Frame(f"<p>{text}</p>", text)

    frames = payload(Explorer(view, title="t", text=Text(cases={"a": "good", "b": "bad"})))["frames"]
    assert frames[1][0] == '<p class="v no error"><b>spec.replicas: Invalid value: "&lt;2&gt;"</b></p>'


def test_a_defect_of_a_view_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        Explorer(lambda n: Frame("", str(1 / n)), title="t", n=Range(0, 1)).static_html()


def test_where_nobody_types_an_error_is_a_defect():
    def refuse(n):
        raise ValueError(n)

    with pytest.raises(ValueError, match="1"):
        Explorer(refuse, title="t", n=Range(1, 2)).static_html()


def test_without_knobs_there_is_neither_form_nor_script():
    html = Explorer(lambda: Frame("<p>x</p>", "It is x."), title="One figure").static_html()
    assert "<form" not in html
    assert "<script" not in html
    assert "It is x." in html


def test_a_drawing_becomes_an_image_with_its_title_its_size_and_its_rules():
    drawing = el(
        "svg", el("title", "Two of 4 & more"), el("rect", class_="old"), class_="chart", viewBox="0 0 320 99.6"
    )
    image = BeautifulSoup(as_images(f"<p>a</p>{drawing}"), "html.parser").img
    assert (image["alt"], image["width"], image["height"]) == ("Two of 4 & more", "320", "100")
    assert image["class"] == ["chart", "drawing"]
    source = base64.b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert 'xmlns="http://www.w3.org/2000/svg"' in source
    assert ".old{fill: var(--k-node-soft);}" in source
    assert "--k-node-soft:#e3e8ee;" in source
    assert "prefers-color-scheme:dark){:root{--k-node-soft:#303b48;" in source
    assert ".avail" not in source


def test_a_drawing_that_names_no_class_of_ours_carries_no_rules():
    assert b"<style" not in base64.b64decode(re.search(r"base64,([^\"]+)", as_images("<svg><path d='M0 0'/></svg>"))[1])


def test_every_token_that_the_style_sheets_use_is_defined():
    used = set(re.findall(r"var\((--k-[\w-]+)", asset("frames.css") + asset("tokens.css")))
    defined = set(re.findall(r"(--k-[\w-]+):", asset("tokens.css")))
    assert used - defined == set()


def test_dark_and_light_define_the_same_colours():
    light, _, dark = asset("tokens.css").partition("/* dark */")
    coloured = {
        name for name, value in re.findall(r"(--k-[\w-]+):\s*([^;]+);", light) if "#" in value and "url" not in value
    }
    assert coloured == set(re.findall(r"(--k-[\w-]+):", dark.split("@media print")[0]))


def test_nbval_overlooks_how_frames_were_compressed_and_nothing_else():
    rules = configparser.RawConfigParser()
    rules.read(Path(__file__).parents[1] / "nbval_sanitize.cfg")
    sanitize = partial(re.sub, rules["frames"]["regex"], rules["frames"]["replace"])
    html = explorer(n=Range(1, 3)).static_html()
    text = parsed(explorer(n=Range(1, 3)))("script")[0].text
    other = base64.b64encode(zlib.compress(zlib.decompress(base64.b64decode(text)), 0)).decode()
    assert sanitize(html) == sanitize(html.replace(text, other))
    assert sanitize(html) != sanitize(explorer(n=Range(1, 4)).static_html())
    assert "All <code>knobs</code>" in sanitize(html)


@pytest.mark.parametrize(
    ("title", "name"), [("Where does `web` go?", "where-does-web-go"), ("1 & 2", "1-2"), ("节点 A", "节点-a")]
)
def test_a_title_names_its_widget(title, name):
    assert slug(title) == name


def test_a_title_without_letters_is_refused():
    with pytest.raises(ValueError, match="no letter or digit"):
        slug("?!")


def test_a_drawing_that_only_decorates_stays_a_drawing():
    drawing = '<svg aria-hidden="true" viewBox="0 0 360 24"><path d="M30 12H90"/></svg>'
    assert as_images(drawing) == drawing
