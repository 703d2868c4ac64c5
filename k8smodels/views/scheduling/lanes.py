"""A cluster after a stream of pods: one thin bar a node."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision
from k8smodels.views.amounts import percent, resource_amount, resource_unit
from k8smodels.views.html import Html, el, join

__all__ = ["lane"]


def lane(title: str, cluster: Cluster, decisions: Sequence[Decision], *, resource: str = "cpu") -> Html:
    """`cluster` after `decisions`, the newest pod solid.

    Parameters
    ----------
    title
        Name of the lane.
    cluster
        The state after the last decision.
    decisions
        One a pod, in order.
    resource
        What the bars count.
    """
    newest = decisions[-1].pod.name if decisions and decisions[-1].node else ""
    rows = join(_row(cluster, name, resource, newest) for name in cluster.node_infos)
    used = sum(bool(info.pods) for info in cluster.node_infos.values())
    words = _("{used} of {total} nodes in use").format(used=used, total=len(cluster.node_infos))
    head = el("p", el("span", title), " ", el("small", words), class_="lane-h")
    return el(
        "div", head, el("ul", rows, class_="bars one"), el("p", _summary(cluster, decisions, resource), class_="muted")
    )


def _row(cluster: Cluster, name: str, resource: str, newest: str) -> Html:
    info = cluster.node_infos[name]
    whole = info.allocatable.get(resource, 0)
    pods = [(pod.pod.name, pod.requests.get(resource, 0)) for pod in info.pods]
    marks = join(el("i", class_=f"w{percent(n, whole)}{' new' if pod == newest else ''}") for pod, n in pods if n)
    text = _("{used} of {whole}").format(
        used=resource_amount(resource, info.requested.get(resource, 0)), whole=resource_amount(resource, whole)
    )
    spoken = el("span", ", ".join(pod for pod, amount in pods) or _("empty"), ": ", class_="sr")
    track = el("span", marks, class_="tr", aria_hidden="true")
    return el("li", el("span", name), track, el("span", spoken, text, class_="n"))


def _summary(cluster: Cluster, decisions: Sequence[Decision], resource: str) -> str:
    free = [info.allocatable.get(resource, 0) - info.requested.get(resource, 0) for info in cluster.node_infos.values()]
    largest = _("largest free piece {amount} {unit}").format(
        amount=resource_amount(resource, max(free, default=0)), unit=resource_unit(resource)
    )
    pending = [decision.pod.name for decision in decisions if decision.node is None]
    waiting = _("pending: {pods}").format(pods=", ".join(pending)) if pending else _("none pending")
    return f"{largest}; {waiting}"
