"""Keep the committed outputs of the chapters true.

`write` executes every notebook and writes it back, the same bytes for the same content. `verify` executes every
notebook and compares each output with the committed one (strict nbval); content that passed once is not run again.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
STAMP = ROOT / "_build" / "notebooks-verified"
REPORT = ROOT / "_build" / "reports" / "notebooks.xml"
SECONDS_A_CELL = 120
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# pages and their tables, which no chapter reads (the manifests that chapters read end in .yaml)
TEXT = (".md", ".rst", ".yml")
# what an editor leaves behind; it says nothing to a reader and changes with every run
VOLATILE = ("execution", "collapsed", "ExecuteTime")


def notebooks() -> list[Path]:
    """Every notebook of the book, in the order of names."""
    return sorted(path for path in BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def sources() -> list[Path]:
    """Every file that outputs depend on: chapters and what they read, models, pins, what the comparison ignores."""
    hidden = (*BOOK.glob("_*"), *BOOK.glob(".*"))
    chapters = (p for p in BOOK.rglob("*") if p.suffix not in TEXT and not any(map(p.is_relative_to, hidden)))
    models = (p for p in (ROOT / "k8smodels").rglob("*") if "__pycache__" not in p.parts)
    settings = (ROOT / "requirements.txt", ROOT / "tests" / "nbval_sanitize.cfg")
    return sorted(path for path in {*chapters, *models, *settings} if path.is_file())


def digest(paths: Sequence[Path]) -> str:
    """One SHA-256 over names and contents."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def settled(book: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """`book` without anything that changes from run to run: fixed cell ids and metadata."""
    book.nbformat, book.nbformat_minor = 4, 5
    book.metadata = nbformat.from_dict({k: v for k, v in book.metadata.items() if k != "widgets"} | METADATA)
    for number, cell in enumerate(book.cells):
        cell["id"] = f"c{number:02d}"
        for key in VOLATILE:
            cell.metadata.pop(key, None)
    return book


def warned(book: nbformat.NotebookNode) -> list[str]:
    """What the cells wrote to the error stream: a chapter prints no warnings."""
    outputs = (output for cell in book.cells for output in cell.get("outputs", []))
    return [output["text"] for output in outputs if output.get("name") == "stderr"]


def execute(path: Path) -> tuple[Path, bool]:
    """Run `path` in a fresh kernel and write it back; returns the path and whether its bytes changed."""
    before = path.read_bytes()
    book = nbformat.read(path, as_version=4)
    client = NotebookClient(
        book,
        timeout=SECONDS_A_CELL,
        kernel_name="python3",
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    if warnings := warned(book):
        raise RuntimeError(f"{path.name} wrote to the error stream: {warnings[0]}")
    nbformat.write(settled(book), path)
    return path, path.read_bytes() != before


def write(paths: Sequence[Path], jobs: int) -> int:
    """Execute `paths`, `jobs` at a time, and say how each went; 1 if any of them failed."""
    failed = 0
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(execute, path): path for path in paths}
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            name = running[done].relative_to(ROOT)
            error = done.exception()
            failed += error is not None
            state = error or ("rewritten" if done.result()[1] else "unchanged")
            print(f"[{number}/{len(paths)}] {name}: {state}", flush=True)
    return int(failed > 0)


def verify(*, force: bool, jobs: int) -> int:
    """Compare every notebook with a fresh run, unless exactly this content passed before; the exit status."""
    content = digest(sources())
    if not force and STAMP.is_file() and STAMP.read_text() == content:
        print("notebooks: this content was verified before")
        return 0
    if notebooks():
        print(f"notebooks: running {len(notebooks())} and comparing with the committed outputs", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(jobs), "--dist", "loadscope", f"--junitxml={REPORT}"]
        status = subprocess.run([*command, "book"], cwd=ROOT, check=False).returncode
        if status:
            print("notebooks: outputs differ from the committed ones; `make notebooks` rewrites them", file=sys.stderr)
            return status
    STAMP.parent.mkdir(exist_ok=True)
    STAMP.write_text(content)
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("task", choices=["write", "verify"])
    parser.add_argument("paths", nargs="*", type=Path, help="only these notebooks (write)")
    parser.add_argument("--force", action="store_true", help="verify even what was verified before")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    asked = parser.parse_args()
    os.environ.update(K8SMODELS_STATIC="1", PYTHONHASHSEED="0")
    start = time.monotonic()
    if asked.task == "verify":
        return verify(force=asked.force, jobs=asked.jobs)
    status = write([path.resolve() for path in asked.paths] or notebooks(), asked.jobs)
    print(f"{time.monotonic() - start:.0f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
