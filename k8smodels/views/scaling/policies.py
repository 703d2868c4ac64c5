"""Which policy limits a change of size now, and how far it lets it go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8smodels.i18n import _
from k8smodels.views.html import Html, el
from k8smodels.views.isolation import grid

__all__ = ["PolicyLimit", "policy_table"]


class PolicyLimit(NamedTuple):
    """A policy at a moment.

    Attributes
    ----------
    rule
        Such as ``4 Pods / 60 s``.
    start
        The size at the start of its period.
    allowed
        How far it lets the size go.
    is_chosen
        Whether `selectPolicy` takes it.
    """

    rule: str
    start: int
    allowed: int
    is_chosen: bool


def policy_table(limits: Sequence[PolicyLimit]) -> Html:
    """One row a policy; the chosen one is marked."""
    head = [_("policy"), _("size when its period began"), _("lets it go to"), ""]
    rows = [
        [el("code", each.rule, class_="nw"), str(each.start), str(each.allowed), _chosen() if each.is_chosen else ""]
        for each in limits
    ]
    return grid(head, rows, [i for i, each in enumerate(limits) if each.is_chosen])


def _chosen() -> Html:
    return el("span", el("b", _("chosen")), class_="v pick nw")
