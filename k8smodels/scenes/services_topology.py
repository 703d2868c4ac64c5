"""Scenes of ``trafficDistribution``: which Pods each node sends to, and what that does to their load."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.kubeproxy.config import ZONE, ProxyNode
from k8smodels.kubeproxy.state import proxy_state
from k8smodels.scenes.services import NODE_IP, NODES, PLACES, STATES, ZONES, named, pod, service, usable_shares
from k8smodels.services import reconcile
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.isolation import grid
from k8smodels.views.netfilter import split_bar

DISTRIBUTIONS: Mapping[str, str] = {
    "": "not set",
    "PreferSameZone": "PreferSameZone",
    "PreferSameNode": "PreferSameNode",
}
UNREADY: Mapping[str, tuple[str, ...]] = {
    "nobody": (),
    "web-a": ("web-a",),
    "web-b": ("web-b",),
}
"""Who is not ready."""


def placed(wanted: str, unready: str) -> tuple[Service, tuple[EndpointSlice, ...]]:
    """The Service with a wish, and its slices."""
    owner = service(**{"trafficDistribution": wanted} if wanted else {})
    bad = STATES["running, not ready"]
    pods = [pod(name, bad) if name in UNREADY[unready] else pod(name) for name in PLACES]
    return owner, named(reconcile(owner, pods, NODES).slices)


def closest(wanted: str, unready: str) -> Frame:
    """For each node the Pods that it sends to; then each Pod's part of it all, if every node sends the same."""
    owner, slices = placed(wanted, unready)
    by_node = {node: usable_shares(owner, slices, node) for node in ZONES}
    rows = [
        (
            join([el("b", node, class_="ob node"), el("small", f" {zone}")]),
            ", ".join(f"{name} {share}" for name, share in sorted(by_node[node].items())),
            followed(owner, slices, node),
        )
        for node, zone in ZONES.items()
    ]
    load = {
        name: sum((shares.get(name, Fraction(0)) for shares in by_node.values()), Fraction(0)) / len(ZONES)
        for name in PLACES
    }
    parts = [(name, share) for name, share in load.items() if share]
    title = el("p", _("each Pod's part, if all nodes send as much"), class_="sub")
    return Frame(
        join([grid([_("from"), _("to"), _("hints that are followed")], rows), title, split_bar(parts)]), _said(parts)
    )


def followed(owner: Service, slices: tuple[EndpointSlice, ...], node: str) -> str:
    """Which hints a node follows, in the API's word."""
    state = proxy_state([owner], slices, ProxyNode(node, (NODE_IP,), {ZONE: ZONES[node]}))
    return state.usable(state.ports()[0]).topology or _("none")


def _said(parts: list[tuple[str, Fraction]]) -> str:
    name, share = max(parts, key=lambda part: part[1])
    if share == Fraction(1, len(parts)):
        return _("Each of {n} Pods gets **{share}** of it all.").format(n=len(parts), share=share)
    return _("**{name}** gets **{share}** of it all.").format(name=name, share=share)
