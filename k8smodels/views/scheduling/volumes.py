"""Claims and volumes of a decision: who gets what, and why not another."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.node import Node
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision
from k8smodels.scheduling.plugins.volume_matching import find_matching_volume, mismatch
from k8smodels.views.html import Html, el, inline, join

__all__ = ["claim_table", "reach", "short_modes", "volume_table"]

SHORT_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}
"""Access modes as ``kubectl get pv`` writes them."""


def short_modes(modes: Sequence[str]) -> str:
    """Access modes in kubectl's short form."""
    return ",".join(SHORT_MODES[mode] for mode in modes)


def reach(volume: PersistentVolume) -> str:
    """The values of the labels by which nodes reach `volume`, in words."""
    affinity = volume.spec.node_affinity
    terms = affinity.required.node_selector_terms if affinity and affinity.required else ()
    return ", ".join(value for term in terms for rule in term.match_expressions for value in rule.values) or _("all")


def claim_table(decision: Decision, cluster: Cluster) -> Html:
    """The claims that the pod of `decision` uses, and what becomes of each."""
    names = [
        source.persistent_volume_claim.claim_name
        for source in decision.pod.spec.volumes
        if source.persistent_volume_claim
    ]
    claims = [cluster.storage.claim_by_key[decision.pod.namespace, name] for name in names]
    rows = [
        el(
            "tr",
            el("th", el("b", claim.name, class_="ob vol"), scope="row"),
            el("td", str(claim.requested)),
            el("td", claim.storage_class),
            el("td", inline(_fate(claim, decision, cluster))),
        )
        for claim in claims
    ]
    return el("table", _head(_("claim"), _("asks for"), _("class"), _("its volume")), el("tbody", join(rows)))


def _fate(claim: PersistentVolumeClaim, decision: Decision, cluster: Cluster) -> str:
    volume = cluster.storage.volume_by_name.get(claim.spec.volume_name)
    if volume is not None:
        return _("has **{volume}**, reached from {reach}").format(volume=volume.name, reach=reach(volume))
    if claim.name in decision.volumes.static:
        return _("gets **{volume}**").format(volume=decision.volumes.static[claim.name])
    if claim.name in decision.volumes.provision:
        return _("is to be made where **{node}** can reach it").format(node=decision.node)
    return _("none yet")


def volume_table(volumes: Sequence[PersistentVolume], claim: PersistentVolumeClaim, node: Node) -> Html:
    """Each of `volumes`, with the first field that keeps `claim` on `node` from it, and the one that it gets."""
    taken = find_matching_volume(claim, volumes, node)
    rows = [
        el(
            "tr",
            el("th", el("b", volume.name, class_="ob vol"), scope="row"),
            el("td", str(volume.size), class_="r"),
            el("td", short_modes(volume.spec.access_modes)),
            el("td", reach(volume)),
            el("td", _verdict(volume, claim, node, taken)),
            class_="on" if volume is taken else None,
        )
        for volume in volumes
    ]
    head = _head(_("volume"), _("size"), _("modes"), _("reached from"), _("verdict"))
    return el("table", head, el("tbody", join(rows)))


def _verdict(
    volume: PersistentVolume, claim: PersistentVolumeClaim, node: Node, taken: PersistentVolume | None
) -> Html:
    field = mismatch(volume, claim, node)
    if field is not None:
        return el("span", el("b", field), class_="v no")
    if volume is taken:
        return el("span", el("b", _("chosen")), class_="v pick")
    return el("span", el("b", _("fits, but is larger")), class_="v ok")


def _head(*names: str) -> Html:
    return el("thead", el("tr", join(el("th", name, scope="col") for name in names)))
