from __future__ import annotations

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "oracle" / "vectors.sh"


def test_without_go_the_script_says_so_in_one_line_and_stops(tmp_path: Path) -> None:
    run = subprocess.run(["/bin/sh", SCRIPT], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert run.stdout == ""
    (line,) = run.stderr.splitlines()
    assert "Go 1.26 or newer is needed" in line


def test_the_script_can_be_run() -> None:
    assert os.access(SCRIPT, os.X_OK)
