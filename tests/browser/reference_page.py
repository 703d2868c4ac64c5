"""A page of fixed bytes, about as heavy as a page of the book: what it takes to paint is the machine's doing."""

import random
from pathlib import Path

SEED = 1
PARAGRAPHS = 300
STYLESHEET_BYTES = 38_000
"""Compressed: random hexadecimal digits shrink to half."""


def write_reference(folder: Path) -> None:
    """Write `reference.html` and its stylesheet."""
    chance = random.Random(SEED)
    noise = chance.randbytes(STYLESHEET_BYTES).hex()
    (folder / "reference.css").write_text(f"p {{ margin: 1em; }} /* {noise} */", encoding="utf-8")
    words = "".join(f"<p>{chance.randbytes(120).hex(' ', 4)}</p>" for _ in range(PARAGRAPHS))
    head = '<meta charset="utf-8"><link rel="icon" href="data:,"><link rel="stylesheet" href="reference.css">'
    page = f'<!doctype html><html lang="en"><head><title>Reference</title>{head}</head><body>{words}</body></html>'
    (folder / "reference.html").write_text(page, encoding="utf-8")
