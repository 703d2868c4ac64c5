"""Volumes that outlive pods: claims, volumes, classes, and what CSI drivers tell of themselves.

References
----------
staging/src/k8s.io/api/core/v1/types.go; staging/src/k8s.io/api/storage/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.affinity import NodeSelector
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import ResourceList, ResourceRequirements
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct
from k8smodels.api.volume_sources import (
    AWSElasticBlockStoreVolumeSource,
    CSIPersistentVolumeSource,
    GCEPersistentDiskVolumeSource,
)

BETA_STORAGE_CLASS = "volume.beta.kubernetes.io/storage-class"
"""The annotation that named a class before there was a field for it; it still wins over the field."""
BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
"""The volume controller's mark on a claim: the volume is the claim's for good."""
SELECTED_NODE = "volume.kubernetes.io/selected-node"
"""The scheduler's mark on a claim: make a volume that this node can reach."""

FILESYSTEM = "Filesystem"
"""What a volume is used as unless somebody asks for a ``Block`` device."""

NO_STORAGE = Quantity.from_value(0)


@struct
class PersistentVolumeClaimSpec(Struct):
    """What volume is wanted, and, once there is one, its name."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"dataSource", "dataSourceRef"})

    access_modes: tuple[str, ...] = ()
    selector: LabelSelector | None = None
    resources: ResourceRequirements = ResourceRequirements()
    volume_name: str = ""
    storage_class_name: str | None = None
    volume_mode: str = ""
    volume_attributes_class_name: str = ""


@struct
class PersistentVolumeClaimStatus(Struct):
    """``Pending``, ``Bound``, or ``Lost`` if the volume has gone."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "accessModes conditions allocatedResources allocatedResourceStatuses currentVolumeAttributesClassName"
        " modifyVolumeStatus".split()
    )

    phase: str = ""
    capacity: ResourceList = field(default_factory=dict)


@struct
class PersistentVolumeClaim(KubernetesObject):
    """A wish for a volume; pods name claims, never volumes."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "PersistentVolumeClaim"

    spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
    status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()

    @property
    def storage_class(self) -> str:
        """The name of its class; empty for none."""
        return self.metadata.annotations.get(BETA_STORAGE_CLASS, self.spec.storage_class_name or "")

    @property
    def requested(self) -> Quantity:
        """The size that it asks for; 0 if it names none."""
        return self.spec.resources.requests.get("storage", NO_STORAGE)

    @property
    def is_bound(self) -> bool:
        """Whether it has its volume for good."""
        return bool(self.spec.volume_name) and BIND_COMPLETED in self.metadata.annotations


@struct
class VolumeNodeAffinity(Struct):
    """The nodes that can reach a volume."""

    required: NodeSelector | None = None


@struct
class ObjectReference(Struct):
    """Another object, by what identifies it."""

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    resource_version: str = ""
    field_path: str = ""


@struct
class PersistentVolumeSpec(Struct):
    """How large the volume is, who can reach it, and whose it is (`claim_ref`)."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "hostPath glusterfs nfs rbd iscsi cinder cephfs fc flocker flexVolume azureFile vsphereVolume quobyte azureDisk"
        " photonPersistentDisk portworxVolume scaleIO local storageos mountOptions".split()
    )

    capacity: ResourceList = field(default_factory=dict)
    access_modes: tuple[str, ...] = ()
    claim_ref: ObjectReference | None = None
    persistent_volume_reclaim_policy: str = ""
    storage_class_name: str = ""
    volume_mode: str = ""
    node_affinity: VolumeNodeAffinity | None = None
    volume_attributes_class_name: str = ""
    csi: CSIPersistentVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None


@struct
class PersistentVolumeStatus(Struct):
    """``Pending``, ``Available``, ``Bound``, ``Released`` or ``Failed``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"message", "reason", "lastPhaseTransitionTime"})

    phase: str = ""


@struct
class PersistentVolume(KubernetesObject):
    """A piece of storage, made by an administrator or for a claim."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "PersistentVolume"
    namespaced: ClassVar[bool] = False

    spec: PersistentVolumeSpec = PersistentVolumeSpec()
    status: PersistentVolumeStatus = PersistentVolumeStatus()

    @property
    def storage_class(self) -> str:
        """The name of its class; empty for none."""
        return self.metadata.annotations.get(BETA_STORAGE_CLASS, self.spec.storage_class_name)

    @property
    def size(self) -> Quantity:
        """How much it holds."""
        return self.spec.capacity.get("storage", NO_STORAGE)


@struct
class TopologySelectorLabelRequirement(Struct):
    """A node label and the values of it that will do."""

    key: str = ""
    values: tuple[str, ...] = ()


@struct
class TopologySelectorTerm(Struct):
    """Conditions that must all hold; a term without any matches no node."""

    match_label_expressions: tuple[TopologySelectorLabelRequirement, ...] = ()


@struct
class StorageClass(KubernetesObject):
    """A kind of storage: who makes such volumes, where, and when.

    With `volume_binding_mode` ``Immediate``, the default, a claim gets its volume at once, with
    ``WaitForFirstConsumer`` when the scheduler has chosen a node for the first pod that uses it.
    """

    unmodelled: ClassVar[frozenset[str]] = frozenset({"mountOptions"})
    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "StorageClass"
    namespaced: ClassVar[bool] = False

    provisioner: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    reclaim_policy: str = ""
    allow_volume_expansion: bool = False
    volume_binding_mode: str = ""
    allowed_topologies: tuple[TopologySelectorTerm, ...] = ()

    @property
    def waits_for_first_consumer(self) -> bool:
        """Whether the scheduler has a say in the volume."""
        return self.volume_binding_mode == "WaitForFirstConsumer"
