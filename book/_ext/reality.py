"""`{reality}`: what a real kernel and real programs answered to the reality tests, as last recorded.

A recorded failure is a warning, so a build with `-W` never publishes a claim that does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from fidelity import row

log = logging.getLogger(__name__)

RECORD = Path(__file__).resolve().parent.parent / "files" / "measured-reality.json"
HEADINGS = ("Rule, and one pair of answers", "Tests", "Answers")
ACRONYMS = frozenset({"cpu", "cri", "oci", "oom", "pid"})
OUTCOMES = ("passed", "failed", "skipped")

Test = Mapping[str, Any]


def sentence(name: str, prefix: str = "test_") -> str:
    """A name in words.

    Examples
    --------
    >>> sentence("test_a_quota_bounds_cpu_time")
    'A quota bounds CPU time'
    """
    words = [word.upper() if word in ACRONYMS else word for word in name.removeprefix(prefix).split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def outcome(test: Test) -> str:
    """How often it passed, failed and was skipped, without the noughts."""
    return ", ".join(f"{test[word]} {word}" for word in OUTCOMES if test[word])


def tests_of(record: Mapping[str, Any]) -> Iterator[tuple[str, Test]]:
    """Every test by name."""
    for file in record["files"]:
        yield from file["tests"].items()


def skips(record: Mapping[str, Any]) -> list[str]:
    """What was not asked, and why."""
    return [f"{sentence(name)}: {reason}" for name, test in tests_of(record) for reason in test["reasons"]]


def facts(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where, when and how much."""
    tests = [test for _name, test in tests_of(record)]
    total = {"tests": sum(test[word] for test in tests for word in OUTCOMES)} | {
        word: sum(test[word] for test in tests) for word in ("values", *OUTCOMES)
    }
    controllers = ", ".join(f"{name} v{version}" for name, version in record["cgroups"].items())
    return [
        ("Compared", f"{total['values']:,} answers, in {total['tests']} tests"),
        ("Tests", ", ".join(f"{total[word]} {word}" for word in OUTCOMES)),
        ("Date", record["date"]),
        ("Kernel", record["kernel"]),
        ("Machine", record["machine"]),
        ("Cgroups", controllers),
        ("Programs", "; ".join(said.strip() for said in record["programs"].values())),
    ]


def test_row(name: str, test: Test) -> nodes.row:
    """One rule, with an answer of each side."""
    told = [nodes.Text(sentence(name)), nodes.Text(" "), *pair(**test.get("example", {}))]
    return row([told, [nodes.Text(outcome(test))], [nodes.Text(f"{test['values']:,}")]])


def pair(what: str = "", kernel: str = "", said: str = "", by: str = "") -> list[nodes.Node]:
    """What both sides said to one question; nothing if nothing was asked."""
    if not what:
        return []
    both = [nodes.Text("reality "), nodes.literal("", kernel), nodes.Text(f", {by} "), nodes.literal("", said)]
    return [nodes.inline("", "", nodes.Text(f"{what}: "), *both, classes=["about"])]


def table(tests: Mapping[str, Test]) -> nodes.table:
    """The rules of one file."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in HEADINGS), cols=len(HEADINGS))
    group += nodes.thead("", row([nodes.Text(heading)] for heading in HEADINGS))
    group += nodes.tbody("", *(test_row(name, test) for name, test in tests.items()))
    return nodes.table("", group, classes=["fidelity", "reality", "colwidths-auto"])


def section(file: Mapping[str, Any]) -> nodes.section:
    """A file of tests: its subject, what it is about, its table."""
    name = file["file"]
    subject = sentence(name.removesuffix(".py"), "test_reality_")
    about = nodes.paragraph("", "", nodes.Text(f"{file['about']} "), nodes.literal("", name))
    body = (nodes.title("", subject), about, table(file["tests"]))
    return nodes.section("", *body, ids=[nodes.make_id(subject)], names=[nodes.fully_normalize_name(subject)])


def bullets(lines: Iterable[str]) -> nodes.Node:
    """A list, or a sentence that there is nothing to list."""
    items = [nodes.list_item("", nodes.paragraph("", line)) for line in lines]
    return nodes.bullet_list("", *items) if items else nodes.paragraph("", "Every test could be run.")


class Reality(SphinxDirective):
    """The tables; with the argument `facts` where they were made; with `skipped` what could not be run."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw the part that is asked for."""
        self.env.note_dependency(str(RECORD))
        record = json.loads(RECORD.read_text("utf-8"))
        for name, test in tests_of(record):
            if test["failed"]:
                log.warning("recorded as failed: %s", name, type="reality")
        if self.arguments == ["facts"]:
            return [bullets(f"{name}: {fact}" for name, fact in facts(record))]
        return [bullets(skips(record))] if self.arguments == ["skipped"] else [*map(section, record["files"])]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("reality", Reality)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
