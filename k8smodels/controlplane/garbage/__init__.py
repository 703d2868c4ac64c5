"""Garbage collection: what goes when an owner goes.

An object names its owners in `metadata.ownerReferences`. `delete` is the API server's part of a deletion: it sets a
timestamp and finalizers. `collect` is the garbage collector's: one decision about one object, given all objects in an
`OwnerGraph`, with its reason. `look_at` says which objects the collector turns to after a change.

Left out: the delay until a watch tells the collector of a change, its retries, and how it finds the kinds that it may
delete.
"""

from k8smodels.controlplane.garbage.changes import look_at
from k8smodels.controlplane.garbage.decisions import (
    Decision,
    Delete,
    PatchOwnerReferences,
    RemoveFinalizer,
    Write,
    collect,
)
from k8smodels.controlplane.garbage.deletion import PropagationPolicy, delete, is_gone
from k8smodels.controlplane.garbage.graph import Identity, OwnerGraph, identity
from k8smodels.controlplane.garbage.owners import Owner, OwnerState, is_orphaning, is_waiting, owner

__all__ = [
    "Decision",
    "Delete",
    "Identity",
    "Owner",
    "OwnerGraph",
    "OwnerState",
    "PatchOwnerReferences",
    "PropagationPolicy",
    "RemoveFinalizer",
    "Write",
    "collect",
    "delete",
    "identity",
    "is_gone",
    "is_orphaning",
    "is_waiting",
    "look_at",
    "owner",
]
