"""What CSI drivers tell of themselves: on which nodes they run, what they can attach there, how much room is left.

References
----------
staging/src/k8s.io/api/storage/v1/types.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct


@struct
class VolumeNodeResources(Struct):
    """How many volumes of a driver can be attached to a node; no number means no limit."""

    count: int | None = None


@struct
class CSINodeDriver(Struct):
    """A driver that runs on a node."""

    name: str = ""
    node_id: str = ""
    topology_keys: tuple[str, ...] = ()
    allocatable: VolumeNodeResources | None = None


@struct
class CSINodeSpec(Struct):
    """The drivers of a node."""

    drivers: tuple[CSINodeDriver, ...] = ()


@struct
class CSINode(KubernetesObject):
    """The CSI side of the node of the same name."""

    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "CSINode"
    namespaced: ClassVar[bool] = False

    spec: CSINodeSpec = CSINodeSpec()


@struct
class CSIDriverSpec(Struct):
    """What Kubernetes must know of the driver.

    With `storage_capacity` it tells how much room is left; with `prevent_pod_scheduling_if_missing` nodes without it
    take no pod that needs it.
    """

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "attachRequired podInfoOnMount volumeLifecycleModes fsGroupPolicy tokenRequests requiresRepublish seLinuxMount"
        " nodeAllocatableUpdatePeriodSeconds serviceAccountTokenInSecrets".split()
    )

    storage_capacity: bool = False
    prevent_pod_scheduling_if_missing: bool = False


@struct
class CSIDriver(KubernetesObject):
    """A storage driver of the cluster; its name is the `provisioner` of storage classes."""

    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "CSIDriver"
    namespaced: ClassVar[bool] = False

    spec: CSIDriverSpec = CSIDriverSpec()


@struct
class CSIStorageCapacity(KubernetesObject):
    """How much room a class has left on the nodes that `node_topology` selects; on none if that is missing."""

    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "CSIStorageCapacity"

    node_topology: LabelSelector | None = None
    storage_class_name: str = ""
    capacity: Quantity | None = None
    maximum_volume_size: Quantity | None = None

    @property
    def largest_volume(self) -> Quantity | None:
        """The largest volume that can be made there; None if the driver does not know."""
        return self.capacity if self.maximum_volume_size is None else self.maximum_volume_size


@struct
class VolumeAttachmentSource(Struct):
    """The volume that is attached."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"inlineVolumeSpec"})

    persistent_volume_name: str = ""


@struct
class VolumeAttachmentSpec(Struct):
    """Which volume shall be attached to which node, by which driver."""

    attacher: str = ""
    node_name: str = ""
    source: VolumeAttachmentSource = VolumeAttachmentSource()


@struct
class VolumeAttachment(KubernetesObject):
    """A volume on its way to a node, or there."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})
    api_version: ClassVar[str] = "storage.k8s.io/v1"
    kind: ClassVar[str] = "VolumeAttachment"
    namespaced: ClassVar[bool] = False

    spec: VolumeAttachmentSpec = VolumeAttachmentSpec()
