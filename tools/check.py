"""Run every check of the project, in order, to the end, and close with one total.

A failure does not stop the later checks; the exit status is 1 if anything failed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "_build" / "reports"
PYTEST = (sys.executable, "-m", "pytest", "-q")
TWO_AT_A_TIME = ("-n", "2", "--dist", "loadscope")
APART = ("reality", "site", "browser")
"""Folders of tests with a check of their own."""
PROSE = ("book", "k8smodels", "tools", "tests", "README.md", "CONTRIBUTING.md")


@dataclass(frozen=True)
class Check:
    """One command; `report` names the JUnit file in which it counts its tests, if it does."""

    name: str
    command: tuple[str, ...]
    report: str = ""


CHECKS = (
    Check("style", (sys.executable, "-m", "ruff", "check")),
    Check("types", (sys.executable, "-m", "mypy")),
    Check("layers", (str(Path(sys.executable).with_name("lint-imports")), "--no-logo")),
    Check("spelling", (sys.executable, "-m", "codespell_lib", *PROSE)),
    Check("models", (*PYTEST, *TWO_AT_A_TIME, "tests", *(f"--ignore=tests/{name}" for name in APART)), "models.xml"),
    Check("reality", (*PYTEST, "tests/reality"), "reality.xml"),
    Check("notebooks", (sys.executable, "tools/notebooks.py", "verify", "--force"), "notebooks.xml"),
    Check("build", ("make", "site")),
    Check("site", (*PYTEST, "tests/site"), "site.xml"),
    Check("browser", (*PYTEST, "-n", "2", "tests/browser", "-m", "not slow"), "browser.xml"),
    # times are taken last and alone, on a machine that does nothing else
    Check("times", (*PYTEST, "tests/browser", "-m", "slow"), "times.xml"),
)


def counted(report: Path) -> Counter[str]:
    """Passed, failed and skipped tests in a JUnit file; empty if pytest wrote none."""
    if not report.is_file():
        return Counter()
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314  (our own pytest wrote it)
    total: Counter[str] = Counter()
    for suite in suites:
        bad, skipped = int(suite.get("failures", 0)) + int(suite.get("errors", 0)), int(suite.get("skipped", 0))
        total += Counter(passed=int(suite.get("tests", 0)) - bad - skipped, failed=bad, skipped=skipped)
    return total


def run(check: Check) -> Counter[str]:
    """Run one check, its output going to the terminal; what it counted, or one passed or failed."""
    report = REPORTS / check.report
    command = check.command + ((f"--junitxml={report}",) if check.report and "pytest" in check.command else ())
    start = time.monotonic()
    print(f"\n== {check.name}", flush=True)
    status = subprocess.run(command, cwd=ROOT, check=False, stdin=subprocess.DEVNULL).returncode
    result = counted(report) if check.report else Counter()
    if status and not result["failed"]:
        result["failed"] += 1
    elif not check.report:
        result["passed"] += 1
    print(f"== {check.name}: {'failed' if status else 'ok'} in {time.monotonic() - start:.0f} s", flush=True)
    return result


def main() -> int:
    """Every check; the last line is the total."""
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    subprocess.run([sys.executable, "tools/browser.py"], cwd=ROOT, check=False)
    total: Counter[str] = Counter()
    for check in CHECKS:
        total += run(check)
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return int(total["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
