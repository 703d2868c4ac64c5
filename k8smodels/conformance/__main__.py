"""``python -m k8smodels.conformance FILE...``: run recorded cases of Kubernetes against the models.

Exit status: 0 if every case of every file passed (or differs as declared), 1 if one did not, 2 if a file could not be
run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from k8smodels.conformance.report import SuiteReport
from k8smodels.conformance.runner import CaseFileError, case_files, run_file
from k8smodels.i18n import _

PASSED, DIFFERENT, NOT_RUN = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the files that `arguments` name and print what was found; the exit status."""
    options = _parser().parse_args(arguments)
    reports: list[SuiteReport] = []
    problems: list[str] = []
    for path in options.files:
        try:
            for file in case_files([path]):
                _run(file, reports, problems, options)
        except CaseFileError as error:
            _complain(str(error), problems)
    different = any(not report.ok for report in reports)
    if options.json:
        print(json.dumps(_machine_form(reports, problems), ensure_ascii=False, indent=1, default=repr))
    return NOT_RUN if problems else DIFFERENT if different else PASSED


def _run(file: Path, reports: list[SuiteReport], problems: list[str], options: argparse.Namespace) -> None:
    try:
        report = run_file(file)
    except CaseFileError as error:
        _complain(str(error), problems)
        return
    reports.append(report)
    if not options.json:
        for line in report.lines(None if options.all else 10):
            print(line, flush=True)


def _complain(problem: str, problems: list[str]) -> None:
    problems.append(problem)
    print(problem, file=sys.stderr)


def _machine_form(reports: Sequence[SuiteReport], problems: Sequence[str]) -> dict[str, object]:
    return {
        "ok": not problems and all(report.ok for report in reports),
        "suites": [report.to_json() for report in reports],
        "errors": list(problems),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m k8smodels.conformance",
        description=_("Run recorded cases of the real Kubernetes against the models."),
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help=_("file of cases, or directory of such files")
    )
    parser.add_argument("--all", action="store_true", help=_("print every difference, not the first ten of a suite"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON document for machines"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
