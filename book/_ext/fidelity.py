"""`{fidelity}`: the models against the recorded answers of the real Kubernetes, run while the book is built.

A case that does not pass is a warning, so a build with `-W` never publishes a claim that does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from k8smodels.conformance.report import SuiteReport
from k8smodels.conformance.runner import run_file

log = logging.getLogger(__name__)

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
SUITES = Path(__file__).resolve().parent.parent / "suites.yml"
HEADINGS = ("Suite and what is compared", "Version", "Cases", "Passed", "Declared")


@cache
def reports() -> tuple[SuiteReport, ...]:
    """The report of every file of recorded cases, in the order of their names; run once a build."""
    return tuple(run())


def run() -> Iterator[SuiteReport]:
    """Run the files one by one; one that cannot be run is a warning."""
    for path in sorted(GOLDEN.rglob("*.json")):
        try:
            yield run_file(path)
        except ValueError as error:
            log.warning("%s", error, type="fidelity")


def row(cells: Iterable[list[nodes.Node]]) -> nodes.row:
    """One row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def suite_row(report: SuiteReport, about: list[nodes.Node]) -> nodes.row:
    """What one suite compares, and how the models did."""
    name = [nodes.literal("", report.suite), nodes.Text(" "), nodes.inline("", "", *about, classes=["about"])]
    numbers = (report.total, report.passed, len(report.known))
    return row([name, [nodes.Text(report.kubernetes)], *([nodes.Text(f"{number:,}")] for number in numbers)])


def total_row(found: Sequence[SuiteReport]) -> nodes.row:
    """The sum of all suites."""
    sums = (sum(r.total for r in found), sum(r.passed for r in found), sum(len(r.known) for r in found))
    return row([[nodes.strong("", "all suites")], [], *([nodes.strong("", f"{number:,}")] for number in sums)])


def known_differences(found: Sequence[SuiteReport]) -> nodes.Node:
    """Each declared difference with its reason."""
    items = [
        nodes.list_item("", nodes.paragraph("", "", nodes.literal("", report.suite), nodes.Text(f": {reason}")))
        for report in found
        for reason in dict.fromkeys(known.reason for known in report.known)
    ]
    return nodes.bullet_list("", *items) if items else nodes.paragraph("", "No difference is declared today.")


class Fidelity(SphinxDirective):
    """The table of suites; with the argument `known`, the declared differences."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Run every suite anew: neither models nor cases are known to Sphinx."""
        self.env.note_reread()
        self.env.note_dependency(str(SUITES))
        found = reports()
        for report in found:
            if not report.ok:
                log.warning("the models differ from Kubernetes:\n%s", "\n".join(report.lines()), type="fidelity")
        return [known_differences(found) if self.arguments == ["known"] else self.table(found)]

    def table(self, found: Sequence[SuiteReport]) -> nodes.table:
        """All suites and their sum."""
        abouts: dict[str, str] = yaml.safe_load(SUITES.read_text("utf-8"))
        body = [suite_row(report, self.parse_inline(abouts.get(report.suite, report.about))[0]) for report in found]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in HEADINGS), cols=len(HEADINGS))
        group += nodes.thead("", row([nodes.Text(heading)] for heading in HEADINGS))
        group += nodes.tbody("", *body, total_row(found))
        return nodes.table("", group, classes=["fidelity", "colwidths-auto"])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("fidelity", Fidelity)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
