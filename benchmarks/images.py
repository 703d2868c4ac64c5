"""How fast layers are applied and a real archive is read, and how much memory that takes."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, best_of
from k8smodels.images.apply import apply_layers
from k8smodels.images.image import build_image, image_layer
from k8smodels.images.layer import Entry, Layer
from k8smodels.images.layout import write_layout_tar

ROOT = Path(__file__).resolve().parent.parent
LAYERS, FILES = 10, 10_000
ARCHIVE_BYTES = 500 * 1024**2

READING = """
import json, resource, sys, time
from k8smodels.images import image_usage, read_image
start = time.perf_counter()
image_usage(read_image(sys.argv[1]))
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def layers() -> list[Layer]:
    """Ten layers of 10,000 files; each overwrites some of the one below, and deletes some."""
    return [tuple(_entry(number, i) for i in range(FILES)) for number in range(LAYERS)]


def _entry(number: int, i: int) -> Entry:
    directory = f"usr/lib/module{i % 100}"
    if i % 10 == 0:
        return Entry(f"{directory}/.wh.file{i + 1}", "file")
    return Entry(f"{directory}/file{i if i % 3 else f'{i}-{number}'}", "file", size_bytes=100)


def applying() -> Figure:
    """Seconds to apply them in memory; the fastest of three."""
    stack = layers()
    seconds = best_of(3, lambda: apply_layers(stack))
    return Figure("apply 10 layers of 10,000 files", seconds, "s", 2.0, "budget")


def reading() -> Iterator[Figure]:
    """Seconds and memory to read an archive of 500 MB: ten layers of 5,000 files."""
    per_file = ARCHIVE_BYTES // (LAYERS * 5_000)
    stack = [
        image_layer(Entry(f"opt/{n}/d{i % 50}/f{i}", "file", size_bytes=per_file) for i in range(5_000))
        for n in range(LAYERS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image.tar"
        write_layout_tar(build_image(stack), path)
        command = [sys.executable, "-c", READING, str(path)]
        run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    seconds, mebibytes = json.loads(run.stdout)
    yield Figure("read an archive of 500 MB", seconds, "s")
    yield Figure("memory to read an archive of 500 MB", mebibytes, "MiB", 200.0, "budget")


def figures() -> Iterator[Figure]:
    """Every figure of this subject."""
    yield applying()
    yield from reading()
