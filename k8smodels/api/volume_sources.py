"""Where the contents of a pod's volume come from, as far as a model reads it.

References
----------
staging/src/k8s.io/api/core/v1/types.go: VolumeSource (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.structure import Struct, struct


@struct
class ImageVolumeSource(Struct):
    """A volume filled from an OCI image or artifact."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"pullPolicy"})

    reference: str = ""


@struct
class PersistentVolumeClaimVolumeSource(Struct):
    """The volume of a claim in the pod's namespace."""

    claim_name: str = ""
    read_only: bool = False


@struct
class EphemeralVolumeSource(Struct):
    """A volume that comes and goes with the pod, by a claim of its own named ``<pod>-<volume>``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"volumeClaimTemplate"})


@struct
class CSIPersistentVolumeSource(Struct):
    """A volume of a CSI driver, known to the driver by its handle."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "readOnly fsType volumeAttributes controllerPublishSecretRef nodeStageSecretRef nodePublishSecretRef"
        " controllerExpandSecretRef nodeExpandSecretRef".split()
    )

    driver: str = ""
    volume_handle: str = ""


@struct
class GCEPersistentDiskVolumeSource(Struct):
    """A disk of Google Compute Engine; its driver is ``pd.csi.storage.gke.io`` today."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"fsType", "partition"})

    pd_name: str = ""
    read_only: bool = False


@struct
class AWSElasticBlockStoreVolumeSource(Struct):
    """A disk of Amazon EBS; its driver is ``ebs.csi.aws.com`` today."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"fsType", "partition"})

    volume_id: str = ""
    read_only: bool = False


@struct
class ISCSIVolumeSource(Struct):
    """A disk of an iSCSI target, known by its qualified name."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "targetPortal lun iscsiInterface fsType portals chapAuthDiscovery chapAuthSession secretRef"
        " initiatorName".split()
    )

    iqn: str = ""
    read_only: bool = False


@struct
class RBDVolumeSource(Struct):
    """An image of a Ceph cluster, which is known by its monitors. The default of `pool` is ``rbd``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"fsType", "user", "keyring", "secretRef"})

    monitors: tuple[str, ...] = ()
    image: str = ""
    pool: str = ""
    read_only: bool = False
