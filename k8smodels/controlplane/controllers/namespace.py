"""The namespace controller: it empties a namespace that is being deleted, pods first, and then lets it go.

Left out: what goes wrong while content is deleted.

References
----------
pkg/controller/namespace/namespace_controller.go;
pkg/controller/namespace/deletion: namespaced_resources_deleter.go, status_condition_utils.go (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from k8smodels.api.meta import Condition, KubernetesObject
from k8smodels.api.node import Namespace
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_time
from k8smodels.controlplane.admission.namespaces import FINALIZER
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey
from k8smodels.controlplane.resources import RESOURCES, kind_of, resource_of
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change

DELETION_GRACE_SECONDS = 5
"""How long after a change the controller waits: for objects that are being made at the same moment."""

FINALIZER_ESTIMATE_SECONDS = 15
"""How long somebody else's finalizer is thought to take."""

DEFAULT_GRACE_SECONDS = 30

_FINE: Mapping[str, tuple[str, str]] = {
    "NamespaceDeletionDiscoveryFailure": ("ResourcesDiscovered", "All resources successfully discovered"),
    "NamespaceDeletionGroupVersionParsingFailure": (
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
    ),
    "NamespaceDeletionContentFailure": (
        "ContentDeleted",
        "All content successfully deleted, may be waiting on finalization",
    ),
    "NamespaceContentRemaining": ("ContentRemoved", "All content successfully removed"),
    "NamespaceFinalizersRemaining": ("ContentHasNoFinalizers", "All content-preserving finalizers finished"),
}
"""Reason and message of each condition as long as nothing hinders the deletion."""


class Remaining(NamedTuple):
    """What is left after everything was deleted.

    Attributes
    ----------
    items
        The objects.
    estimate_seconds
        How long they may still take; 0 if nobody knows.
    """

    items: tuple[KubernetesObject, ...]
    estimate_seconds: int


class NamespaceController(Controller):
    """Removes what is in a namespace, and its finalizer."""

    name = "namespace-controller"
    workers = 10

    def watch(self) -> None:
        """Namespaces that are being deleted."""
        self._namespaces = self.informer(Namespace)
        self._namespaces.handlers.append(self._changed)

    def _changed(self, change: Change) -> None:
        if change.type != "DELETED" and change.item.metadata.deletion_timestamp:
            self.queue.add_after(("", change.item.name), DELETION_GRACE_SECONDS, change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """Delete the pods; once they are gone, everything else; once that is gone, let the namespace go."""
        namespace = self._namespaces.get(*key)
        if namespace is None or FINALIZER not in namespace.spec.finalizers:
            return
        left = yield from self._delete_all(["Pod"], namespace, because)
        # With pods left, no condition speaks of them: the real controller does not count them before it goes on.
        told = Remaining((), 0)
        if not left.items:
            told = left = yield from self._delete_all(self._other_kinds(), namespace, because)
        yield from self._tell(namespace, told, because)
        if left.estimate_seconds:
            self.queue.add_after(key, left.estimate_seconds // 2 + 1, because)
        elif left.items:
            self.queue.retry(key, because)
        else:
            yield from self.client.patch(namespace, _finalized, because, "finalize")

    def _other_kinds(self) -> list[str]:
        order = {kind: number for number, kind in enumerate(RESOURCES)}
        kinds = sorted(self.client.server.store.kinds(), key=lambda kind: order.get(kind, len(order)))
        return [kind for kind in kinds if kind != "Pod"]

    def _delete_all(self, kinds: Iterable[str], namespace: Namespace, because: int) -> Answer[Remaining]:
        store, remaining, estimate_seconds = self.client.server.store, list[KubernetesObject](), 0
        for kind in kinds:
            items = [item for item in store.objects(kind, namespace.name) if resource_of(item).namespaced]
            grace_seconds = self._grace_seconds(items, namespace)
            for item in items:
                yield from self._delete(item, because)
            left = [item for item in store.objects(kind, namespace.name) if resource_of(item).namespaced]
            waits = any(item.metadata.finalizers for item in left)
            seconds = grace_seconds or (FINALIZER_ESTIMATE_SECONDS if waits else 0)
            estimate_seconds = max(estimate_seconds, seconds if left else 0)
            remaining += left
        return Remaining(tuple(remaining), estimate_seconds)

    def _delete(self, item: KubernetesObject, because: int) -> Answer[None]:
        try:
            yield from self.client.delete(
                kind_of(item),
                item.metadata.namespace,
                item.name,
                because,
                "its namespace is deleted",
                policy="Background",
            )
        except StatusError as error:
            if error.reason != "NotFound":
                raise

    def _grace_seconds(self, items: Sequence[KubernetesObject], namespace: Namespace) -> int:
        """The longest time that a pod may take to end; 0 if as much has passed already."""
        running = [item.spec for item in items if isinstance(item, Pod) and not item.is_finished]
        own = [spec.termination_grace_period_seconds for spec in running]
        longest = max((DEFAULT_GRACE_SECONDS if grace is None else grace for grace in own), default=0)
        passed = self.clock.now - parse_time(namespace.metadata.deletion_timestamp)
        return 0 if passed.total_seconds() >= longest else longest

    def _tell(self, namespace: Namespace, left: Remaining, because: int) -> Answer[None]:
        conditions = conditions_of(namespace, left.items, self.clock.stamp)
        if conditions != namespace.status.conditions:
            status = replace(namespace.status, conditions=conditions)
            change = _with_status(status)
            yield from self.client.patch(namespace, change, because, status=True)


def conditions_of(namespace: Namespace, left: Sequence[KubernetesObject], now: str) -> tuple[Condition, ...]:
    """The conditions of a namespace that still holds the objects `left`."""
    counts = Counter(f"{resource_of(item).plural}.{resource_of(item).group}" for item in left)
    finalizers = Counter(finalizer for item in left for finalizer in item.metadata.finalizers)
    found: dict[str, tuple[str, str]] = {}
    if counts:
        shown = ", ".join(f"{name} has {count} resource instances" for name, count in sorted(counts.items()))
        found["NamespaceContentRemaining"] = ("SomeResourcesRemain", f"Some resources are remaining: {shown}")
    if finalizers:
        shown = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
        message = f"Some content in the namespace has finalizers remaining: {shown}"
        found["NamespaceFinalizersRemaining"] = ("SomeFinalizersRemain", message)
    before = {condition.type: condition for condition in namespace.status.conditions}
    conditions = []
    for kind, fine in _FINE.items():
        status, (reason, message) = ("True", found[kind]) if kind in found else ("False", fine)
        old = before.get(kind)
        since = old.last_transition_time if old is not None and old.status == status else now
        conditions.append(
            Condition(type=kind, status=status, reason=reason, message=message, last_transition_time=since)
        )
    return tuple(conditions)


def _finalized(namespace: Any) -> Namespace:
    finalizers = tuple(each for each in namespace.spec.finalizers if each != FINALIZER)
    finalized: Namespace = replace(namespace, spec=replace(namespace.spec, finalizers=finalizers))
    return finalized


def _with_status(status: Any) -> Any:
    return lambda namespace: replace(namespace, status=status)
