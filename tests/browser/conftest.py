"""A real browser over the built site, and over a page with one of every widget.

`_build/html` is what `make site` left there. Where there is no browser or no site these tests skip with
the reason; under ``CI=true`` they fail instead.
"""

import os
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "tools"))

import browser as installed  # noqa: E402  (tools/browser.py)
from checks import Visit  # noqa: E402
from reference_page import write_reference  # noqa: E402
from serve import serving  # noqa: E402
from widgets_page import build  # noqa: E402

WIDGETS = "widgets"
"""Stands for the page with one of every widget, where the others are paths in the site."""
REFERENCE = "reference"
"""Stands for a page that never changes: how soon it paints tells how fast the machine is just now."""
GENERATED = ("genindex.html", "search.html", "py-modindex.html")
"""Pages that Sphinx writes: as clean as the others, but not chapters."""


def pages():
    """Every page of the site, by its path."""
    return sorted(str(path.relative_to(SITE)) for path in SITE.rglob("*.html") if "_static" not in path.parts)


def with_widgets():
    """The pages that hold a widget."""
    marks = ("data-explorer", "data-predict", "data-exercise")
    texts = {page: (SITE / page).read_text(encoding="utf-8") for page in pages()}
    return [page for page, text in texts.items() if any(mark in text for mark in marks)]


def pytest_generate_tests(metafunc):
    """One test a page: every `page`, each `written_page` of the book, each `widget_page` with a widget."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", [WIDGETS, *pages()])
    if "written_page" in metafunc.fixturenames:
        metafunc.parametrize("written_page", [page for page in pages() if "/" not in page and page not in GENERATED])
    if "widget_page" in metafunc.fixturenames:
        metafunc.parametrize("widget_page", [WIDGETS, *with_widgets()])


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def missing(reason):
    """Skips, or fails where a missing part must not pass unseen."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@pytest.fixture(scope="session")
def chromium():
    """The browser, one for all tests."""
    path = installed.find()
    if path is None:
        missing("no Chromium or Chrome found: `python tools/browser.py` says how to get one")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def widgets_folder(tmp_path_factory):
    """Folder of the page with one of every widget, and of the reference page."""
    folder = build(tmp_path_factory.mktemp("widgets")).parent
    write_reference(folder)
    return folder


@pytest.fixture(scope="session")
def addresses(widgets_folder):
    """From a page's name to its address."""
    with serving(widgets_folder) as widgets, serving(SITE) as site:
        own = {WIDGETS: f"{widgets}/index.html", REFERENCE: f"{widgets}/reference.html"}
        yield lambda page: own.get(page) or f"{site}/{page}"


@pytest.fixture
def visit(chromium, addresses):
    """`visit(page, width=..., dark=..., ...)` opens a page in a browser of its own and gives the `Visit`."""
    opened = []

    def go(page, **options):
        opened.append(Visit(chromium, addresses(page), **options))
        return opened[-1]

    yield go
    for one in opened:
        one.close()
