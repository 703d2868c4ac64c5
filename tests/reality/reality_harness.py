"""Runs a lab in its sandbox and gives its answer."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LABS = Path(__file__).parent / "labs"
SKIPPED, PATIENCE_S = 77, 60


class CannotMeasure(Exception):
    """This machine cannot run the lab; the reason is the kernel's own."""


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
