"""How long a reader waits before the first line runs."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.figures import Figure

TIMED = "import time; start = time.perf_counter(); import k8smodels; print(time.perf_counter() - start)"


def import_time() -> Figure:
    """`import k8smodels` in a fresh Python, without the start of Python itself; the fastest of five."""
    runs = (subprocess.run([sys.executable, "-c", TIMED], check=True, capture_output=True, text=True) for _ in range(5))
    return Figure("import k8smodels", min(float(run.stdout) for run in runs) * 1000, "ms", 50.0, "budget")


def figures() -> list[Figure]:
    """Every figure of this subject."""
    return [import_time()]
