"""Writes the results of all reality tests, for the book: ``python tests/reality/record_results.py`` (Linux, root).

K8SMODELS_PROGRAMS names a directory that programs.sh has filled, CNI_PATH one of cni_programs.sh; without them, tests
that need programs count as skipped.
"""

import datetime as dt
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import reality_harness

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "book" / "files" / "measured-reality.json"
VERSIONS = {
    "runc": "--version",
    "containerd": "--version",
    "crictl": "--version",
    "busybox": "--help",
    "ip": "-V",
    "iptables": "--version",
    "nft": "--version",
}


class Recorder:
    """Listens to a run of pytest, and keeps what became of each test that compares kernel and model."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, Any]] = {}
        self._functions: dict[str, dict[str, Any]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Every test that compares gets an entry: one for all of its cases."""
        for item in session.items:
            if isinstance(item, pytest.Function) and "compared" in item.fixturenames:
                name = item.path.name
                file = self.files.setdefault(name, {"file": name, "about": item.module.__doc__, "tests": {}})
                empty = {"passed": 0, "failed": 0, "skipped": 0, "values": 0, "reasons": []}
                self._functions[item.nodeid] = file["tests"].setdefault(item.originalname, empty)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has passed, has failed or was skipped, perhaps before it began."""
        test = self._functions.get(report.nodeid)
        if test is None or (report.when != "call" and report.passed):
            return
        test[report.outcome] += 1
        if isinstance(report.longrepr, tuple) and report.longrepr[2] not in test["reasons"]:
            test["reasons"].append(report.longrepr[2].removeprefix("Skipped: "))
        for noted in (value for name, value in report.user_properties if name == "compared"):
            test["values"] += noted["values"]
            test.setdefault("example", {key: noted[key] for key in ("what", "kernel", "said", "by")})


def _versions(names: Iterable[str]) -> dict[str, str]:
    """The first line that each program says of itself."""
    found = {}
    for name in names:
        try:
            path = reality_harness.find_programs(name)[name]
        except reality_harness.CannotMeasure:
            continue
        said = subprocess.run([path, VERSIONS[name]], capture_output=True, text=True, check=False)
        found[name] = (said.stdout or said.stderr).splitlines()[0]
    bridge = Path(os.environ.get("CNI_PATH", "")) / "bridge"
    if os.environ.get("CNI_PATH") and bridge.exists():
        said = subprocess.run([bridge], capture_output=True, text=True, check=False)
        found["CNI plugins"] = (said.stdout or said.stderr).splitlines()[0]
    return found


def _cgroups() -> dict[str, int]:
    """The version of cgroups that has each controller."""
    mounts = [line.split(" - ")[1].split() for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    v1 = {name for kind, _source, options in mounts if kind == "cgroup" for name in options.split(",")}
    return {name: 1 if name in v1 else 2 for name in ("cpu", "memory", "pids", "freezer")}


def main() -> int:
    """Run the tests, and write the file."""
    recorder = Recorder()
    code = pytest.main(["-q", "-p", "no:xdist", "-p", "no:cacheprovider", str(HERE)], plugins=[recorder])
    record = {
        "about": "Reality tests: the models against a real kernel, runc, containerd and plugins of CNI.",
        "command": "python tests/reality/record_results.py",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": f"{os.cpu_count()} CPUs, Python {platform.python_version()}",
        "cgroups": _cgroups(),
        "programs": _versions(VERSIONS),
        "files": [recorder.files[name] for name in sorted(recorder.files)],
    }
    TARGET.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
