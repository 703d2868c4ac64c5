"""`{notes-map}`: every heading and statement of the source notes, with its chapter and what is true today."""

from __future__ import annotations

import html
from typing import TypedDict

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from chapters import BOOK, chapter, chinese

NOTES = BOOK / "notes.yml"
MARKS = {"right": "✓", "imprecise": "≈", "wrong": "✕", "outdated": "↻"}
TOP = 2  # the level of the notes' own title below the page's


class StatementRow(TypedDict, total=False):
    """One statement of the notes: quoted, in English, judged, and put right."""

    zh: str
    en: str
    verdict: str
    today: str
    chapter: str


class HeadingRow(TypedDict, total=False):
    """One heading of the notes with its statements."""

    heading: str
    en: str
    level: int
    chapter: str
    statements: list[StatementRow]


def headings() -> list[HeadingRow]:
    """The rows of notes.yml."""
    rows: list[HeadingRow] = yaml.safe_load(NOTES.read_text("utf-8"))
    return rows


def quoted(text: str) -> nodes.raw:
    """The notes' own words."""
    return nodes.raw("", f'<q lang="zh-Hans">{html.escape(text)}</q>', format="html")


class NotesMap(SphinxDirective):
    """A section for every heading; under it a list of statements."""

    def run(self) -> list[nodes.Node]:
        """The sections, nested as the notes nest them."""
        self.env.note_reread()  # a new chapter turns "planned" into a link
        self.env.note_dependency(str(NOTES))
        top = nodes.Element()
        open_sections: list[tuple[int, nodes.Element]] = [(TOP - 1, top)]
        for row in headings():
            while open_sections[-1][0] >= row["level"]:
                open_sections.pop()
            section = self.section(row)
            open_sections[-1][1].append(section)
            open_sections.append((row["level"], section))
        return list(top.children)

    def section(self, row: HeadingRow) -> nodes.section:
        """One heading: its name in both languages, its chapter, its statements."""
        title = nodes.title("", "", nodes.Text(f"{row['en']} "), chinese(row["heading"]))
        section = nodes.section("", title, ids=[nodes.make_id(f"notes-{row['en']}")], names=[], classes=["notes"])
        where = [nodes.Text("Chapter: "), *chapter(self.env, row["chapter"])]
        section.append(nodes.paragraph("", "", *where, classes=["where"]))
        statements = row.get("statements", [])
        if statements:
            items = [self.statement(statement, row["chapter"]) for statement in statements]
            section.append(nodes.bullet_list("", *items, classes=["statements"]))
        else:
            section.append(nodes.paragraph("", "The notes have this heading and no text under it."))
        return section

    def statement(self, row: StatementRow, home: str) -> nodes.list_item:
        """The quotation and its gist, then the verdict and what holds today."""
        elsewhere = row.get("chapter", home)
        said: list[nodes.Node] = [quoted(row["zh"]), nodes.Text(" "), nodes.inline("", row["en"], classes=["gist"])]
        today, _ = self.parse_inline(row["today"])
        verdict = nodes.inline("", f"{MARKS[row['verdict']]} {row['verdict']}", classes=["verdict", row["verdict"]])
        now: list[nodes.Node] = [verdict, nodes.Text(" "), *today]
        if elsewhere != home:
            now += [nodes.Text(" → "), *chapter(self.env, elsewhere)]
        return nodes.list_item("", nodes.paragraph("", "", *said), nodes.paragraph("", "", *now))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("notes-map", NotesMap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
