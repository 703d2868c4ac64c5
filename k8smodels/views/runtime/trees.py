"""Processes and their parents."""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.i18n import _
from k8smodels.runtime import Process, ProcessTree
from k8smodels.views.html import Html, el, join

__all__ = ["process_table"]


def process_table(tree: ProcessTree, *, first: str = "") -> Html:
    """Each process under its parent, with its state; who is new or has a new parent is marked.

    Parameters
    ----------
    first
        Show only the process of that name and what is below it; all if not given.
    """
    changed = {item.container for item in tree.happenings}
    roots = [item for item in tree.processes if (item.name == first if first else not item.parent)]
    rows = [_row(tree, item, depth, item.name in changed) for root in roots for item, depth in _walk(tree, root, 0)]
    head = join(el("th", title, scope="col") for title in (_("process"), _("its parent"), _("state")))
    return el("table", el("thead", el("tr", head)), el("tbody", join(rows) if rows else _nobody()))


def _walk(tree: ProcessTree, process: Process, depth: int) -> Iterator[tuple[Process, int]]:
    yield process, depth
    for child in tree.processes:
        if child.parent == process.name:
            yield from _walk(tree, child, depth + 1)


def _row(tree: ProcessTree, process: Process, depth: int, changed: bool) -> Html:
    indent = el("span", "\u2003" * (depth - 1) + "└ ", class_="muted", aria_hidden="true") if depth else None
    name = el("mark", process.name) if changed else process.name
    return el(
        "tr",
        el("th", indent, el("b", name, class_="ob proc"), scope="row"),
        el("td", process.parent or _("none")),
        el("td", _state(tree, process)),
    )


def _state(tree: ProcessTree, process: Process) -> Html:
    if process.is_zombie:
        return el("span", el("b", _("zombie")), " ", _("ended, not collected"), class_="v no")
    if process.namespace and tree.is_first(process):
        return el("span", el("b", _("runs")), " ", _("process 1 of its namespace"), class_="v ok")
    return el("span", el("b", _("runs")), class_="v ok")


def _nobody() -> Html:
    return el("tr", el("td", _("no process is left"), class_="muted", colspan=3))
