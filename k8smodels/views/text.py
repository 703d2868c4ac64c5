"""Pictures in plain text: stable, readable aloud, the form that a terminal shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["columns", "width"]

_GAP = "   "


def width(text: str) -> int:
    """Columns that `text` takes in a terminal: a wide (Chinese) character takes two, a combining one none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def columns(head: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()) -> str:
    """A table as kubectl prints one: columns three spaces apart, no rules, no trailing spaces.

    Parameters
    ----------
    head
        Names of the columns.
    rows
        Cells; `str` is taken of each.
    right
        Positions of the columns that stand flush right (numbers).

    Returns
    -------
    str
        Lines without a final newline.

    Raises
    ------
    ValueError
        If a row has not as many cells as `head`.

    References
    ----------
    k8s.io/cli-runtime/pkg/printers/tabwriter.go (padding of three)

    Examples
    --------
    >>> print(columns(["NAME", "CPU"], [["node-1", 4], ["node-12", 16]], right=[1]))
    NAME      CPU
    node-1      4
    node-12    16
    """
    table = [list(head), *([str(cell) for cell in row] for row in rows)]
    if any(len(line) != len(head) for line in table):
        raise ValueError(f"a row has not the {len(head)} cells of the head")
    widths = [max(width(line[i]) for line in table) for i in range(len(head))]
    return "\n".join(_line(line, widths, frozenset(right)) for line in table)


def _line(cells: list[str], widths: list[int], right: frozenset[int]) -> str:
    return _GAP.join(_pad(cell, widths[i], i in right) for i, cell in enumerate(cells)).rstrip()


def _pad(cell: str, size: int, right: bool) -> str:
    blank = " " * (size - width(cell))
    return blank + cell if right else cell + blank
