"""Runs a lab in its sandbox and gives its answer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

LABS = Path(__file__).parent / "labs"
SKIPPED, PATIENCE_S = 77, 60
PROGRAMS = "K8SMODELS_PROGRAMS"
"""Variable that names a directory with programs; `programs.sh` fills one. Those on the PATH come second."""


class CannotMeasure(Exception):
    """This machine cannot run the lab; the reason is the kernel's own."""


def find_programs(*names: str) -> dict[str, str]:
    """The paths of programs that a lab runs."""
    where = os.pathsep.join(filter(None, (os.environ.get(PROGRAMS), os.environ.get("PATH"))))
    found = {name: shutil.which(name, path=where) for name in names}
    missing = ", ".join(name for name, path in found.items() if path is None)
    if missing:
        raise CannotMeasure(f"no program {missing} on the PATH or in the directory that {PROGRAMS} names")
    return {name: path for name, path in found.items() if path}


def measure(lab: str, request: object = None) -> dict[str, Any]:
    """What a lab found; the request goes to it as JSON."""
    command = [sys.executable, str(LABS / f"{lab}.py")]
    done = subprocess.run(
        command, input=json.dumps(request), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode == SKIPPED:
        raise CannotMeasure(json.loads(done.stdout)["skip"])
    if done.returncode:
        raise RuntimeError(f"lab {lab}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return dict(json.loads(done.stdout))
