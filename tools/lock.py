"""Write requirements.txt and requirements-dev.txt: every version pinned, one set for every Python from 3.11 on.

The wanted packages stand in requirements/*.in. `uv` resolves them together, so that the two files never disagree.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Written by `make lock` from requirements/{name}.in: edit that file instead.\n"


def resolve(source: str, constraints: Path | None = None) -> list[str]:
    """The pinned lines for `requirements/<source>`, for every platform and every Python from 3.11 on."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    command += ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    command += ["--constraint", str(constraints)] if constraints else []
    done = subprocess.run([*command, f"requirements/{source}"], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def write(file: str, source: str, lines: list[str]) -> None:
    """`lines` under a heading that says where to edit."""
    (ROOT / file).write_text(HEAD.format(name=source) + "\n".join(lines) + "\n")


def main() -> None:
    """Resolve everything once, then the book's part of it under the same pins."""
    everything = resolve("dev.in")
    pins = ROOT / "_build" / "lock-constraints.txt"
    pins.parent.mkdir(exist_ok=True)
    pins.write_text("\n".join(everything) + "\n")
    book = resolve("book.in", pins)
    tests = [line for line in everything if line not in book]
    write("requirements.txt", "book", [*book, "-e ."])
    write("requirements-dev.txt", "dev", ["-r requirements.txt", *tests])
    print(f"requirements.txt: {len(book)} packages, requirements-dev.txt: {len(tests)} more")


if __name__ == "__main__":
    main()
