"""What the garbage collector does about one object.

References
----------
pkg/controller/garbagecollector/garbagecollector.go: attemptToDeleteItem, processDeletingDependentsItem,
attemptToOrphanWorker; patch.go: unblockOwnerReferencesStrategicMergePatch (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from k8smodels.api.meta import KubernetesObject, OwnerReference
from k8smodels.controlplane.garbage.deletion import FOREGROUND_FINALIZER, ORPHAN_FINALIZER, PropagationPolicy
from k8smodels.controlplane.garbage.graph import Identity, OwnerGraph, identity
from k8smodels.controlplane.garbage.owners import Owner, is_orphaning, is_waiting, owner
from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object through the API, with that `propagationPolicy`."""

    item: Identity
    policy: PropagationPolicy


@dataclass(frozen=True, slots=True)
class PatchOwnerReferences:
    """Give an object these owner references instead of those it has."""

    item: Identity
    owner_references: tuple[OwnerReference, ...]


@dataclass(frozen=True, slots=True)
class RemoveFinalizer:
    """Take a finalizer off an object."""

    item: Identity
    finalizer: str


Write = Delete | PatchOwnerReferences | RemoveFinalizer


@dataclass(frozen=True, slots=True)
class Decision:
    """What the collector does about an object.

    Attributes
    ----------
    item
        The object.
    reason
        Why, in a sentence.
    writes
        What it sends to the API server, in this order; empty if it leaves things as they are.
    owners
        What has become of the owners, where that was asked.
    look_at
        The objects that it looks at next because of this one.
    """

    item: Identity
    reason: str
    writes: tuple[Write, ...] = ()
    owners: tuple[Owner, ...] = ()
    look_at: tuple[Identity, ...] = ()


def collect(item: KubernetesObject, graph: OwnerGraph) -> Decision:
    """What the garbage collector does about `item` now, given the objects that exist.

    Parameters
    ----------
    item
        The object as it is stored.
    graph
        All objects, `item` among them.
    """
    name = identity(item)
    if is_orphaning(item):
        return _orphan_dependents(item, graph)
    if is_waiting(item):
        return _wait_for_dependents(item, graph)
    if item.metadata.deletion_timestamp:
        return Decision(name, _("it is being deleted already: its finalizers hold it"))
    owners = tuple(owner(reference, item, graph) for reference in item.metadata.owner_references)
    if not owners:
        return Decision(name, _("it has no owner"))
    return replace(_by_owners(item, owners, graph), owners=owners)


def _by_owners(item: KubernetesObject, owners: Sequence[Owner], graph: OwnerGraph) -> Decision:
    name = identity(item)
    invalid, solid, waiting = (
        [each for each in owners if each.state == state] for state in ("invalid", "solid", "waiting")
    )
    if invalid:
        return Decision(name, invalid[0].reason)
    if solid:
        return _keep(item, owners)
    if waiting and graph.dependents(item):
        return _delete_in_foreground(item, graph)
    reason = (waiting or owners)[0].reason
    if len(owners) > 1:
        reason = _("none of its owners lives on: {first}").format(first=reason)
    return Decision(name, reason, (Delete(name, _policy(item)),))


def _keep(item: KubernetesObject, owners: Sequence[Owner]) -> Decision:
    name = identity(item)
    kept = tuple(each.reference for each in owners if each.state == "solid")
    if len(kept) == len(owners):
        return Decision(name, next(each.reason for each in owners))
    living = next(each.reason for each in owners if each.state == "solid")
    lost = next(each.reason for each in owners if each.state != "solid")
    reason = _("{living}, so it stays; the other reference goes: {lost}").format(living=living, lost=lost)
    return Decision(name, reason, (PatchOwnerReferences(name, kept),))


def _delete_in_foreground(item: KubernetesObject, graph: OwnerGraph) -> Decision:
    """Delete an object in the middle of a foreground deletion.

    If one of its dependents waits as well, the two may wait for each other in a cycle; so `item` first stops blocking
    its owners.
    """
    name = identity(item)
    delete: tuple[Write, ...] = (Delete(name, "Foreground"),)
    if not any(is_waiting(dependent) for dependent in graph.dependents(item)):
        return Decision(name, _("an owner waits for its deletion, and it has dependents itself"), delete)
    loose = tuple(replace(each, block_owner_deletion=False) for each in item.metadata.owner_references)
    reason = _("an owner and a dependent both wait: lest they wait for each other, it stops blocking its owners")
    return Decision(name, reason, (PatchOwnerReferences(name, loose), *delete))


def _policy(item: KubernetesObject) -> PropagationPolicy:
    """The policy that a finalizer of `item` asks for already."""
    if ORPHAN_FINALIZER in item.metadata.finalizers:
        return "Orphan"
    return "Foreground" if FOREGROUND_FINALIZER in item.metadata.finalizers else "Background"


def _wait_for_dependents(item: KubernetesObject, graph: OwnerGraph) -> Decision:
    name, uid = identity(item), item.metadata.uid
    blocking = [each for each in graph.dependents(item) if _blocks(each, uid)]
    if not blocking:
        return Decision(
            name, _("no dependent blocks its deletion any more"), (RemoveFinalizer(name, FOREGROUND_FINALIZER),)
        )
    reason = _("it waits for dependents that block its deletion, {first} the first of {count}")
    reason = reason.format(first=identity(blocking[0]), count=len(blocking))
    return Decision(name, reason, look_at=tuple(identity(each) for each in blocking if not is_waiting(each)))


def _blocks(item: KubernetesObject, uid: str) -> bool:
    return any(ref.uid == uid and ref.block_owner_deletion for ref in item.metadata.owner_references)


def _orphan_dependents(item: KubernetesObject, graph: OwnerGraph) -> Decision:
    name, uid = identity(item), item.metadata.uid
    orphans = (
        PatchOwnerReferences(identity(each), tuple(ref for ref in each.metadata.owner_references if ref.uid != uid))
        for each in graph.dependents(item)
    )
    reason = _("it was deleted with the policy Orphan: its dependents lose their reference to it, then it goes")
    return Decision(name, reason, (*orphans, RemoveFinalizer(name, ORPHAN_FINALIZER)))
