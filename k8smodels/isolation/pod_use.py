"""What eviction judges a pod by: what it uses of the resource that ran out, and what it requested.

References
----------
pkg/kubelet/eviction/helpers.go: memoryUsage, processUsage, podDiskUsage, localVolumeNames, buildSignalToRankFunc;
pkg/api/v1/resource/helpers.go: GetResourceRequestQuantity (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from k8smodels.api.pod import Pod, Volume
from k8smodels.api.resources import aggregate
from k8smodels.isolation.critical import is_critical_pod
from k8smodels.isolation.requests import pod_level_requests, sets_pod_level_resources, value
from k8smodels.isolation.stats import FsStats, PodStats

RESOURCES: Mapping[str, str] = {
    "memory.available": "memory",
    "allocatableMemory.available": "memory",
    "nodefs.available": "ephemeral-storage",
    "nodefs.inodesFree": "inodes",
    "imagefs.available": "ephemeral-storage",
    "imagefs.inodesFree": "inodes",
    "pid.available": "pids",
}
"""The resource that each signal watches."""


@dataclass(frozen=True, slots=True)
class PodUse:
    """What a pod is judged by.

    Attributes
    ----------
    pod
        The pod.
    usage, request
        Of the resource under pressure: bytes, inodes or processes. `usage` is None if the pod has no statistics.
    subtracted_request
        What the last step takes off the usage: the request; for inodes that of ephemeral *storage*, in bytes.
    """

    pod: Pod
    usage: int | None
    request: int
    subtracted_request: int

    @property
    def priority(self) -> int:
        """``spec.priority``, 0 where it is not set."""
        return self.pod.spec.priority or 0

    @property
    def exceeds_request(self) -> bool:
        """Whether more is used than was requested."""
        return self.usage is not None and self.usage > self.request

    @property
    def above_request(self) -> int:
        """By how much the usage is above the request; negative below it, 0 without statistics."""
        return 0 if self.usage is None else self.usage - self.subtracted_request

    @property
    def is_spared(self) -> bool:
        """Whether the pod is critical: ranked, but never evicted."""
        return is_critical_pod(self.pod)


def pod_use(pod: Pod, stats: PodStats | None, signal: str, *, dedicated_image_fs: bool = False) -> PodUse:
    """What `pod` is judged by under `signal`; `stats` is None if nothing was measured of it."""
    resource = RESOURCES[signal]
    request = pod_request(pod, resource)
    # The kubelet subtracts a request of bytes from a number of inodes too.
    subtracted = pod_request(pod, "ephemeral-storage") if resource == "inodes" else request
    usage = None if stats is None else _measure(signal, dedicated_image_fs)(pod, stats)
    return PodUse(pod, usage, request, subtracted)


def pod_request(pod: Pod, resource: str) -> int:
    """What eviction takes for the request: the pod's own alone if it sets any, and overhead only beside a request."""
    if sets_pod_level_resources(pod):
        request = value(pod_level_requests(pod), resource)
    else:
        request = value(aggregate(pod, lambda container: container.resources.requests), resource)
    return request + value(pod.spec.overhead, resource) if request else 0


def is_local_volume(volume: Volume) -> bool:
    """Whether the volume's content fills the node's own disk."""
    source = volume.to_json()
    empty_dir = source.get("emptyDir")
    if isinstance(empty_dir, Mapping) and not empty_dir.get("medium"):
        return True
    return any(source.get(name) is not None for name in ("hostPath", "gitRepo", "configMap"))


def _measure(signal: str, dedicated_image_fs: bool) -> Callable[[Pod, PodStats], int]:
    match RESOURCES[signal]:
        case "memory":
            return lambda _, stats: (stats.memory.working_set_bytes if stats.memory else None) or 0
        case "pids":
            return lambda _, stats: stats.process_count or 0
        case resource:
            parts = _parts(signal, dedicated_image_fs)
            return partial(_disk_usage, "inodes_used" if resource == "inodes" else "used_bytes", parts)


def _parts(signal: str, dedicated_image_fs: bool) -> tuple[str, ...]:
    """What of a pod lies on the file system that is full."""
    if not dedicated_image_fs:
        return ("rootfs", "logs", "volumes")
    return ("rootfs",) if signal.startswith("imagefs") else ("logs", "volumes")


def _disk_usage(unit: str, parts: Sequence[str], pod: Pod, stats: PodStats) -> int:
    found: list[FsStats | None] = []
    for container in stats.containers:
        found += [container.rootfs] if "rootfs" in parts else []
        found += [container.logs] if "logs" in parts else []
    if "volumes" in parts:
        measured = {volume.name: volume for volume in stats.volume}
        found += [measured.get(volume.name) for volume in pod.spec.volumes if is_local_volume(volume)]
    return sum(getattr(use, unit) or 0 for use in found if use is not None)
