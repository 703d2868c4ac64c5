"""Reading and writing whole files of objects."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.batch import CronJob, Job
from k8smodels.api.csi import CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment
from k8smodels.api.dump_text import read_dump
from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.errors import DecodeError, FieldError, InvalidObject
from k8smodels.api.lease import Lease
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod
from k8smodels.api.pod_metrics import PodMetrics
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from k8smodels.api.service import Service
from k8smodels.api.service_account import ServiceAccount
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from k8smodels.api.workload import (
    DaemonSet,
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
)
from k8smodels.api.yaml_text import MAX_DUMP_BYTES, MAX_MANIFEST_BYTES, read_documents, write_documents
from k8smodels.progress import Advance

KINDS: Mapping[tuple[str, str], type[KubernetesObject]] = {
    (cls.api_version, cls.kind): cls
    for cls in (
        Pod,
        PodMetrics,
        Node,
        Namespace,
        Service,
        EndpointSlice,
        Deployment,
        ReplicaSet,
        StatefulSet,
        DaemonSet,
        ReplicationController,
        Job,
        CronJob,
        HorizontalPodAutoscaler,
        Lease,
        PodDisruptionBudget,
        NetworkPolicy,
        PersistentVolumeClaim,
        PersistentVolume,
        StorageClass,
        CSINode,
        CSIDriver,
        CSIStorageCapacity,
        VolumeAttachment,
        ServiceAccount,
        Role,
        ClusterRole,
        RoleBinding,
        ClusterRoleBinding,
    )
}
"""The kinds that models read, by `apiVersion` and `kind`."""


def _quiet(_characters: int) -> None:
    """Tell nobody."""


def load(
    text: str,
    source: str = "input",
    *,
    keep_unknown: bool = False,
    max_bytes: int = MAX_MANIFEST_BYTES,
    advance: Advance = _quiet,
) -> list[KubernetesObject]:
    """The objects in YAML or JSON text; a ``List`` counts as its items.

    Parameters
    ----------
    text
        One or many documents, as written by hand or as ``kubectl get -o yaml`` prints them.
    source
        What to call the text in errors.
    keep_unknown
        Return objects of kinds that no model reads as `Unstructured` instead of refusing them.
    max_bytes
        How much text to accept.
    advance
        Called while a dump is read, with how many more characters are done: for a progress bar.

    Raises
    ------
    DecodeError
        The text is no Kubernetes object: broken YAML, no kind, a kind that is not known here, too much text.
    InvalidObject
        A field has the wrong type or form.

    Examples
    --------
    >>> [item.name for item in load('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}}')]
    ['web']
    """
    if len(text) <= MAX_MANIFEST_BYTES:
        documents = read_documents(text, source, max_bytes=max_bytes)
        advance(len(text))
        return _objects(documents, source, keep_unknown)
    with _no_garbage_collection():
        return _objects(read_dump(text, source, max_bytes=max_bytes, advance=advance), source, keep_unknown)


def load_file(
    path: str | Path, *, keep_unknown: bool = False, max_bytes: int = MAX_DUMP_BYTES, advance: Advance = _quiet
) -> list[KubernetesObject]:
    """The objects in a file; see `load`.

    Raises
    ------
    DecodeError
        Also when the file cannot be read, is not UTF-8 or is larger than `max_bytes`.
    """
    path = Path(path)
    try:
        if path.stat().st_size > max_bytes:
            size = path.stat().st_size
            raise DecodeError(str(path), f"Request entity too large: limit is {max_bytes}, this is {size} bytes")
        text = path.read_text("utf-8")
    except OSError as error:
        raise DecodeError(str(path), error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        raise DecodeError(
            str(path), f"not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}"
        ) from None
    return load(text, str(path), keep_unknown=keep_unknown, max_bytes=max_bytes, advance=advance)


def dump(objects: Iterable[KubernetesObject]) -> str:
    """YAML text of `objects`, one document each; fields that the classes do not model are written too."""
    return write_documents([item.to_json() for item in objects])


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Objects of the API form no circles: to look for some again and again would double the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _objects(documents: Iterable[Any], source: str, keep_unknown: bool) -> list[KubernetesObject]:
    return [_structured(item, source, keep_unknown) for document in documents for item in _items(document, source)]


def _items(document: Any, source: str) -> Iterator[Mapping[str, Any]]:
    if not isinstance(document, Mapping):
        found = type(document).__name__
        raise DecodeError(source, f"a Kubernetes object is a map with apiVersion and kind, not a {found}")
    kind, version = document.get("kind"), document.get("apiVersion")
    shown = _clip(document)
    if not isinstance(kind, str) or not kind:
        raise DecodeError(source, f"Object 'Kind' is missing in '{shown}'")
    if not isinstance(version, str) or not version:
        raise DecodeError(source, f"Object 'apiVersion' is missing in '{shown}'")
    if not kind.endswith("List") or "items" not in document:
        yield document
        return
    items = document["items"]
    if items is not None and not isinstance(items, list):
        raise DecodeError(source, f"{kind}: items: must be a list")
    for item in items or ():
        if kind != "List" and isinstance(item, Mapping):
            yield from _items({"apiVersion": version, "kind": kind.removesuffix("List"), **item}, source)
        else:
            yield from _items(item, source)


def _structured(document: Mapping[str, Any], source: str, keep_unknown: bool) -> KubernetesObject:
    version, kind = document["apiVersion"], document["kind"]
    cls = KINDS.get((version, kind), Unstructured if keep_unknown else None)
    if cls is None:
        known = ", ".join(sorted(f"{name} ({group})" for group, name in KINDS))
        raise DecodeError(source, f'no matches for kind "{kind}" in version "{version}"; known here: {known}')
    try:
        return cls.from_json(document)
    except FieldError as error:
        metadata = document.get("metadata")
        name = str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
        raise InvalidObject(kind, name, [error]) from None


def _clip(document: Mapping[str, Any], limit: int = 80) -> str:
    text = str(dict(document))
    return text if len(text) <= limit else f"{text[:limit]}…"
