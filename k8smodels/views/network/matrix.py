"""Who may talk to whom, as a matrix, and the reasons of one of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.network.policy import Port, Reachability, Verdict
from k8smodels.views.html import Child, Html, bullets, el, join
from k8smodels.views.images.cells import grid

__all__ = ["policy_matrix", "row_reasons"]


def policy_matrix(reach: Reachability, port: Port, marked: str = "") -> Html:
    """Rows connect, columns are connected to, at `port`; the row of the source `marked` stands out."""
    names = reach.parties
    rows = [[_name(source), *(_cell(reach.allowed(source, to, port)) for to in names)] for source in names]
    at = [names.index(marked)] if marked in names else []
    return grid([_("from \\ to"), *(_short(name) for name in names)], rows, on=at)


def row_reasons(verdicts: Sequence[Verdict]) -> Html:
    """For each destination of one source: the verdict, and what the policies of both ends say."""
    rows = [
        [_name(one.connection.destination.name), _cell(one.allowed), bullets(map(_escaped, one.reasons))]
        for one in verdicts
    ]
    return grid([_("to"), _("allowed?"), _("why")], rows)


def _escaped(reason: str) -> Html:
    return join([reason])


def _cell(allowed: bool) -> Child:
    return el("span", el("b", _("yes") if allowed else _("no")), class_="v ok" if allowed else "v no")


def _name(name: str) -> Html:
    return el("b", _short(name), class_="ob pod")


def _short(name: str) -> str:
    """The name alone: namespaces stand in the text beside it."""
    return name.rpartition("/")[2]
