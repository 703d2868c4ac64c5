"""Claims, volumes and what belongs to them, from the values that the rules are about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k8smodels.api.affinity import NodeSelector, NodeSelectorRequirement, NodeSelectorTerm
from k8smodels.api.csi import CSIDriver, CSIDriverSpec, CSIStorageCapacity
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import node
from k8smodels.api.pod import Pod, ResourceRequirements, Volume, pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.storage import (
    BIND_COMPLETED,
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeSpec,
    PersistentVolumeStatus,
    StorageClass,
    VolumeNodeAffinity,
)
from k8smodels.api.volume_sources import CSIPersistentVolumeSource, PersistentVolumeClaimVolumeSource
from k8smodels.scheduling import Cluster, Decision, schedule

ZONE = "topology.kubernetes.io/zone"
DRIVER = "csi.example.com"
N0, N1 = node("n0", cpu="4", labels={ZONE: "z0"}), node("n1", cpu="4", labels={ZONE: "z1"})
WAITING = StorageClass(metadata=ObjectMeta(name="fast"), provisioner=DRIVER, volume_binding_mode="WaitForFirstConsumer")
LOCAL = replace(WAITING, metadata=ObjectMeta(name="local"), provisioner="kubernetes.io/no-provisioner")
IMMEDIATE = StorageClass(metadata=ObjectMeta(name="now"), provisioner=DRIVER)


def using(*claims: str, name: str = "p", **spec: Any) -> Pod:
    sources = (PersistentVolumeClaimVolumeSource(claim_name=claim) for claim in claims)
    volumes = tuple(Volume(name=f"v{i}", persistent_volume_claim=source) for i, source in enumerate(sources))
    return pod(name, volumes=volumes, **spec)


def claim(name: str, size: str = "1Gi", item: str = "local", volume: str = "", **spec: Any) -> PersistentVolumeClaim:
    """A claim; one with a volume is bound to it."""
    annotations = {BIND_COMPLETED: "yes"} if volume else {}
    requests = ResourceRequirements(requests={"storage": Quantity.parse(size)})
    values = {"access_modes": ("ReadWriteOnce",), "storage_class_name": item, "volume_name": volume} | spec
    return PersistentVolumeClaim(
        metadata=ObjectMeta(name=name, annotations=annotations),
        spec=PersistentVolumeClaimSpec(resources=requests, **values),
    )


def volume(name: str, size: str = "5Gi", item: str = "local", on: str = "", **spec: Any) -> PersistentVolume:
    """An available volume, reachable from the node `on` only, if that is given."""
    condition = NodeSelectorRequirement(key="kubernetes.io/hostname", operator="In", values=(on,))
    terms = (NodeSelectorTerm(match_expressions=(condition,)),)
    values = {
        "capacity": {"storage": Quantity.parse(size)},
        "access_modes": ("ReadWriteOnce",),
        "storage_class_name": item,
        "csi": CSIPersistentVolumeSource(driver=DRIVER, volume_handle=name),
        "node_affinity": VolumeNodeAffinity(required=NodeSelector(node_selector_terms=terms)) if on else None,
    }
    return PersistentVolume(
        metadata=ObjectMeta(name=name),
        spec=PersistentVolumeSpec(**values | spec),
        status=PersistentVolumeStatus(phase="Available"),
    )


def annotated(item: PersistentVolumeClaim, **annotations: str) -> PersistentVolumeClaim:
    return replace(item, metadata=replace(item.metadata, annotations=annotations))


def decide(pending: Pod, *objects: KubernetesObject) -> Decision:
    return schedule(pending, Cluster.of([N0, N1, *objects]))


def reasons(decision: Decision) -> dict[str, tuple[str, ...]]:
    return {result.node: result.rejection.reasons if result.rejection else () for result in decision.nodes}


def room(name: str, on: str, item: str = "fast", **amounts: str) -> CSIStorageCapacity:
    values = {key: Quantity.parse(text) for key, text in amounts.items()}
    topology = LabelSelector(match_labels={"kubernetes.io/hostname": on})
    return CSIStorageCapacity(metadata=ObjectMeta(name=name), node_topology=topology, storage_class_name=item, **values)


PUBLISHING = CSIDriver(metadata=ObjectMeta(name=DRIVER), spec=CSIDriverSpec(storage_capacity=True))
