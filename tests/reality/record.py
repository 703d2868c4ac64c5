"""Writes what this machine's kernel says, for the book: ``python tests/reality/record.py`` (Linux, root)."""

import datetime as dt
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import reality_harness
from namespace_scripts import NAMESPACES
from process_scripts import PROCESSES
from root_scripts import ROOTS
from script_chance import process_script, tree_script
from script_prediction import Script, differences
from test_reality_cgroups import MEMORY_BYTES, PIDS, QUOTAS, VICTIMS, WEIGHTS

TARGET = Path(__file__).parents[2] / "book" / "files" / "measured-isolation.json"
SUBJECTS: Mapping[str, Mapping[str, Script]] = {"namespaces": NAMESPACES, "roots": ROOTS, "processes": PROCESSES}
CHANCE = {"random process calls": process_script, "random file calls": tree_script}
SEEDS = range(1000, 1200)


def _run(scripts: Mapping[str, Script]) -> dict[str, list[dict[str, Any]]]:
    return dict(
        reality_harness.measure("scripts", {"scripts": {k: v.request() for k, v in scripts.items()}})["scripts"]
    )


def _agreement(scripts: Mapping[str, Script], kernel: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    compared = sum(len(script.predict()) for script in scripts.values())
    differing = [found for name, script in scripts.items() for found in differences(script, kernel[name])]
    return {"scripts": len(scripts), "calls": compared, "differences": differing}


def _told(script: Script, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = ("errno", "answer", "listing", "cwd")
    return [
        {"call": list(call), **{key: step[key] for key in kept}} for call, step in zip(script.calls, steps, strict=True)
    ]


def _cgroups() -> dict[str, Any]:
    asked = {
        "weights": [WEIGHTS],
        "quotas": [QUOTAS],
        "memory": [MEMORY_BYTES],
        "victims": [MEMORY_BYTES, VICTIMS],
        "pids": [PIDS],
        "freezer": [],
        "kill": [],
    }
    return {"asked": asked, "measured": reality_harness.measure("cgroups", asked)}


def record() -> dict[str, Any]:
    """All measurements, with where and when they were made."""
    measured = {subject: _run(scripts) for subject, scripts in SUBJECTS.items()}
    agreement = {subject: _agreement(scripts, measured[subject]) for subject, scripts in SUBJECTS.items()}
    for name, make in CHANCE.items():
        scripts = {str(seed): make(seed) for seed in SEEDS}
        agreement[name] = _agreement(scripts, _run(scripts))
    return {
        "about": "What a real kernel says to scripts of system calls and to cgroups, and where the models differ.",
        "command": "python tests/reality/record.py",
        "kernel": platform.release(),
        "machine": f"{os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "load": os.getloadavg(),
        "agreement": agreement,
        "cgroups": _cgroups(),
        "scripts": {
            subject: {name: _told(script, measured[subject][name]) for name, script in scripts.items()}
            for subject, scripts in SUBJECTS.items()
        },
    }


if __name__ == "__main__":
    text = json.dumps(record(), indent=1, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")
