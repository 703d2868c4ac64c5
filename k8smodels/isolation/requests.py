"""What the kubelet reserves and limits for a pod as a whole: by its spec alone, where the scheduler also reads status.

Left out: devices that bring memory or CPU with them (dynamic resource allocation).

References
----------
staging/src/k8s.io/component-helpers/resource/helpers.go: PodRequests, PodLimits, IsPodLevelResourcesSet (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.gotext import INT64_MAX
from k8smodels.api.pod import Pod, ResourceList
from k8smodels.api.quantity import Quantity
from k8smodels.api.resources import aggregate, is_pod_level_resource, plus

ZERO = Quantity.parse("0")


def pod_requests(pod: Pod) -> ResourceList:
    """The effective request: that of the containers, or the pod's own where it sets one, and the overhead."""
    return plus(pod_requests_without_overhead(pod), pod.spec.overhead)


def pod_requests_without_overhead(pod: Pod) -> ResourceList:
    """The effective request of what runs in the pod."""
    containers = aggregate(pod, lambda container: container.resources.requests)
    return {**containers, **pod_level_requests(pod)}


def pod_limits(pod: Pod) -> ResourceList:
    """The effective limit; the overhead counts only beside a limit that is not zero."""
    containers = aggregate(pod, lambda container: container.resources.limits)
    limits = {**containers, **pod_level_limits(pod)}
    overhead = pod.spec.overhead
    return {
        name: limit + overhead[name] if limit.sign and name in overhead else limit for name, limit in limits.items()
    }


def pod_level_requests(pod: Pod) -> ResourceList:
    """What ``spec.resources`` requests, of the resources that a pod may request as a whole."""
    return _pod_level(pod.spec.resources.requests if pod.spec.resources else {})


def pod_level_limits(pod: Pod) -> ResourceList:
    """What ``spec.resources`` limits, of the resources that a pod may limit as a whole."""
    return _pod_level(pod.spec.resources.limits if pod.spec.resources else {})


def sets_pod_level_resources(pod: Pod) -> bool:
    """Whether ``spec.resources`` names CPU, memory or huge pages."""
    return bool(pod_level_requests(pod) or pod_level_limits(pod))


def value(resources: ResourceList, name: str) -> int:
    """Whole units of a resource, such as bytes, at most what 64 bits hold; 0 where it is not named."""
    return min(resources.get(name, ZERO).value(), INT64_MAX)


def milli_cpu(resources: ResourceList) -> int:
    """Thousandths of a CPU, at most what 64 bits hold; 0 where it is not named."""
    return min(resources.get("cpu", ZERO).milli_value(), INT64_MAX)


def _pod_level(resources: Mapping[str, Quantity]) -> ResourceList:
    return {name: amount for name, amount in resources.items() if is_pod_level_resource(name)}
