"""A table whose cells may hold markup, with the rows that matter now marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from k8smodels.i18n import _
from k8smodels.views.html import Child, Html, el, join

__all__ = ["grid", "note", "process", "unseen"]


def grid(head: Sequence[str], rows: Sequence[Sequence[Child]], marked: Collection[int] = ()) -> Html:
    """Rows of cells under `head`; the first cell names its row, and the rows at the positions `marked` stand out."""
    titles = el("tr", join(el("th", title, scope="col") for title in head))
    body = (_row(cells, position in marked) for position, cells in enumerate(rows))
    return el("table", el("thead", titles), el("tbody", join(body)))


def process(name: str) -> Html:
    """A process by its name."""
    return el("b", name, class_="ob proc")


def note(text: str) -> Html:
    """A quiet line under a table."""
    return el("p", text, class_="muted")


def unseen() -> Html:
    """What stands where a process has no number."""
    return join(["–", el("span", " ", _("not visible"), class_="sr")])


def _row(cells: Sequence[Child], is_marked: bool) -> Html:
    name, *rest = cells
    line = join([el("th", name, scope="row"), *(el("td", cell) for cell in rest)])
    return el("tr", line, class_="on" if is_marked else None)
