"""Which objects the garbage collector looks at after a change.

References
----------
pkg/controller/garbagecollector/graph_builder.go: processGraphChanges, processTransitions,
addUnblockedOwnersToDeleteQueue (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.controlplane.garbage.graph import Identity, OwnerGraph, identity
from k8smodels.controlplane.garbage.owners import is_orphaning, is_waiting, owner


def look_at(before: KubernetesObject | None, after: KubernetesObject | None, graph: OwnerGraph) -> tuple[Identity, ...]:
    """The objects that a change may concern, in the order in which they are queued.

    Parameters
    ----------
    before, after
        The object before and after; None if it did not exist or is gone.
    graph
        The objects after the change.
    """
    found: list[Identity] = []
    if after is not None:
        found += _changed(before, after, graph)
    elif before is not None:
        found += map(identity, graph.dependents(before))
    if before is not None:
        found += _freed_owners(before, after, graph)
    return tuple(dict.fromkeys(found))


def _changed(before: KubernetesObject | None, after: KubernetesObject, graph: OwnerGraph) -> Iterator[Identity]:
    if is_orphaning(after) and not (before and is_orphaning(before)):
        yield identity(after)
    elif is_waiting(after) and not (before and is_waiting(before)):
        yield from map(identity, graph.dependents(after))
        yield identity(after)
    known = before.metadata.owner_references if before else ()
    added = [each for each in after.metadata.owner_references if each not in known]
    if any(owner(reference, after, graph).state != "solid" for reference in added):
        yield identity(after)


def _freed_owners(before: KubernetesObject, after: KubernetesObject | None, graph: OwnerGraph) -> Iterator[Identity]:
    """The owners that waited for `before` and no longer need to."""
    still = _blocked_uids(after.metadata) if after else ()
    for uid in _blocked_uids(before.metadata):
        item = graph.with_uid(uid)
        if uid not in still and item is not None and is_waiting(item):
            yield identity(item)


def _blocked_uids(metadata: ObjectMeta) -> tuple[str, ...]:
    return tuple(each.uid for each in metadata.owner_references if each.block_owner_deletion)
