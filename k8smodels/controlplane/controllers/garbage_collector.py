"""The garbage collector in the cluster: `garbage.collect` for every object that a change may concern.

References
----------
pkg/controller/garbagecollector/garbagecollector.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller
from k8smodels.controlplane.garbage import (
    Delete,
    Identity,
    OwnerGraph,
    PatchOwnerReferences,
    Write,
    collect,
    identity,
    look_at,
)
from k8smodels.controlplane.resources import RESOURCES
from k8smodels.controlplane.store import Change

if TYPE_CHECKING:
    from collections.abc import Callable

_NEVER_OWNED = frozenset({"Lease", "Event"})


class GarbageCollector(Controller):
    """Deletes what has lost its owner."""

    name = "garbage-collector"
    workers = 20

    def watch(self) -> None:
        """Every kind but those that have no owners."""
        store = self.process.server.store
        kinds = [kind for kind in RESOURCES if kind not in _NEVER_OWNED]
        self._graph = OwnerGraph(item for kind in kinds for item in store.objects(kind))
        for kind in kinds:
            store.watch(kind, self.process.name, self._changed)

    def _changed(self, change: Change) -> None:
        gone = change.type == "DELETED"
        if gone:
            self._graph.remove(identity(change.item))
        else:
            self._graph.put(change.item)
        for name in look_at(change.before, None if gone else change.item, self._graph):
            self.queue.add(name, change.record)

    def sync(self, key: Identity, because: int) -> Answer[None]:
        """See `garbage.collect`."""
        item = self._graph.get(key)
        if item is None:
            return
        decision = collect(item, self._graph)
        for write in decision.writes:
            yield from self._write(write, decision.reason, because)
        for name in decision.look_at:
            self.queue.add(name, because)

    def _write(self, write: Write, reason: str, because: int) -> Answer[None]:
        item = self._graph.get(write.item)
        if item is None:
            return
        name = write.item
        if isinstance(write, Delete):
            uid = item.metadata.uid
            policy = write.policy
            yield from self.client.delete(name.kind, name.namespace, name.name, because, reason, policy=policy, uid=uid)
            return
        change = _with_owners(write) if isinstance(write, PatchOwnerReferences) else _without(write.finalizer)
        yield self.clock.environment.timeout(self.process.timing.request_seconds)
        by = Caller(self.name, because)
        self.process.server.patch(name.kind, name.namespace, name.name, change, by, reason)


def _with_owners(write: PatchOwnerReferences) -> Callable[[KubernetesObject], KubernetesObject]:
    return lambda item: replace(item, metadata=replace(item.metadata, owner_references=write.owner_references))


def _without(finalizer: str) -> Callable[[KubernetesObject], KubernetesObject]:
    def change(item: KubernetesObject) -> KubernetesObject:
        kept = tuple(each for each in item.metadata.finalizers if each != finalizer)
        return replace(item, metadata=replace(item.metadata, finalizers=kept))

    return change
