"""Adapter of the suite ``controlplane/garbage-collection``."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from k8smodels.api.kinds import KINDS
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.conformance.report import JSON
from k8smodels.controlplane.garbage import (
    Delete,
    Identity,
    OwnerGraph,
    PatchOwnerReferences,
    PropagationPolicy,
    Write,
    collect,
    delete,
    identity,
    is_gone,
    look_at,
)

_NOW = datetime(2000, 1, 1, tzinfo=UTC)
_VERSIONS: Mapping[str, str] = {"Deployment": "apps/v1", "ReplicaSet": "apps/v1"}


def garbage_collection(case: JSON) -> JSON:
    """The suite ``controlplane/garbage-collection``."""
    run = CollectorRun([_stored(item) for item in case["objects"]])
    run.settle()
    for step in case["delete"]:
        run.delete(_named(step, "" if step["kind"] == "Node" else "default"), step["propagationPolicy"])
        run.settle()
    names = [identity(_stored(item)) for item in case["objects"]]
    left = [run.graph.get(name) for name in names]
    return {
        "gone": sorted(map(str, run.gone)),
        "left": [_left(item) for item in left if item is not None],
        "order": list(_order(case, run.gone)),
    }


class CollectorRun:
    """Objects, and a garbage collector that looks at them until nothing is left to do.

    Parameters
    ----------
    items
        The objects that exist when the collector starts.
    """

    def __init__(self, items: Sequence[KubernetesObject]) -> None:
        self.graph = OwnerGraph(items)
        self.gone: list[Identity] = []
        self.queue = deque(name for item in items for name in look_at(None, item, self.graph))

    def settle(self) -> None:
        """Work through the queue."""
        while self.queue:
            item = self.graph.get(self.queue.popleft())
            if item is None:
                continue
            decision = collect(item, self.graph)
            for write in decision.writes:
                self._send(write)
            self.queue += decision.look_at

    def delete(self, name: Identity, policy: PropagationPolicy) -> None:
        """Delete an object as a user does."""
        item = self.graph.get(name)
        if item is not None:
            self._store(item, delete(item, _NOW, policy))

    def _send(self, write: Write) -> None:
        item = self.graph.get(write.item)
        if item is None:
            return
        if isinstance(write, Delete):
            self.delete(write.item, write.policy)
        elif isinstance(write, PatchOwnerReferences):
            self._store(item, replace(item, metadata=replace(item.metadata, owner_references=write.owner_references)))
        else:
            left = tuple(each for each in item.metadata.finalizers if each != write.finalizer)
            changed = replace(item, metadata=replace(item.metadata, finalizers=left))
            self._store(item, None if is_gone(changed) else changed)

    def _store(self, before: KubernetesObject, after: KubernetesObject | None) -> None:
        if after is None:
            self.graph.remove(identity(before))
            self.gone.append(identity(before))
        else:
            self.graph.put(after)
        self.queue += look_at(before, after, self.graph)


def _stored(item: JSON) -> KubernetesObject:
    kind = item["kind"]
    version = _VERSIONS.get(kind, "v1")
    namespace = {} if kind == "Node" else {"namespace": item.get("namespace", "default")}
    metadata = {key: value for key, value in item.items() if key != "kind"} | namespace
    kept = KINDS.get((version, kind), Unstructured)
    return kept.from_json({"apiVersion": version, "kind": kind, "metadata": metadata})


def _named(item: JSON, namespace: str) -> Identity:
    group = _VERSIONS.get(item["kind"], "").partition("/")[0]
    return Identity(group, item["kind"], namespace, item["name"])


def _left(item: KubernetesObject) -> JSON:
    metadata = item.metadata
    shown: dict[str, JSON] = {"object": str(identity(item))}
    if metadata.owner_references:
        shown["owners"] = [f"{owner.kind}/{owner.name}" for owner in metadata.owner_references]
    if metadata.finalizers:
        shown["finalizers"] = list(metadata.finalizers)
    return shown | ({"deleting": True} if metadata.deletion_timestamp else {})


def _order(case: JSON, gone: Sequence[Identity]) -> Iterator[JSON]:
    """Owner and dependent in the order in which they went, where that is no matter of chance."""
    place = {str(name): i for i, name in enumerate(gone)}
    foreground = any(step["propagationPolicy"] == "Foreground" for step in case["delete"])
    shared = any(len(item.get("ownerReferences", ())) > 1 for item in case["objects"])
    for item in case["objects"]:
        name = f"{item['kind']}/{item['name']}"
        for reference in item.get("ownerReferences", ()):
            owner = f"{reference['kind']}/{reference['name']}"
            told = reference.get("blockOwnerDeletion", False) and not shared
            if name in place and owner in place and (told or not foreground):
                yield sorted((owner, name), key=lambda each: place[each])
