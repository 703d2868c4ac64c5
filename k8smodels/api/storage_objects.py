"""Claims, volumes and classes from the values that examples change most, as `node` and `pod` are for theirs."""

from __future__ import annotations

from typing import Any

from k8smodels.api.affinity import NodeSelector, NodeSelectorRequirement, NodeSelectorTerm
from k8smodels.api.csi import CSIStorageCapacity
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Pod, ResourceRequirements, Volume, pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.storage import (
    BIND_COMPLETED,
    ObjectReference,
    PersistentVolume,
    PersistentVolumeClaim,
    PersistentVolumeClaimSpec,
    PersistentVolumeSpec,
    PersistentVolumeStatus,
    StorageClass,
    VolumeNodeAffinity,
)
from k8smodels.api.volume_sources import CSIPersistentVolumeSource, PersistentVolumeClaimVolumeSource

__all__ = ["claim", "persistent_volume", "room", "storage_class", "using"]

HOSTNAME = "kubernetes.io/hostname"


def using(*claims: str, name: str = "p", **spec: Any) -> Pod:
    """A pod with a volume for each of `claims`; `spec` is as for `pod`."""
    sources = (PersistentVolumeClaimVolumeSource(claim_name=claim) for claim in claims)
    volumes = tuple(Volume(name=f"v{i}", persistent_volume_claim=source) for i, source in enumerate(sources))
    return pod(name, volumes=volumes, **spec)


def storage_class(name: str, provisioner: str, *, wait: bool = True) -> StorageClass:
    """A class whose volumes wait for the first pod that uses them, or are made at once."""
    mode = "WaitForFirstConsumer" if wait else "Immediate"
    return StorageClass(metadata=ObjectMeta(name=name), provisioner=provisioner, volume_binding_mode=mode)


def claim(name: str, size: str, storage_class_name: str, volume: str = "", **spec: Any) -> PersistentVolumeClaim:
    """A claim; one with the name of a `volume` is bound to it for good. `spec` overrides fields of its spec.

    Examples
    --------
    >>> claim("data", "10Gi", "fast").is_bound, claim("data", "10Gi", "fast", "vol-1").is_bound
    (False, True)
    """
    values: dict[str, Any] = {
        "access_modes": ("ReadWriteOnce",),
        "resources": ResourceRequirements(requests={"storage": Quantity.parse(size)}),
        "storage_class_name": storage_class_name,
        "volume_name": volume,
    }
    return PersistentVolumeClaim(
        metadata=ObjectMeta(name=name, annotations={BIND_COMPLETED: "yes"} if volume else {}),
        spec=PersistentVolumeClaimSpec(**values | spec),
    )


def persistent_volume(
    name: str,
    size: str,
    storage_class_name: str,
    *,
    label: str = HOSTNAME,
    reach: str = "",
    claimed_by: str = "",
    driver: str = "csi.example.com",
    **spec: Any,
) -> PersistentVolume:
    """An available volume.

    Parameters
    ----------
    label, reach
        Only nodes whose `label` has the value `reach` can reach it; without the latter all can.
    claimed_by
        The claim that it is bound to, in the namespace ``default``.
    driver
        The CSI driver that serves it.
    spec
        Other fields of its spec.
    """
    condition = NodeSelectorRequirement(key=label, operator="In", values=(reach,))
    terms = (NodeSelectorTerm(match_expressions=(condition,)),)
    reference = ObjectReference(api_version="v1", kind="PersistentVolumeClaim", namespace="default", name=claimed_by)
    values: dict[str, Any] = {
        "capacity": {"storage": Quantity.parse(size)},
        "access_modes": ("ReadWriteOnce",),
        "storage_class_name": storage_class_name,
        "csi": CSIPersistentVolumeSource(driver=driver, volume_handle=name),
        "node_affinity": VolumeNodeAffinity(required=NodeSelector(node_selector_terms=terms)) if reach else None,
        "claim_ref": reference if claimed_by else None,
    }
    return PersistentVolume(
        metadata=ObjectMeta(name=name),
        spec=PersistentVolumeSpec(**values | spec),
        status=PersistentVolumeStatus(phase="Bound" if claimed_by else "Available"),
    )


def room(name: str, storage_class_name: str, label: str, value: str, **amounts: str) -> CSIStorageCapacity:
    """How much a driver can still make of a class on the nodes whose `label` has this value.

    `amounts` are ``capacity``, ``maximum_volume_size`` or both, as quantity text.
    """
    values: dict[str, Any] = {key: Quantity.parse(text) for key, text in amounts.items()}
    topology = LabelSelector(match_labels={label: value})
    return CSIStorageCapacity(
        metadata=ObjectMeta(name=name), node_topology=topology, storage_class_name=storage_class_name, **values
    )
