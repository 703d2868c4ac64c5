"""What the API server does when an object is deleted, and when one that is being deleted changes.

References
----------
staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go: shouldOrphanDependents,
shouldDeleteDependentsInForeground, deletionFinalizersForGarbageCollection, markAsDeleting, ShouldDeleteDuringUpdate
pkg/registry/batch/job/strategy.go: DefaultGarbageCollectionPolicy (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeVar

from k8smodels.api.errors import unsupported
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.times import format_time

PropagationPolicy = Literal["Background", "Foreground", "Orphan"]
"""What becomes of the dependents of a deleted object: deleted after it, deleted before it, or left without owner."""

FOREGROUND_FINALIZER = "foregroundDeletion"
"""Holds an owner until the dependents that block it are gone."""

ORPHAN_FINALIZER = "orphan"
"""Holds an owner until its dependents no longer name it."""

_FINALIZERS: dict[str, tuple[str, ...]] = {
    "Background": (),
    "Foreground": (FOREGROUND_FINALIZER,),
    "Orphan": (ORPHAN_FINALIZER,),
}

Item = TypeVar("Item", bound=KubernetesObject)


def delete(item: Item, now: datetime, policy: PropagationPolicy | None = None) -> Item | None:
    """What is left of `item` right after it was deleted through the API: None if it is gone at once.

    With finalizers it stays, and has a deletion timestamp. The grace period in which a kubelet stops a pod is another
    matter and not part of this function.

    Parameters
    ----------
    item
        The object as it is stored.
    now
        The present.
    policy
        The `propagationPolicy` of the request. Without one the finalizers that the object already has decide, then
        the kind: a Job orphans its pods, for the sake of old clients; all others delete in the background.

    Raises
    ------
    FieldError
        A policy of another name.
    """
    if policy is not None and policy not in _FINALIZERS:
        raise unsupported("propagationPolicy", policy, _FINALIZERS)
    finalizers = _finalizers(item, policy)
    if not finalizers:
        return None
    return replace(item, metadata=_marked(replace(item.metadata, finalizers=finalizers), now))


def is_gone(item: KubernetesObject) -> bool:
    """Whether the API server drops `item` on being written like this: deleted, no finalizer and no grace left."""
    metadata = item.metadata
    return bool(metadata.deletion_timestamp and not metadata.finalizers and not metadata.deletion_grace_period_seconds)


def _finalizers(item: KubernetesObject, policy: PropagationPolicy | None) -> tuple[str, ...]:
    wanted = _FINALIZERS[policy or _default_policy(item)]
    ours = (FOREGROUND_FINALIZER, ORPHAN_FINALIZER)
    finalizers = (*(each for each in item.metadata.finalizers if each not in ours), *wanted)
    return item.metadata.finalizers if set(finalizers) == set(item.metadata.finalizers) else finalizers


def _default_policy(item: KubernetesObject) -> PropagationPolicy:
    for finalizer in item.metadata.finalizers:
        if finalizer == FOREGROUND_FINALIZER:
            return "Foreground"
        if finalizer == ORPHAN_FINALIZER:
            return "Orphan"
    return "Orphan" if (item.api_version, item.kind) == ("batch/v1", "Job") else "Background"


def _marked(metadata: ObjectMeta, now: datetime) -> ObjectMeta:
    if metadata.deletion_timestamp:
        return replace(metadata, deletion_grace_period_seconds=0)
    generation = metadata.generation + 1 if metadata.generation else 0
    return replace(
        metadata, generation=generation, deletion_timestamp=format_time(now), deletion_grace_period_seconds=0
    )
