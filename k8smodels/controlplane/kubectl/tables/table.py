"""Tables as ``kubectl get`` prints them: which columns a kind has, and how rows become lines.

References
----------
pkg/printers/internalversion/printers.go: AddHandlers; k8s.io/cli-runtime/pkg/printers/tableprinter.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.kubectl.ages import since
from k8smodels.controlplane.kubectl.tabwriter import align

NONE = "<none>"
MIN_WIDTH, PADDING = 6, 3


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a kind.

    Attributes
    ----------
    columns
        Their names, as the API server gives them.
    wide
        Names of more columns that only ``-o wide`` shows.
    cells
        Makes the cells of an object; the last argument says whether it is for ``-o wide``.
    """

    columns: tuple[str, ...]
    wide: tuple[str, ...]
    cells: Callable[[Any, datetime, bool], Sequence[str]]

    def header(self, *, wide: bool) -> list[str]:
        """The names of the columns, in capitals."""
        return [name.upper() for name in (*self.columns, *(self.wide if wide else ()))]


@dataclass(frozen=True, slots=True)
class Decoration:
    """What is added to every table.

    Attributes
    ----------
    namespace
        A first column with the namespace.
    kind
        What stands before each name, as in ``deployment.apps/web``; empty for nothing.
    label_columns
        Labels that get a column each.
    labels
        A last column with all labels.
    headers
        Whether the names of the columns are printed.
    wide
        Whether the columns of ``-o wide`` are shown.
    """

    namespace: bool = False
    kind: str = ""
    label_columns: tuple[str, ...] = ()
    labels: bool = False
    headers: bool = True
    wide: bool = False


def print_table(table: Table, items: Sequence[KubernetesObject], now: datetime, how: Decoration) -> str:
    """The lines of a table; none for no objects."""
    if not items:
        return ""
    rows = [_row(table, item, now, how) for item in items]
    if how.headers:
        rows.insert(0, _header(table, how))
    return align("\n".join("\t".join(map(_one_line, row)) for row in rows), min_width=MIN_WIDTH, padding=PADDING)


def format_labels(labels: Mapping[str, str]) -> str:
    """Labels in one cell."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or NONE


def age(item: KubernetesObject, now: datetime) -> str:
    """How old an object is."""
    return since(item.metadata.creation_timestamp, now)


def _header(table: Table, how: Decoration) -> list[str]:
    before = ["NAMESPACE"] if how.namespace else []
    after = [label.rpartition("/")[2].upper() for label in how.label_columns] + (["LABELS"] if how.labels else [])
    return before + table.header(wide=how.wide) + after


def _row(table: Table, item: KubernetesObject, now: datetime, how: Decoration) -> list[str]:
    cells = list(table.cells(item, now, how.wide))
    if how.kind and "NAME" in (header := table.header(wide=how.wide)):
        place = header.index("NAME")
        cells[place] = f"{how.kind}/{cells[place]}"
    before = [item.metadata.namespace] if how.namespace else []
    after = [item.labels.get(label, "") for label in how.label_columns]
    return before + cells + after + ([format_labels(item.labels)] if how.labels else [])


def _one_line(cell: str) -> str:
    """A cell up to its first line break, without control characters."""
    for i, char in enumerate(cell):
        if char in "\n\r\f":
            return f"{cell[:i]}...".replace("\t", " ").replace("\x1b", "^[")
    return cell.replace("\t", " ").replace("\x1b", "^[")
