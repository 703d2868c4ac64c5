"""Scenes of the chapter *Objects*: owners that go, finalizers that hold, and a namespace that is emptied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, cast

from k8smodels.api.meta import KubernetesObject, OwnerReference
from k8smodels.api.node import Namespace
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, Record, Snapshot
from k8smodels.controlplane.garbage import PropagationPolicy
from k8smodels.controlplane.resources import kind_of
from k8smodels.i18n import _
from k8smodels.scenes.objects import USER, WEB
from k8smodels.views.controlplane.graph import Box, Link, layered_graph
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, bullets, el, join
from k8smodels.views.tables import table

__all__ = ["DELETION_STEPS", "NAMESPACE_STEPS", "POLICIES", "deleted", "emptied"]

POLICIES: Mapping[str, PropagationPolicy] = {
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
}
"""kubectl's words and the API's."""

DELETION_STEPS = 8
_KINDS = ("Deployment", "ReplicaSet", "ConfigMap", "Pod")
BACKUP = "example.com/backup"
"""A finalizer of somebody who does not answer."""

NOTES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data: {colour: blue}
"""


class _Scenario(NamedTuple):
    """A cluster after the deletion, the moments of interest, and what was written at each."""

    cluster: Cluster
    moments: tuple[float, ...]
    records: tuple[tuple[Record, ...], ...]


def deleted(policy: str, holds: bool, step: int) -> Frame:
    """The owner graph of `web` while the Deployment is deleted."""
    scenario = _deletion(POLICIES[policy], holds)
    first = scenario.cluster.at(scenario.moments[0])
    at = min(step, len(scenario.moments) - 1)
    now = scenario.cluster.at(scenario.moments[at])
    lines = [_line(record) for record in scenario.records[at]]
    over = step >= len(scenario.moments)
    nothing = _("nothing yet") if at == 0 else _("nothing more")
    written = bullets([nothing] if over or not lines else lines)
    graph = _owner_graph(first, now)
    side = el("div", el("p", _("written at this moment"), class_="sub"), written)
    return Frame(el("div", join([graph, side]), class_="side"), _deletion_says(policy, now, at, over))


def _owner_graph(first: Snapshot, now: Snapshot) -> Html:
    before = _items(first)
    present = {item.metadata.uid: item for item in _items(now)}
    boxes = [_box(item, present.get(item.metadata.uid)) for item in before]
    uids = {item.metadata.uid: item.name for item in before}
    links = []
    for item in before:
        for owner in item.metadata.owner_references:
            still = present.get(item.metadata.uid)
            has = still is not None and owner.uid in {each.uid for each in still.metadata.owner_references}
            look = ("solid" if owner.block_owner_deletion else "dashed") if has else "none"
            links.append(Link(f"{owner.kind}/{uids[owner.uid]}", f"{kind_of(item)}/{item.name}", look))
    return layered_graph(boxes, links, _("Owners above, what they own below"))


def _items(moment: Snapshot) -> list[KubernetesObject]:
    return [
        item
        for kind in _KINDS
        for item in moment.objects.get(kind, ())
        if item.name.startswith("web") or item.name == "notes"
    ]


def _box(item: KubernetesObject, now: KubernetesObject | None) -> Box:
    kind, name = kind_of(item), f"{kind_of(item)}/{item.name}"
    title = kind if kind != "Pod" else f"Pod …{item.name[-5:]}"
    if now is None:
        return Box(name, (title, _("gone")), "gone")
    if now.metadata.deletion_timestamp:
        held = now.metadata.finalizers
        return Box(name, (title, _short(held[0]) if held else _("ends")), "going")
    lost = item.metadata.owner_references and not now.metadata.owner_references
    return Box(name, (title, _("no owner") if lost else _("there")), "there")


def _short(finalizer: str) -> str:
    return finalizer.removesuffix("Deletion") if finalizer != BACKUP else "…/backup"


def _line(record: Record) -> str:
    verb = _("**{verb}** `{kind}`, by {who}").format(
        verb=record.verb, kind=record.kind, who=record.component.partition(" ")[0]
    )
    if not record.note or record.note.startswith("grace"):
        return verb
    return _("{line}: {note}").format(line=verb, note=record.note.replace(f"/{_hash(record)}", "/web-…"))


def _hash(record: Record) -> str:
    """The name of the ReplicaSet in a note, which says nothing to a reader."""
    words = [word for word in record.note.split() if word.startswith("ReplicaSet/")]
    return words[0].partition("/")[2] if words else "-"


def _deletion_says(policy: str, now: Snapshot, at: int, over: bool) -> str:
    left = _items(now)
    if at == 0:
        return _(
            "Five objects. A solid arrow blocks the deletion of the owner in the foreground, a dashed one does not."
        )
    going = [item for item in left if item.metadata.deletion_timestamp]
    names = ", ".join(kind_of(item) for item in going)
    if over and going:
        return _(
            "A minute later: still being deleted: **{names}**. A finalizer waits for somebody to take it off."
        ).format(names=names)
    if over:
        return {
            "background": _("All are gone; kubectl had its answer before the first Pod was touched."),
            "foreground": _("All are gone, and the owner last: when it is gone, everything is."),
            "orphan": _("The Deployment is gone. **The Pods run on**, and the ReplicaSet keeps their number."),
        }[policy]
    return _("{left} of 5 objects are left, {going} of them on their way out.").format(left=len(left), going=len(going))


