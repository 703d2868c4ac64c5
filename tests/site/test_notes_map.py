"""The page that leads from the notes to the chapters is complete."""

from __future__ import annotations

from pathlib import Path

import yaml

HERE = Path(__file__).parent
BOOK = HERE.parents[1] / "book"
HEADINGS = (HERE / "notes-headings.txt").read_text("utf-8").splitlines()
ROWS = yaml.safe_load((BOOK / "notes.yml").read_text("utf-8"))
CHAPTERS = yaml.safe_load((BOOK / "chapters.yml").read_text("utf-8"))
NAMES = {chapter["name"] for part in CHAPTERS for chapter in part["chapters"]}


def test_every_heading_of_the_notes_has_a_row_in_their_order():
    assert [row["heading"] for row in ROWS] == HEADINGS


def test_every_statement_has_words_a_verdict_and_what_holds_today():
    for row in ROWS:
        for statement in row.get("statements", []):
            assert set(statement) - {"chapter"} == {"zh", "en", "verdict", "today"}, statement
            assert all(str(value).strip() for value in statement.values()), statement
            assert statement["verdict"] in {"right", "imprecise", "wrong", "outdated"}, statement


def test_every_row_names_a_chapter_of_the_path_or_a_page():
    statements = (statement for row in ROWS for statement in row.get("statements", []))
    named = {row["chapter"] for row in [*ROWS, *statements] if "chapter" in row}
    assert all(name in NAMES or (BOOK / f"{name}.md").is_file() for name in named)


def test_the_page_shows_every_heading_and_statement(site):
    shown = site["notes.html"].soup.select_one("article").get_text(" ")
    assert not [heading for heading in HEADINGS if heading not in shown]
    assert not [s["zh"] for row in ROWS for s in row.get("statements", []) if s["zh"] not in shown]


def test_a_chapter_is_a_link_when_it_is_written_and_planned_when_not(site):
    path = site["index.html"].soup
    linked = {a["href"].removesuffix(".html") for a in path.select("ul.path .name a")}
    written = {name for name in NAMES if f"{name}.html" in site}
    assert linked == written
    assert len(path.select("ul.path .planned")) == len(NAMES) - len(written)
