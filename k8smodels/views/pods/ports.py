"""Who listens where, and which pods cannot be on one node."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Refused
from k8smodels.pods import HostPortConflict, Listening
from k8smodels.scheduling import Cluster, Decision, NodeResult
from k8smodels.views.amounts import resource_amount
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid, refusal

__all__ = ["conflict_table", "listening_table", "placement_table"]

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


def placement_table(decision: Decision, cluster: Cluster) -> Html:
    """Each node as it was before `decision`: its pods, its CPUs, and whether the new pod may stand there.

    Points are left out: they say which of several nodes is taken, not whether one can be.
    """
    rows = [_node_row(result, decision, cluster) for result in decision.nodes]
    heading = _("{pod}: may it stand here?").format(pod=decision.pod.name)
    return grid([_("node"), _("Pods on it"), _("CPUs asked for"), heading], rows)


def _node_row(result: NodeResult, decision: Decision, cluster: Cluster) -> list[Html]:
    info = cluster.node_infos[result.node]
    pods = join(el("span", pod.pod.name, class_="ln nw") for pod in info.pods) if info.pods else _none()
    used, whole = (resource_amount("cpu", each.get("cpu", 0)) for each in (info.requested, info.allocatable))
    asked = el("span", _("{used} of {whole}").format(used=used, whole=whole), class_="nw")
    return [el("b", result.node, class_="ob node"), pods, asked, _allowed(result, decision)]


def _none() -> Html:
    return el("span", _("none"), class_="muted")


def _allowed(result: NodeResult, decision: Decision) -> Html:
    if result.rejection is not None:
        return el("span", el("b", ", ".join(result.rejection.reasons)), class_="v no")
    if result.node == decision.node:
        return el("span", el("b", _("yes, and it is taken")), class_="v pick")
    return el("span", el("b", _("yes")), class_="v ok")


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
