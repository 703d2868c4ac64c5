"""How gladly the kernel kills a container when memory runs out: ``oom_score_adj``.

References
----------
pkg/kubelet/qos/policy.go: GetContainerOOMScoreAdjust; pkg/kubelet/qos/helpers.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.errors import invalid
from k8smodels.api.pod import Container, Pod
from k8smodels.api.resources import aggregate
from k8smodels.isolation.critical import is_node_critical_pod
from k8smodels.isolation.qos import qos_class
from k8smodels.isolation.requests import pod_level_requests, value

KUBELET_OOM_SCORE_ADJ = -999
GUARANTEED_OOM_SCORE_ADJ = -997
BEST_EFFORT_OOM_SCORE_ADJ = 1000


def oom_score_adj(pod: Pod, container: Container, memory_capacity_bytes: int) -> int:
    """The number that the kubelet writes for all processes of `container`.

    A Burstable container that requests a tenth of the node's memory gets 900: 1000 less the share that it requests.
    So whoever uses more than its request is worth more points than whoever keeps to it.

    Raises
    ------
    FieldError
        The node has no memory.
    """
    if memory_capacity_bytes <= 0:
        raise invalid("memory_capacity_bytes", memory_capacity_bytes, "must be greater than zero")
    if is_node_critical_pod(pod):
        return GUARANTEED_OOM_SCORE_ADJ
    match qos_class(pod):
        case "Guaranteed":
            return GUARANTEED_OOM_SCORE_ADJ
        case "BestEffort":
            return BEST_EFFORT_OOM_SCORE_ADJ
    score = 1000 - 1000 * counted_request_bytes(pod, container) // memory_capacity_bytes
    # Above every Guaranteed container, even one that uses all memory, and below every BestEffort one.
    return min(max(score, 1000 + GUARANTEED_OOM_SCORE_ADJ), BEST_EFFORT_OOM_SCORE_ADJ - 1)


def counted_request_bytes(pod: Pod, container: Container) -> int:
    """The memory request that counts: a sidecar is protected at least as well as the smallest regular container."""
    request = _request(container)
    if container in pod.spec.init_containers and container.is_sidecar:
        request = max(request, min(map(_request, pod.spec.containers), default=0))
    return request + unassigned_request_per_container(pod)


def unassigned_request_per_container(pod: Pod) -> int:
    """An equal share, for every container, of what the pod requests as a whole beyond its containers, in bytes."""
    whole = value(pod_level_requests(pod), "memory")
    assigned = value(aggregate(pod, lambda container: container.resources.requests), "memory")
    return max(whole - assigned, 0) // max(len(list(pod.all_containers)), 1)


def _request(container: Container) -> int:
    return value(container.resources.requests, "memory")
