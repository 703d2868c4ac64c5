"""Columns as Go's ``text/tabwriter`` aligns them.

A cell ends with a tab; what follows the last tab of a line belongs to no column. A column is a run of lines that have a
cell at that place, so that a line without tabs ends all columns.

References
----------
text/tabwriter of Go: format, writeLines; github.com/liggitt/tabwriter, which kubectl uses for tables
"""

from __future__ import annotations

from collections.abc import Sequence

Line = Sequence[str]


def align(text: str, *, min_width: int = 0, padding: int = 2) -> str:
    r"""`text` with its tabs replaced by spaces.

    Parameters
    ----------
    text
        Lines with tabs.
    min_width
        The least width of a column, `padding` included.
    padding
        How many spaces follow the longest cell of a column.

    Examples
    --------
    >>> print(align("NAME\tAGE\nweb-1\t5s", padding=3))
    NAME    AGE
    web-1   5s
    """
    lines = [line.split("\t") for line in text.split("\n")]
    out: list[str] = []
    _format(lines, (), out, min_width, padding)
    return "\n".join(out)


def _format(lines: Sequence[Line], widths: tuple[int, ...], out: list[str], min_width: int, padding: int) -> None:
    """Write `lines`, of which the widths of the first columns are known."""
    column, done, here = len(widths), 0, 0
    while here < len(lines):
        if column >= len(lines[here]) - 1:
            here += 1
            continue
        _write(lines[done:here], widths, out)
        done = here
        while here < len(lines) and column < len(lines[here]) - 1:
            here += 1
        block = lines[done:here]
        width = max(min_width, *(len(line[column]) + padding for line in block))
        _format(block, (*widths, width), out, min_width, padding)
        done = here
    _write(lines[done:], widths, out)


def _write(lines: Sequence[Line], widths: tuple[int, ...], out: list[str]) -> None:
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        out.append("".join((*padded, *line[len(widths) :])))
