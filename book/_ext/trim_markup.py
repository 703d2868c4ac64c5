"""Markup that fails an accessibility audit or moves after loading, put right in the pages themselves."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from sphinx.util import logging

log = logging.getLogger(__name__)

SUSPECT = re.compile(r'class="[^"]*\b(dropdown|toggle|dataframe|docutils)\b|<img|text/x-thebe-config|<pre>')
FILE_NAME = re.compile(r"^[^\s]+\.(png|svg|jpe?g|gif|webp)$|_images/|^$")


def folds(soup: BeautifulSoup) -> None:
    """A folded admonition is a `<details>`: no script, no shift when one loads."""
    for box in soup.select("div.admonition.dropdown, div.admonition.toggle"):
        title = box.find(class_="admonition-title", recursive=False)
        if title is None:
            continue
        box.name, title.name = "details", "summary"
        for link in title.select("a"):  # a control inside a control is no control
            link.unwrap()
        if "toggle-shown" in box["class"]:
            box["open"] = ""


def tables(soup: BeautifulSoup) -> None:
    """An empty heading cell is no heading; a wide table scrolls by keyboard."""
    for head in soup.select("table th"):
        if not head.get_text(strip=True):
            head.name = "td"
            head.attrs.pop("scope", None)
    for box in soup.select("div.pst-scrollable-table-container"):
        box["tabindex"] = "0"
        box["role"] = "group"
        caption = box.select_one("caption .caption-text")
        box["aria-label"] = caption.get_text(" ", strip=True) if caption else "table"


def code(soup: BeautifulSoup) -> None:
    """A wide listing scrolls by keyboard."""
    for listing in soup.select("div.highlight > pre"):
        listing["tabindex"] = "0"


def images(soup: BeautifulSoup, page: str) -> None:
    """A picture whose text alternative is a file name, or missing, fails the build (`-W`)."""
    for image in soup.select("img"):
        decorative = image.get("role") == "presentation" or image.get("aria-hidden") == "true"
        if not decorative and FILE_NAME.search(str(image.get("alt") or "").strip()):
            source = str(image.get("src"))[:60]
            log.warning("%s: an image without a text alternative: %s", page, source, type="trim", subtype="alt")


def thebe(soup: BeautifulSoup) -> None:
    """The settings of a service that this site does not use."""
    for settings in soup.select('script[type="text/x-thebe-config"]'):
        following = settings.find_next_sibling("script")
        if following is not None and "kernelName" in following.get_text():
            following.decompose()
        settings.decompose()


def repaired(body: str, page: str) -> str:
    """`body` of the page `page` with every repair; untouched if nothing in it needs one."""
    if not SUSPECT.search(body):
        return body
    soup = BeautifulSoup(body, "html.parser")
    folds(soup)
    tables(soup)
    code(soup)
    thebe(soup)
    images(soup, page)
    return str(soup)
