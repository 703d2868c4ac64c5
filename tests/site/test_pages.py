"""Every page of the built site, as a file."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

BUDGET = 150_000  # compressed bytes of a page with everything that it loads
REQUESTS = 20
FILE_NAME = re.compile(r"\.(png|svg|jpe?g|gif|webp)$", re.IGNORECASE)


def is_external(address: str) -> bool:
    return urlsplit(address).scheme in {"http", "https"} or address.startswith("//")


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def test_no_page_loads_anything_from_elsewhere(site):
    outside = {name: [r for r in page.resources() if is_external(r)] for name, page in site.items()}
    assert not {name: found for name, found in outside.items() if found}


def test_the_stylesheet_loads_nothing_from_elsewhere(site):
    css = (site["index.html"].path.parent / "_static" / "site.css").read_text("utf-8")
    assert not re.search(r"url\(['\"]?(https?:)?//", css)
    assert "@import" not in css


def test_every_loaded_file_exists(site):
    missing = {
        f"{name}: {address}"
        for name, page in site.items()
        for address in page.resources()
        if not address.startswith("data:") and not page.target(address)[0].is_file()
    }
    assert not missing


def test_every_inside_link_leads_to_a_page_and_an_anchor(site):
    files = {page.path: page for page in site.values()}
    broken = set()
    for name, page in site.items():
        for link in page.soup.select("a[href]"):
            address = link["href"]
            if urlsplit(address).scheme or address.startswith("//") or address == "#":
                continue
            path, anchor = page.target(address)
            if not path.is_file() or (anchor and path in files and anchor not in files[path].anchors):
                broken.add(f"{name}: {address}")
    assert not broken


def test_every_page_has_title_language_and_description(site):
    descriptions = {}
    for name, page in site.items():
        assert page.soup.html.get("lang") == "en", name
        assert page.soup.title.get_text(strip=True), name
        found = page.soup.select_one('meta[name="description"]')
        assert found is not None, name
        assert found["content"].strip(), name
        descriptions[name] = found["content"]
    assert len(set(descriptions.values())) == len(descriptions), "two pages say the same of themselves"


def test_every_picture_has_words(site):
    wordless = [
        f"{name}: {image.get('src', '')[:60]}"
        for name, page in site.items()
        for image in page.soup.select("img")
        if image.get("aria-hidden") != "true"
        and (not image.get("alt", "").strip() or FILE_NAME.search(image["alt"]) or "_images/" in image["alt"])
    ]
    assert not wordless


def test_every_page_stays_within_its_budget(site):
    over = {}
    for name, page in site.items():
        files = {page.target(address)[0] for address in page.resources() if not address.startswith("data:")}
        weight = compressed(page.path) + sum(compressed(path) for path in files)
        if weight > BUDGET or len(files) + 1 > REQUESTS:
            over[name] = f"{weight} bytes, {len(files) + 1} requests"
    assert not over


def test_headings_never_skip_a_level(site):
    for name, page in site.items():
        levels = [int(tag.name[1]) for tag in page.soup.select("article :is(h1, h2, h3, h4, h5, h6)")]
        assert levels.count(1) == 1 or not levels, name
        assert all(after - before <= 1 for before, after in pairwise(levels)), f"{name}: {levels}"


@pytest.mark.parametrize("unwanted", ["fontawesome.js", "mathjax", "thebe", "require.js", "embed-amd"])
def test_heavy_scripts_stay_out(site, unwanted):
    assert not [name for name, page in site.items() for address in page.resources() if unwanted in address.lower()]


def test_the_search_index_has_sentences_and_not_what_figures_print(site):
    text = (next(iter(site.values())).path.parent / "searchindex.js").read_text("utf-8")
    assert "masquerad" in text
    assert "resetcompar" not in text.lower()
