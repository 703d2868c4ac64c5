"""Claims, volumes and what belongs to them, with the names that these tests use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k8smodels.api import storage_objects
from k8smodels.api.csi import CSIDriver, CSIDriverSpec, CSIStorageCapacity
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import node
from k8smodels.api.pod import Pod
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from k8smodels.api.storage_objects import HOSTNAME, storage_class, using
from k8smodels.scheduling import Cluster, Decision, schedule

__all__ = ["using"]

ZONE = "topology.kubernetes.io/zone"
DRIVER = "csi.example.com"
N0, N1 = node("n0", cpu="4", labels={ZONE: "z0"}), node("n1", cpu="4", labels={ZONE: "z1"})
WAITING = storage_class("fast", DRIVER)
LOCAL = storage_class("local", "kubernetes.io/no-provisioner")
IMMEDIATE = StorageClass(metadata=ObjectMeta(name="now"), provisioner=DRIVER)


def claim(name: str, size: str = "1Gi", item: str = "local", volume: str = "", **spec: Any) -> PersistentVolumeClaim:
    return storage_objects.claim(name, size, item, volume, **spec)


def volume(name: str, size: str = "5Gi", item: str = "local", on: str = "", **spec: Any) -> PersistentVolume:
    """An available volume, reachable from the node `on` only, if that is given."""
    return storage_objects.persistent_volume(name, size, item, reach=on, **spec)


def annotated(item: PersistentVolumeClaim, **annotations: str) -> PersistentVolumeClaim:
    return replace(item, metadata=replace(item.metadata, annotations=annotations))


def decide(pending: Pod, *objects: KubernetesObject) -> Decision:
    return schedule(pending, Cluster.of([N0, N1, *objects]))


def reasons(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {result.node: result.rejection.reasons if result.rejection else () for result in decision.nodes}


def room(name: str, on: str, item: str = "fast", **amounts: str) -> CSIStorageCapacity:
    return storage_objects.room(name, item, HOSTNAME, on, **amounts)


PUBLISHING = CSIDriver(metadata=ObjectMeta(name=DRIVER), spec=CSIDriverSpec(storage_capacity=True))
