"""The path through the book: `{chapter-path}` draws it from chapters.yml, and other pages name chapters with it.

A chapter is a link when its file exists and is marked "planned" until then, so no list has to be kept in step.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

BOOK = Path(__file__).resolve().parent.parent


class ChapterRow(TypedDict, total=False):
    """A chapter as chapters.yml writes it."""

    name: str
    title: str
    zh: str
    asks: str


@dataclass(frozen=True)
class Part:
    """One part of the book, with its name in both languages."""

    title: str
    zh: str
    chapters: tuple[ChapterRow, ...]


@cache
def parts() -> tuple[Part, ...]:
    """The parts of chapters.yml in their order."""
    rows: list[dict[str, Any]] = yaml.safe_load((BOOK / "chapters.yml").read_text("utf-8"))
    return tuple(Part(row["part"], row["zh"], tuple(row["chapters"])) for row in rows)


def titles() -> dict[str, str]:
    """The title of each chapter by its file name."""
    return {chapter["name"]: chapter["title"] for part in parts() for chapter in part.chapters}


def chinese(text: str) -> nodes.raw:
    """`text` marked as Chinese, so that it is read aloud and set as such."""
    return nodes.raw("", f'<span lang="zh-Hans">{html.escape(text)}</span>', format="html")


def written(env: BuildEnvironment, name: str) -> bool:
    """Whether the page `name` exists in this book."""
    return name in env.found_docs


def page_link(env: BuildEnvironment, name: str, *shown: nodes.Node) -> addnodes.pending_xref:
    """A link to the page `name`."""
    target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{name}", "refdoc": env.docname}
    return addnodes.pending_xref("", nodes.inline("", "", *shown), refexplicit=True, refwarn=True, **target)


def planned() -> nodes.inline:
    """The mark of a chapter that is not written yet."""
    return nodes.inline("", "planned", classes=["planned"])


def chapter(env: BuildEnvironment, name: str) -> list[nodes.Node]:
    """The chapter's title: a link, or the title and the mark "planned"."""
    title = nodes.Text(titles().get(name, name.replace("-", " ").capitalize()))
    return [page_link(env, name, title)] if written(env, name) else [title, nodes.Text(" "), planned()]


class ChapterPath(SphinxDirective):
    """`{chapter-path}`: every part with its chapters and the question that each one answers."""

    def run(self) -> list[nodes.Node]:
        """One labelled list a part."""
        self.env.note_reread()
        return list(self.content_nodes())

    def content_nodes(self) -> Iterator[nodes.Node]:
        """A heading line and a list for every part."""
        for part in parts():
            rows = [self.row(chapter) for chapter in part.chapters]
            name = (nodes.strong("", part.title), nodes.Text(" "), chinese(part.zh))
            yield nodes.paragraph("", "", *name, classes=["part"])
            yield nodes.bullet_list("", *rows, classes=["path"])

    def row(self, row: ChapterRow) -> nodes.list_item:
        """The chapter's name and its question."""
        asks, _ = self.parse_inline(row["asks"])
        question = nodes.inline("", "", *asks, classes=["asks"])
        done = "done" if written(self.env, row["name"]) else "later"
        name = nodes.inline("", "", *chapter(self.env, row["name"]), classes=["name"])
        return nodes.list_item("", nodes.paragraph("", "", name, question), classes=[done])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("chapter-path", ChapterPath)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
