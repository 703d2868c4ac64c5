"""The cluster board: each node with what is on it, the pod that asks, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision, NodeInfo, PodInfo
from k8smodels.scheduling.decision import NodeResult
from k8smodels.views.amounts import percent, resource_amount, resource_unit
from k8smodels.views.html import Html, el, inline, join

__all__ = ["cluster_board", "incoming", "verdict"]

_LABEL_FITS = 5  # percent of the track that one letter of a label needs
_ROOM = 112  # percent of the track up to which a pod that is too large may stick out; the number beside it is exact


def cluster_board(
    decision: Decision, cluster: Cluster, *, resources: Sequence[str] = ("cpu", "memory"), note: str = ""
) -> Html:
    """The nodes of `cluster` as they were before `decision`, with the pod drawn where it would stand.

    Parameters
    ----------
    decision, cluster
        A decision and the cluster that it was made for.
    resources
        One bar each.
    note
        What else the pod asks for, a few words.
    """
    nodes = join(_node(result, decision, cluster.node_infos[result.node], resources) for result in decision.nodes)
    return join([incoming(decision, resources, note), el("ol", nodes, class_="board")])


def incoming(decision: Decision, resources: Sequence[str] = ("cpu", "memory"), note: str = "") -> Html:
    """The pod that asks, and for what."""
    pod = PodInfo(decision.pod)
    asked = [
        f"**{resource_amount(name, pod.requests[name])}** {resource_unit(name)}"
        for name in resources
        if pod.requests.get(name)
    ]
    asks = _("asks for {amounts}").format(amounts=", ".join(asked)) if asked else _("requests nothing")
    aside = el("span", inline(note), class_="muted") if note else None
    return el(
        "p", el("span", decision.pod.name, class_="pill"), " ", el("span", inline(asks)), " ", aside, class_="incoming"
    )


def verdict(result: NodeResult, decision: Decision) -> Html:
    """The mark and the word: chosen, fits, or why not."""
    if result.rejection is not None:
        reason = ", ".join(result.rejection.reasons)
        plugin = el("small", result.rejection.plugin) if result.rejection.plugin else None
        return el("p", el("b", reason), " ", plugin, class_="v no")
    if not result.scores:
        return el("p", el("b", _("chosen")), " ", el("small", _("the only one, not scored")), class_="v pick")
    place = _("{place} of {total}").format(place=_place(result, decision), total=len(decision.feasible))
    points = _("{score} points").format(score=result.total)
    if result.node == decision.node:
        return el("p", el("b", _("chosen")), f" {points} ", el("small", place), class_="v pick")
    return el("p", el("b", _("fits")), f" {points} ", el("small", place), class_="v ok")


def _place(result: NodeResult, decision: Decision) -> int:
    return 1 + sum(other.total > result.total for other in decision.feasible)


def _node(result: NodeResult, decision: Decision, info: NodeInfo, resources: Sequence[str]) -> Html:
    sizes = ", ".join(
        f"{resource_amount(name, info.allocatable.get(name, 0))} {resource_unit(name)}" for name in resources
    )
    name = el("span", el("b", result.node, class_="ob node"), " ", el("small", sizes), class_="name")
    top = el("div", name, " ", verdict(result, decision), class_="top")
    marks = _marks(info)
    bars = join(_bar(resource, result, decision, info) for resource in resources)
    on = "on" if result.node == decision.node else None
    return el(
        "li", top, el("p", inline(marks), class_="muted") if marks else None, el("ul", bars, class_="bars"), class_=on
    )


def _marks(info: NodeInfo) -> str:
    """What a filter reads on the node besides its size: cordon and taints."""
    cordoned = [_("cordoned")] if info.node.spec.unschedulable else []
    taints = [f"`{t.key}{'=' + t.value if t.value else ''}:{t.effect}`" for t in info.node.spec.taints]
    return ", ".join(cordoned + ([_("taint {taints}").format(taints=" ".join(taints))] if taints else []))


def _bar(resource: str, result: NodeResult, decision: Decision, info: NodeInfo) -> Html:
    whole = info.allocatable.get(resource, 0)
    here = [(pod.pod.name, pod.requests.get(resource, 0)) for pod in info.pods]
    segments = [_segment(name, percent(amount, whole)) for name, amount in here if amount]
    asked = PodInfo(decision.pod).requests.get(resource, 0)
    used = info.requested.get(resource, 0)
    shown = asked > 0 and _considered(result)
    if shown:
        kind = "new" if result.node == decision.node else "over" if used + asked > whole else "may"
        width = percent(asked, whole)
        if kind == "over":
            width = min(width, max(6, _ROOM - percent(used, whole)))
        segments.append(_segment(decision.pod.name, width, kind))
    track = el("span", join(segments), class_="tr", aria_hidden="true")
    numbers = {"used": resource_amount(resource, used), "whole": resource_amount(resource, whole)}
    text = _("{used} of {whole}").format(**numbers)
    if shown:
        text = _("{used} + {asked} of {whole}").format(asked=resource_amount(resource, asked), **numbers)
    spoken = ", ".join(f"{name} {resource_amount(resource, amount)}" for name, amount in here if amount) or _("empty")
    return el("li", el("span", resource), track, el("span", el("span", spoken, ": ", class_="sr"), text, class_="n"))


def _considered(result: NodeResult) -> bool:
    """Whether the pod's size is what the verdict is about: it fits, or it is too large."""
    return result.rejection is None or result.rejection.plugin == "NodeResourcesFit"


def _segment(name: str, width: int, kind: str = "") -> Html:
    label = name if width >= _LABEL_FITS * len(name) else None
    return el("i", label, class_=f"w{width} {kind}".strip())