@lru_cache(maxsize=8)
def _deletion(policy: PropagationPolicy, holds: bool) -> _Scenario:
    cluster = Cluster.of(2)
    cluster.apply(WEB.replace("replicas: 3", "replicas: 2"))
    cluster.run(10)
    cluster.apply(NOTES)
    cluster.server.patch("ConfigMap", "default", "notes", lambda item: _owned(item, cluster), USER)
    if holds:
        cluster.server.patch("Pod", "default", cluster.pods()[0].name, held, USER)
    cluster.run(1)
    start, number = cluster.seconds, len(cluster.journal)
    cluster.server.delete("Deployment", "default", "web", USER, policy=policy)
    cluster.run(60)
    return _scenario(cluster, start, list(cluster.journal)[number:])


def _scenario(cluster: Cluster, start: float, records: Sequence[Record]) -> _Scenario:
    """Records of the same moment are one step."""
    moments, steps = [start - 0.001], [tuple[Record, ...]()]
    for record in records:
        is_written = record.revision and record.kind in _KINDS and not record.verb.endswith("status")
        if not is_written or (record.component == "deployment-controller" and record.verb == "update"):
            continue
        if record.at_seconds > moments[-1] + 0.0095 or len(moments) == 1:
            moments.append(record.at_seconds)
            steps.append(())
        moments[-1] = record.at_seconds
        steps[-1] = (*steps[-1], record)
    return _Scenario(cluster, tuple(moments), tuple(steps))


def _owned(item: KubernetesObject, cluster: Cluster) -> KubernetesObject:
    owner = cast("Deployment", cluster.store.get("Deployment", "default", "web"))
    reference = OwnerReference(api_version="apps/v1", kind="Deployment", name="web", uid=owner.metadata.uid)
    return replace(item, metadata=replace(item.metadata, owner_references=(reference,)))


def held(item: KubernetesObject) -> KubernetesObject:
    """`item` with a finalizer that nobody takes off."""
    return replace(item, metadata=replace(item.metadata, finalizers=(BACKUP,)))


# A namespace.

NAMESPACE_STEPS: Mapping[float, str] = {
    -1.0: "before",
    0.1: "0.1 s",
    5.02: "5.02 s",
    6.0: "6 s",
    12.0: "12 s",
    300.0: "5 min",
}
"""Moments after ``kubectl delete namespace``."""


def emptied(holds: bool, at: float) -> Frame:
    """A namespace that is deleted, and what is left in it."""
    cluster, start = _emptied(holds)
    now = cluster.at(start + at)
    found = [item for item in now.of(Namespace) if item.name == "shop"]
    left = [item for kind in now.objects.values() for item in kind if item.metadata.namespace == "shop"]
    rows = [
        (f"{kind_of(item)}", _state(item))
        for item in left
        if kind_of(item) in ("Pod", "ConfigMap", "ReplicaSet", "Deployment")
    ]
    phase = found[0].status.phase if found else _("gone")
    head = el("p", el("b", "Namespace shop:"), f" {phase}", class_=f"v {'ok' if phase == 'Active' else 'wait'}")
    parts = [head]
    if rows:
        parts.append(table([_("left in it"), _("state")], rows))
    told = [condition.message for item in found for condition in item.status.conditions if condition.status == "True"]
    parts += [el("p", message, class_="msg") for message in told]
    return Frame(join(parts), _namespace_says(at, len(rows), holds, bool(found)))


def _state(item: KubernetesObject) -> Html:
    if not item.metadata.deletion_timestamp:
        return el("span", el("b", _("there")), class_="v ok")
    held = ", ".join(item.metadata.finalizers)
    return el("span", el("b", _("being deleted")), f" {held}", class_="v wait")


def _namespace_says(at: float, left: int, holds: bool, is_there: bool) -> str:
    if at < 0:
        return _("A Deployment, its ReplicaSet, two Pods and a ConfigMap.")
    if at < 5:
        return _("**Terminating**: from now on nothing new may be made in it. Nothing has been deleted yet.")
    if at < 5.03:
        return _("**Pods first**, as of five seconds. The ReplicaSet wants new ones and is refused.")
    if at < 10:
        return _("The Pods have ended; {left} other objects wait for the controller's next look.").format(left=left)
    if holds and is_there:
        return _("**Held**: the conditions say by what. No time limit ends this; the finalizer's owner has to.")
    return _("Everything is gone, and the namespace with it.")


@lru_cache(maxsize=2)
def _emptied(holds: bool) -> tuple[Cluster, float]:
    cluster = Cluster.of(2)
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")
    cluster.apply(WEB.replace("replicas: 3", "replicas: 2"), namespace="shop")
    cluster.apply(NOTES, namespace="shop")
    if holds:
        cluster.server.patch("ConfigMap", "shop", "notes", held, USER)
    cluster.run(10)
    start = cluster.seconds
    cluster.delete("namespace", "shop", wait=False)
    cluster.run(310)
    return cluster, start
