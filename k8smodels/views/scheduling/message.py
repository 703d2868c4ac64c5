"""The message of a pending pod, taken apart: what each part means, which nodes, what would help."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from k8smodels.i18n import _
from k8smodels.scheduling.decision import Decision
from k8smodels.views.html import Html, el, inline, join

__all__ = ["message_parts"]


class _Part(NamedTuple):
    """A reason, who gave it, and whether it would hold on a node without other pods."""

    reason: str
    plugin: str
    hopeless: bool


def message_parts(decision: Decision) -> Html:
    """The event's text with its parts underlined, then a row for each part.

    A pod that found a node has no such message; a sentence says so.
    """
    if decision.node is not None:
        return el(
            "p", _("{pod} was placed: there is nothing to explain.").format(pod=decision.pod.name), class_="muted"
        )
    groups = _groups(decision)
    table = (
        el("table", el("caption", _("The parts of the message"), class_="sr"), _head(), _body(groups))
        if groups
        else None
    )
    return join([el("p", _underlined(decision.event_message, {part.reason for part in groups}), class_="msg"), table])


def _groups(decision: Decision) -> dict[_Part, list[str]]:
    """Names of nodes by part, in the order in which the message counts them."""
    found: dict[_Part, list[str]] = defaultdict(list)
    for result in decision.nodes if decision.pre_filter is None else ():
        if result.rejection is not None:
            hopeless = result.rejection.code == "UnschedulableAndUnresolvable"
            for reason in result.rejection.reasons:
                found[_Part(reason, result.rejection.plugin or "", hopeless)].append(result.node)
    if decision.pre_filter is not None:
        for reason in decision.pre_filter.reasons:
            found[_Part(reason, decision.pre_filter.plugin or "", True)] = [_("all")]
    return dict(sorted(found.items(), key=lambda item: f"{len(item[1])} {item[0].reason}"))


def _underlined(message: str, reasons: Iterable[str]) -> Html:
    """`message` with each reason, and the count before it, in a span."""
    known = "|".join(re.escape(reason) for reason in sorted(reasons, key=len, reverse=True))
    if not known:
        return join([message])
    pieces = re.split(f"((?:[0-9]+ )?(?:{known}))", message)
    return join(el("span", piece) if i % 2 else piece for i, piece in enumerate(pieces))


def _head() -> Html:
    columns = (_("part, and who said it"), _("nodes"), _("what would help"))
    return el("thead", el("tr", join(el("th", column, scope="col") for column in columns)))


def _body(groups: dict[_Part, list[str]]) -> Html:
    return el("tbody", join(_row(part, nodes) for part, nodes in groups.items()))


def _row(part: _Part, nodes: list[str]) -> Html:
    said = el("th", part.reason, el("small", part.plugin, class_="ln"), scope="row")
    return el("tr", said, el("td", ", ".join(nodes)), el("td", inline(_remedy(part))))


def _remedy(part: _Part) -> str:
    if part.reason == "Too many pods":
        return _("a node with room for more pods (`status.allocatable.pods`)")
    if part.plugin == "NodeResourcesFit" and part.hopeless:
        return _("a smaller request or a larger node: this one is too small even without other pods")
    return _remedies().get(part.plugin, _("look at the pod's own rules"))


def _remedies() -> dict[str, str]:
    return {
        "NodeName": _("`spec.nodeName` names another node: leave it out"),
        "NodeUnschedulable": _("`kubectl uncordon NODE`, if the work on it is done"),
        "TaintToleration": _("a toleration in the pod, or `kubectl taint nodes NODE KEY-`"),
        "NodeAffinity": _("a label on the node, or a wider selector in the pod"),
        "NodePorts": _("another `hostPort`, or none: a Service needs no port of the node"),
        "NodeResourcesFit": _("a smaller request, or fewer neighbours"),
        "PodTopologySpread": _("room in the emptier domains, a larger `maxSkew`, or `ScheduleAnyway`"),
        "InterPodAffinity": _("another `topologyKey`, or a preferred rule in place of a required one"),
    }
