"""What has become of the owners of an object.

References
----------
pkg/controller/garbagecollector/garbagecollector.go: isDangling, classifyReferences (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8smodels.api.meta import KubernetesObject, OwnerReference
from k8smodels.controlplane.garbage.deletion import FOREGROUND_FINALIZER, ORPHAN_FINALIZER
from k8smodels.controlplane.garbage.graph import OwnerGraph, identity
from k8smodels.i18n import _

OwnerState = Literal["solid", "dangling", "waiting", "invalid"]
"""An owner exists, does not exist, is held by the deletion of its dependents, or can never be found."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An owner reference and what it leads to.

    Attributes
    ----------
    reference
        As it stands in the dependent.
    state
        Kubernetes' own word; an ``invalid`` reference is an error there, which it does not act on.
    reason
        How that is known, in a sentence.
    """

    reference: OwnerReference
    state: OwnerState
    reason: str


def is_waiting(item: KubernetesObject) -> bool:
    """Whether `item` is being deleted in the foreground: it waits for its dependents."""
    return bool(item.metadata.deletion_timestamp) and FOREGROUND_FINALIZER in item.metadata.finalizers


def is_orphaning(item: KubernetesObject) -> bool:
    """Whether `item` is being deleted and waits until its dependents are orphans."""
    return bool(item.metadata.deletion_timestamp) and ORPHAN_FINALIZER in item.metadata.finalizers


def owner(reference: OwnerReference, item: KubernetesObject, graph: OwnerGraph) -> Owner:
    """What the owner reference `reference` of `item` leads to.

    An owner counts only in the namespace of `item` or if it is cluster-scoped, and only with the very UID: an object
    of the same name that was created later is another one.
    """
    namespace, shown = identity(item).namespace, f"{reference.kind}/{reference.name}"
    namespaced = graph.is_namespaced(reference)
    if namespaced is None:
        text = _("the server knows no kind {kind} in {version}, so nothing is known of {owner}")
        text = text.format(kind=reference.kind, version=reference.api_version, owner=shown)
        return Owner(reference, "invalid", text)
    if namespaced and not namespace:
        text = _("a cluster-scoped object cannot have the namespaced owner {owner}").format(owner=shown)
        return Owner(reference, "invalid", text)
    found = graph.named_by(reference, namespace)
    if found is None:
        text = _("{owner} does not exist in namespace {namespace}") if namespaced else _("{owner} does not exist")
        return Owner(reference, "dangling", text.format(owner=shown, namespace=namespace))
    if found.metadata.uid != reference.uid:
        text = _("the {owner} that exists is another one: its UID differs").format(owner=shown)
        return Owner(reference, "dangling", text)
    if is_waiting(found):
        return Owner(reference, "waiting", _("{owner} waits for its dependents to be deleted").format(owner=shown))
    return Owner(reference, "solid", _("{owner} exists").format(owner=shown))
