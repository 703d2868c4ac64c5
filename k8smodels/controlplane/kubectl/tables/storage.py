"""Rows of volumes and claims.

References
----------
pkg/printers/internalversion/printers.go: printPersistentVolume, printPersistentVolumeClaim; pkg/apis/core/helper:
GetAccessModesAsString (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.controlplane.kubectl.tables.table import Table, age

UNSET = "<unset>"
CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def access_modes(modes: Sequence[str]) -> str:
    """The modes in their short form, always in the same order."""
    return ",".join(short for mode, short in _MODES.items() if mode in modes)


def _words(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _volume(item: PersistentVolume, now: datetime, wide: bool) -> list[str]:
    spec, claim = item.spec, item.spec.claim_ref
    phase = "Terminating" if item.metadata.deletion_timestamp else item.status.phase
    cells = [
        item.name,
        str(spec.capacity.get("storage", "0")),
        access_modes(spec.access_modes),
        spec.persistent_volume_reclaim_policy,
        phase,
        f"{claim.namespace}/{claim.name}" if claim else "",
        item.metadata.annotations.get(CLASS_ANNOTATION, spec.storage_class_name),
        spec.volume_attributes_class_name or UNSET,
        str(item.status.unknown.get("reason", "")),
        age(item, now),
    ]
    return cells + ([spec.volume_mode or UNSET] if wide else [])


def _claim(item: PersistentVolumeClaim, now: datetime, wide: bool) -> list[str]:
    spec, bound = item.spec, bool(item.spec.volume_name)
    phase = "Terminating" if item.metadata.deletion_timestamp else item.status.phase
    cells = [
        item.name,
        phase,
        spec.volume_name,
        str(item.status.capacity.get("storage", "0")) if bound else "",
        access_modes(_words(item.status.unknown.get("accessModes"))) if bound else "",
        item.metadata.annotations.get(CLASS_ANNOTATION, spec.storage_class_name or ""),
        spec.volume_attributes_class_name or UNSET,
        age(item, now),
    ]
    return cells + ([spec.volume_mode or UNSET] if wide else [])


VOLUMES = Table(
    (
        "Name",
        "Capacity",
        "Access Modes",
        "Reclaim Policy",
        "Status",
        "Claim",
        "StorageClass",
        "VolumeAttributesClass",
        "Reason",
        "Age",
    ),
    ("VolumeMode",),
    _volume,
)
CLAIMS = Table(
    ("Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age"),
    ("VolumeMode",),
    _claim,
)
