"""Run every measurement, print a table and write `_build/bench.json`.

`python -m benchmarks [SUBJECT ...]` measures only the named subjects, e.g. ``start``.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import importlib
import json
import os
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks
from benchmarks.figures import Figure

REPORT = Path(__file__).resolve().parent.parent / "_build" / "bench.json"


def subjects() -> list[str]:
    """The modules beside this one that hold measurements."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name not in {"__main__", "figures"})


def machine() -> str:
    """The processor, the system and the Python that did the work."""
    cores = os.cpu_count()
    system = f"{platform.system()} {platform.release()}"
    return f"{platform.machine()}, {cores} cores, {system}, Python {platform.python_version()}"


def line(figure: Figure) -> str:
    """One row of the table."""
    reference = f"{figure.reference:,.4g} ({figure.against})" if figure.reference is not None else ""
    ratio = f"{figure.ratio:.2f}x" if figure.ratio is not None else ""
    return f"{figure.name:<44} {figure.value:>12,.4g} {figure.unit:<8} {reference:<28} {ratio:>8}"


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("subjects", nargs="*", help=", ".join(subjects()))
    wanted = parser.parse_args().subjects or subjects()
    unknown = sorted(set(wanted) - set(subjects()))
    if unknown:
        parser.error(f"no such subject: {', '.join(unknown)}")
    record: dict[str, object] = {
        "machine": machine(),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": "python -m benchmarks " + " ".join(wanted),
    }
    rows = []
    for subject in wanted:
        for figure in importlib.import_module(f"benchmarks.{subject}").figures():
            print(line(figure), flush=True)
            rows.append({"subject": subject, **dataclasses.asdict(figure), "ratio": figure.ratio})
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(record | {"figures": rows}, indent=1) + "\n")
    print(f"{record['machine']}; written to {REPORT.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
