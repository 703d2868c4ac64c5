"""A table whose cells may be markup."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from k8smodels.views.html import Child, Html, el, join

__all__ = ["grid"]


def grid(
    head: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    right: Collection[int] = (),
    on: Collection[int] = (),
    caption: str | None = None,
) -> Html:
    """Rows of cells under `head`; the first cell of each row names it.

    Parameters
    ----------
    head, rows
        Names of the columns, and the cells.
    right
        Columns of numbers.
    on
        Rows to look at now.
    caption
        What the table shows.
    """
    kinds = ["r nw" if i in right else None for i in range(len(head))]
    titles = join(el("th", title, class_=kind, scope="col") for title, kind in zip(head, kinds, strict=True))
    body = join(_row(row, kinds, number in on) for number, row in enumerate(rows))
    title = el("caption", caption) if caption else None
    return el("table", title, el("thead", el("tr", titles)), el("tbody", body))


def _row(cells: Sequence[Child], kinds: Sequence[str | None], on: bool) -> Html:
    name, *rest = cells
    others = join(el("td", cell, class_=kind) for cell, kind in zip(rest, kinds[1:], strict=True))
    return el("tr", el("th", name, scope="row"), others, class_="on" if on else None)
