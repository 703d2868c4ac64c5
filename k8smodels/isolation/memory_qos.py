"""Memory that is protected (``memory.min``, ``memory.low``) or slowed down (``memory.high``); cgroup v2 only.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container_linux.go: generateLinuxContainerResources;
pkg/kubelet/cm/helpers_linux.go: ResourceConfigForPod, ApplyPodLevelMemoryHigh (v1.37, MemoryQoS is on by default);
KEP-2570
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from k8smodels.api.pod import Container, Pod
from k8smodels.isolation.qos import QOSClass, qos_class
from k8smodels.isolation.requests import pod_level_limits, pod_limits, pod_requests, sets_pod_level_resources, value
from k8smodels.isolation.settings import KubeletSettings

Files = Mapping[str, str]
"""Values by the name of the cgroup file."""


def container_memory_qos(pod: Pod, container: Container, settings: KubeletSettings) -> Files:
    """The files of a container beyond its limit: the protection of its request, and where its throttling begins."""
    request = value(container.resources.requests, "memory")
    protected = _protection(qos_class(pod), request, settings) or {"memory.min": "0", "memory.low": "0"}
    return protected | _container_memory_high(pod, container, settings)


def pod_memory_qos(pod: Pod, settings: KubeletSettings) -> Files:
    """The files of a pod's cgroup; ``memory.high`` only if it has resources as a whole and its limit is known."""
    request = value(pod_requests(pod), "memory")
    limit = value(pod_limits(pod), "memory")
    files = _protection(qos_class(pod), request, settings)
    if not sets_pod_level_resources(pod) or not limit or not limits_everywhere(pod, "memory"):
        return files
    return files | _memory_high(request, limit, settings)


def limits_everywhere(pod: Pod, resource: str) -> bool:
    """Whether the use of `resource` has a bound: the pod's own limit, or one in every container, init ones too."""
    if value(pod_level_limits(pod), resource):
        return True
    return all(value(container.resources.limits, resource) for container in pod.all_containers)


def _protection(qos: QOSClass, request_bytes: int, settings: KubeletSettings) -> dict[str, str]:
    """A Guaranteed pod's memory is never reclaimed, a Burstable one's only when there is no other."""
    if settings.memory_reservation_policy != "TieredReservation" or not request_bytes:
        return {}
    return {"memory.min" if qos == "Guaranteed" else "memory.low": str(request_bytes)}


def _container_memory_high(pod: Pod, container: Container, settings: KubeletSettings) -> dict[str, str]:
    request, limit = (
        value(amounts, "memory") for amounts in (container.resources.requests, container.resources.limits)
    )
    if not limit and value(pod_level_limits(pod), "memory"):
        return {}  # the pod's own memory.high slows it down
    return _memory_high(request, limit or settings.memory_allocatable_bytes, settings)


def _memory_high(request: int, limit: int, settings: KubeletSettings) -> dict[str, str]:
    """``memory.high``: the request and a part of the way from there to the limit, in whole pages.

    Nothing if there is no way to go, because both are equal.
    """
    factor, page = settings.memory_throttling_factor, settings.page_size_bytes
    if factor is None:
        return {}
    # In floating point, as the kubelet computes it.
    high = math.floor(float(request) + (float(limit) - float(request)) * factor) // page * page
    return {"memory.high": str(high)} if high > request else {}
