"""Who listens where, and which pods cannot be on one node."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Refused
from k8smodels.pods import HostPortConflict, Listening
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid, refusal

__all__ = ["conflict_table", "listening_table"]

MOST = 6
"""How many conflicts are named."""


def listening_table(attempts: Sequence[Listening], answers: Sequence[tuple[str, int, str | Refused]]) -> Html:
    """Each container that tries to listen, then who answers on 127.0.0.1: asked from where, on which port."""
    tried = [(_ctr(each.container), f":{each.port}", _heard(each)) for each in attempts]
    first = grid([_("container"), _("listens on"), _("the kernel says")], tried)
    if not answers:
        return first
    asked = [(who, f"127.0.0.1:{port}", _answer(found)) for who, port, found in answers]
    second = grid([_("asked from"), _("connects to"), _("who answers")], asked)
    return join([first, second])


def conflict_table(conflicts: Sequence[HostPortConflict]) -> Html:
    """Pairs of pods that want the same port of their node."""
    if not conflicts:
        return el("p", _("No two of these Pods want the same port of their node."), class_="muted")
    lines = [
        _("{first} and {second} both want {port}/{protocol} of their node.").format(
            first=each.first, second=each.second, port=each.port, protocol=each.protocol
        )
        for each in conflicts[:MOST]
    ]
    return el("ul", join(el("li", line) for line in lines), class_="muted")


def _heard(attempt: Listening) -> Html:
    if not attempt.refused:
        return el("span", el("b", _("allowed")), class_="v ok")
    errno, _colon, reason = attempt.refused.partition(": ")
    return refusal(errno, reason)


def _answer(found: str | Refused) -> Html:
    if isinstance(found, Refused):
        return refusal(found.errno)
    return el("b", found, class_="ob proc")


def _ctr(name: str) -> Html:
    return el("b", name, class_="ob ctr")
