"""A plain table: one row an object, its name first."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.views.html import Html, el, join

__all__ = ["table"]


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """Rows of cells under `head`; the first cell of each row names it.

    Parameters
    ----------
    head
        Names of the columns; backticks are dropped.
    rows
        Cells; HTML stays as it is, of others `str` is taken.
    """
    titles = el("tr", join(el("th", title.replace("`", ""), scope="col") for title in head))
    return el("table", el("thead", titles), el("tbody", join(map(_row, rows))))


def _row(cells: Sequence[object]) -> Html:
    name, *rest = (cell if isinstance(cell, Html) else str(cell) for cell in cells)
    return el("tr", el("th", name, class_="nw", scope="row"), join(el("td", cell) for cell in rest))
