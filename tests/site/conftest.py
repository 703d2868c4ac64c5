"""The built site, read as files: no browser is needed for these tests."""

from __future__ import annotations

import posixpath
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"


class Page:
    """One page of the built site."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.relative_to(SITE).as_posix()

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.path.read_text("utf-8"), "html.parser")

    @cached_property
    def anchors(self) -> set[str]:
        return {tag["id"] for tag in self.soup.select("[id]")}

    def resources(self) -> list[str]:
        """What the browser loads with the page: scripts, styles, pictures, fonts and frames."""
        loaded = [tag["src"] for tag in self.soup.select("[src]")]
        links = self.soup.select("link[rel~=stylesheet], link[rel~=icon], link[rel~=preload]")
        return loaded + [tag["href"] for tag in links]

    def target(self, address: str) -> tuple[Path, str]:
        """The file and the anchor that a relative address means on this page."""
        parts = urlsplit(address)
        folder = posixpath.dirname(self.name)
        file = posixpath.normpath(posixpath.join(folder, unquote(parts.path))) if parts.path else self.name
        return SITE / file, unquote(parts.fragment)


def built_pages() -> list[Path]:
    return sorted(path for path in SITE.rglob("*.html") if "_static" not in path.relative_to(SITE).parts)


@pytest.fixture(scope="session")
def site() -> dict[str, Page]:
    """Every page of the site by its name, e.g. `reference/api.html`."""
    if not (SITE / "index.html").is_file():
        pytest.fail("the site is not built: run `make site`")
    pages = [Page(path) for path in built_pages()]
    return {page.name: page for page in pages}
