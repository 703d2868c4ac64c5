"""A node's memory: what it keeps, and what it gives to pods."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.isolation import NodeAllocatable
from k8smodels.isolation.requests import value
from k8smodels.views.amounts import percent
from k8smodels.views.html import Html, el, join
from k8smodels.views.resources.memory import size

__all__ = ["node_parts"]

_LETTER = 3
"""Percent of the track that one letter of a label needs on a phone."""


def node_parts(node: NodeAllocatable) -> Html:
    """The memory of `node` in its parts, the part that the scheduler may give away last."""
    whole = value(node.capacity, "memory")
    parts = (
        ("systemReserved", value(node.system_reserved, "memory"), "may"),
        ("kubeReserved", value(node.kube_reserved, "memory"), "may"),
        (_("hard eviction"), value(node.eviction_reserved, "memory"), "over"),
        (_("allocatable"), value(node.allocatable, "memory"), "new"),
    )
    segments = join(_segment(name, percent(amount, whole), kind) for name, amount, kind in parts if amount)
    rows = join(
        el("tr", el("th", name, scope="row"), el("td", size(amount), class_="r")) for name, amount, _kind in parts
    )
    total = el("tr", el("th", _("capacity"), scope="row"), el("td", size(whole), class_="r"))
    pods = el("tr", el("th", el("code", "kubepods/memory.max"), scope="row"), _amount(node.kubepods_memory_bytes))
    bar = el("p", el("span", segments, class_="tr"), aria_hidden="true")
    return join([bar, el("table", el("tbody", rows), el("tfoot", total, pods))])


def _segment(name: str, width: int, kind: str) -> Html:
    return el("i", name if width >= _LETTER * len(name) else None, class_=f"w{width} {kind}")


def _amount(amount_bytes: int) -> Html:
    return el("td", size(amount_bytes), class_="r")
