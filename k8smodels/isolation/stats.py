"""What the kubelet measures of a pod: the part of ``/stats/summary`` that eviction reads.

`kubectl get --raw /api/v1/nodes/NODE/proxy/stats/summary` prints it; its ``pods`` are a list of `PodStats`.

References
----------
staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Self

from k8smodels.api.errors import FieldError
from k8smodels.api.structure import JSON, Struct, struct


@struct
class FsStats(Struct):
    """Use of a file system; None where it was not measured."""

    unmodelled: ClassVar[frozenset[str]] = frozenset("time availableBytes capacityBytes inodesFree inodes".split())

    used_bytes: int | None = None
    inodes_used: int | None = None


@struct
class VolumeStats(FsStats):
    """Use of a volume of a pod."""

    unmodelled: ClassVar[frozenset[str]] = FsStats.unmodelled | {"pvcRef", "volumeHealthStats"}

    name: str = ""


@struct
class MemoryStats(Struct):
    """Use of memory; the working set is what cannot be reclaimed at once."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "time availableBytes usageBytes rssBytes pageFaults majorPageFaults psi".split()
    )

    working_set_bytes: int | None = None


@struct
class ContainerStats(Struct):
    """Use of a container."""

    unmodelled: ClassVar[frozenset[str]] = frozenset("startTime cpu io accelerators userDefinedMetrics swap".split())

    name: str = ""
    memory: MemoryStats | None = None
    rootfs: FsStats | None = None
    logs: FsStats | None = None


@struct
class PodReference(Struct):
    """Which pod it is."""

    name: str = ""
    namespace: str = ""
    uid: str = ""


@struct
class PodStats(Struct):
    """Use of a pod. `process_count` is written ``process_stats.process_count``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "startTime cpu io network ephemeral-storage process_stats swap".split()
    )

    pod_ref: PodReference = PodReference()
    memory: MemoryStats | None = None
    process_count: int | None = None
    containers: tuple[ContainerStats, ...] = ()
    volume: tuple[VolumeStats, ...] = ()

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """The statistics that a JSON value describes; see `Struct.from_json`."""
        processes = value.get("process_stats") if isinstance(value, Mapping) else None
        if isinstance(processes, Mapping):
            value = {**value, "processCount": processes.get("process_count")}
        try:
            return cls._from_fields(value)
        except FieldError as error:
            error.path = error.path.replace("processCount", "process_stats.process_count")
            raise

    def to_json(self) -> dict[str, JSON]:
        """The JSON form."""
        return {name: value for name, value in self._to_fields().items() if name != "processCount"}


def by_uid(stats: Iterable[PodStats]) -> Mapping[str, PodStats]:
    """The statistics by the UID of the pod."""
    return {entry.pod_ref.uid: entry for entry in stats}
