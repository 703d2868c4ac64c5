"""A namespace that is deleted stays, and takes nothing new, until those who clean up in it have let go.

References
----------
pkg/registry/core/namespace/storage/storage.go: Delete, ShouldDeleteNamespaceDuringUpdate;
staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace
from k8smodels.api.times import format_time
from k8smodels.controlplane.resources import resource_of
from k8smodels.controlplane.status import forbidden
from k8smodels.controlplane.store import Store

FINALIZER = "kubernetes"
"""Holds a namespace until its content is gone; it stands in the spec, not with the other finalizers."""


def new_namespace(namespace: Namespace) -> Namespace:
    """`namespace` as it is stored first."""
    finalizers = namespace.spec.finalizers
    held = replace(namespace.spec, finalizers=finalizers if FINALIZER in finalizers else (*finalizers, FINALIZER))
    return replace(namespace, spec=held, status=replace(namespace.status, phase="Active"))


def is_held(item: KubernetesObject) -> bool:
    """Whether somebody has to clean up in it before it may go."""
    return isinstance(item, Namespace) and bool(item.spec.finalizers)


def terminating(item: KubernetesObject, now: datetime) -> KubernetesObject:
    """What is left of a namespace that is held, right after it was deleted."""
    if not isinstance(item, Namespace) or item.metadata.deletion_timestamp:
        return item
    meta = replace(item.metadata, deletion_timestamp=format_time(now))
    return replace(item, metadata=meta, status=replace(item.status, phase="Terminating"))


def refuse_new_content(item: KubernetesObject, store: Store) -> None:
    """Refuse a new object in a namespace that is being deleted.

    Raises
    ------
    StatusError
        ``Forbidden``.
    """
    resource = resource_of(item)
    namespace = store.get("Namespace", "", item.namespace) if resource.namespaced else None
    if isinstance(namespace, Namespace) and namespace.status.phase == "Terminating":
        why = f"unable to create new content in namespace {namespace.name} because it is being terminated"
        raise forbidden(resource.qualified, item.name, why)
