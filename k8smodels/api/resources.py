"""What a pod asks of its node: the effective request, resource by resource.

Left out: resources that come with a resource claim (dynamic resource allocation).

References
----------
staging/src/k8s.io/component-helpers/resource/helpers.go: PodRequests, AggregateContainerRequests (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from k8smodels.api.pod import Container, ContainerStatus, Pod, ResourceList

NONE: ResourceList = {}

RequestsOf = Callable[[Container], ResourceList]


def pod_requests(pod: Pod, *, defaults: ResourceList = NONE, pod_level: bool = True) -> ResourceList:
    """The effective request of `pod`: that of its containers, or its own where it sets one, and the overhead.

    Parameters
    ----------
    pod
        A pod with the API server's defaults.
    defaults
        What a container counts for that requests none of a resource; a request of 0 stays 0.
    pod_level
        Whether ``spec.resources`` of the pod replaces the sum over its containers.
    """
    requests = container_requests(pod, defaults)
    if pod_level:
        requests = {**requests, **pod_level_requests(pod)}
    return plus(requests, pod.spec.overhead)


def container_requests(pod: Pod, defaults: ResourceList = NONE) -> ResourceList:
    """What the containers of `pod` need together.

    While a container is being resized in place, the largest counts of what it wants (``spec``), what the kubelet has
    granted it and what it has.
    """
    desired = aggregate(pod, lambda container: container.resources.requests, defaults)
    statuses = {status.name: status for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)}
    granted = pod.status.allocated_resources
    if not (statuses or granted):
        return desired
    infeasible = resize_is_infeasible(pod)
    actual = pod.status.resources.requests if pod.status.resources else NONE
    if not granted or not actual:
        granted = aggregate(pod, partial(_granted, statuses, infeasible), defaults)
        actual = aggregate(pod, partial(_actual, statuses, infeasible), defaults)
    return largest(NONE if infeasible else desired, granted, actual)


def pod_level_requests(pod: Pod) -> ResourceList:
    """What ``spec.resources`` of `pod` requests, of the resources that can be requested there."""
    wanted = pod.spec.resources.requests if pod.spec.resources else NONE
    if not any(map(is_pod_level_resource, wanted)):
        return NONE
    if pod.status.resources:
        desired = NONE if resize_is_infeasible(pod) else wanted
        wanted = largest(desired, pod.status.resources.requests, pod.status.allocated_resources)
    return {name: amount for name, amount in wanted.items() if is_pod_level_resource(name)}


def aggregate(pod: Pod, requests_of: RequestsOf, defaults: ResourceList = NONE) -> ResourceList:
    """The sum over the containers that run together, or the peak while the init containers run, whichever is larger.

    Init containers run one after another; a sidecar goes on running beside all that start after it.
    """
    total: ResourceList = NONE
    for container in pod.spec.containers:
        total = plus(total, {**defaults, **requests_of(container)})
    sidecars: ResourceList = NONE
    peak: ResourceList = NONE
    for container in pod.spec.init_containers:
        requests = {**defaults, **requests_of(container)}
        running = plus(sidecars, requests)
        if container.is_sidecar:
            total, sidecars = plus(total, requests), running
        peak = largest(peak, running)
    return largest(total, peak)


def plus(left: ResourceList, right: ResourceList) -> ResourceList:
    """The sum, resource by resource."""
    return {**left, **{name: left[name] + amount if name in left else amount for name, amount in right.items()}}


def largest(*lists: ResourceList) -> ResourceList:
    """The largest amount of each resource."""
    result = dict(lists[0])
    for other in lists[1:]:
        for name, amount in other.items():
            if name not in result or amount > result[name]:
                result[name] = amount
    return result


def is_hugepages(resource: str) -> bool:
    """Whether `resource` is memory in large pages, such as ``hugepages-2Mi``."""
    return resource.startswith("hugepages-")


def is_pod_level_resource(resource: str) -> bool:
    """Whether a pod may request `resource` as a whole, in ``spec.resources``."""
    return resource in ("cpu", "memory") or is_hugepages(resource)


def resize_is_infeasible(pod: Pod) -> bool:
    """Whether the kubelet has said that the pod's new size can never be had on its node."""
    pending = (condition for condition in pod.status.conditions if condition.type == "PodResizePending")
    return next((condition.reason == "Infeasible" for condition in pending), False)


def _granted(statuses: Mapping[str, ContainerStatus], infeasible: bool, container: Container) -> ResourceList:
    status = statuses.get(container.name)
    if status and status.allocated_resources:
        return status.allocated_resources
    return NONE if infeasible else container.resources.requests


def _actual(statuses: Mapping[str, ContainerStatus], infeasible: bool, container: Container) -> ResourceList:
    status = statuses.get(container.name)
    if status and status.resources and status.resources.requests:
        return status.resources.requests
    return _granted(statuses, infeasible, container)
