"""The volumes of a pod.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeVolumes, printEmptyDirVolumeSource and its like (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8smodels.api.pod import Volume
from k8smodels.controlplane.kubectl.describe.writer import Writer

Fields = list[tuple[str, object]]


def volumes(out: Writer, items: Sequence[Volume], space: str = "") -> None:
    """Volumes with their sources."""
    if not items:
        out.line(f"{space}Volumes:\t<none>")
        return
    out.line(f"{space}Volumes:")
    for item in items:
        out.line(f"{' ' if space else ''}{item.name}:", 1)
        fields = _fields(item)
        if not fields:
            out.line("<unknown>", 1)
        for name, value in fields:
            out.field(name, value, 2)


def _fields(item: Volume) -> Fields:
    claim, other = item.persistent_volume_claim, item.unknown
    if claim is not None:
        kind = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
        return [("Type", kind), ("ClaimName", claim.claim_name), ("ReadOnly", _bool(claim.read_only))]
    for name, fields in _SOURCES.items():
        if isinstance(other.get(name), Mapping):
            return fields(other[name])
    return []


def _empty_dir(source: Mapping[str, Any]) -> Fields:
    kind = "EmptyDir (a temporary directory that shares a pod's lifetime)"
    return [("Type", kind), ("Medium", source.get("medium", "")), ("SizeLimit", source.get("sizeLimit", "<unset>"))]


def _config_map(source: Mapping[str, Any]) -> Fields:
    kind = "ConfigMap (a volume populated by a ConfigMap)"
    return [("Type", kind), ("Name", source.get("name", "")), ("Optional", _bool(source.get("optional")))]


def _secret(source: Mapping[str, Any]) -> Fields:
    kind = "Secret (a volume populated by a Secret)"
    return [("Type", kind), ("SecretName", source.get("secretName", "")), ("Optional", _bool(source.get("optional")))]


def _host_path(source: Mapping[str, Any]) -> Fields:
    kind = "HostPath (bare host directory volume)"
    return [("Type", kind), ("Path", source.get("path", "")), ("HostPathType", source.get("type", "<none>"))]


_SOURCES = {"emptyDir": _empty_dir, "configMap": _config_map, "secret": _secret, "hostPath": _host_path}


def _bool(value: object) -> str:
    """As Go prints it."""
    return "true" if value else "false"
