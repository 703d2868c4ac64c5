"""What an evicted pod is told: the text of its event, and the event's annotations.

References
----------
pkg/kubelet/eviction/helpers.go: evictionMessage (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.isolation.eviction_thresholds import Observation, Threshold
from k8smodels.isolation.requests import ZERO, sets_pod_level_resources
from k8smodels.isolation.stats import ContainerStats, PodStats


@dataclass(frozen=True, slots=True)
class Offender:
    """A container that uses more than it requested.

    Attributes
    ----------
    name
        The container.
    usage, request
        What it uses and what it requested.
    """

    name: str
    usage: Quantity
    request: Quantity


@dataclass(frozen=True, slots=True)
class EvictionMessage:
    """The event ``Evicted``.

    Attributes
    ----------
    message
        Its text; it ends with a blank.
    annotations
        The same for programs.
    """

    message: str
    annotations: Mapping[str, str]


def eviction_message(
    pod: Pod,
    resource: str,
    stats: PodStats | None,
    crossed: tuple[Threshold, Observation] | None = None,
) -> EvictionMessage:
    """The event of `pod`'s eviction.

    Parameters
    ----------
    pod
        The pod.
    resource
        What the node ran out of; see `k8smodels.isolation.pod_use.RESOURCES`.
    stats
        What was measured of the pod; None for nothing.
    crossed
        The threshold that was met and what was observed; its numbers are told too.
    """
    text = f"The node was low on resource: {resource}. "
    if crossed is not None:
        threshold, observed = crossed
        limit = threshold.value.of(observed.capacity)
        text += f"Threshold quantity: {limit}, available: {observed.available}. "
    if stats is None:
        return EvictionMessage(text, {})
    whole = _whole_pod(pod, stats) if resource == "memory" else None
    offenders = list(_offenders(pod, resource, stats))
    sentences = [_sentence("Pod", whole, resource)] if whole else []
    sentences += [_sentence("Container", offender, resource) for offender in offenders]
    annotations = {"offending_pod": whole.name, "offending_pod_usage": str(whole.usage)} if whole else {}
    annotations |= {
        "offending_containers": ",".join(offender.name for offender in offenders),
        "offending_containers_usage": ",".join(str(offender.usage) for offender in offenders),
        "starved_resource": resource,
    }
    return EvictionMessage(text + "".join(sentences), annotations)


def _sentence(kind: str, use: Offender, resource: str) -> str:
    more = f"has larger consumption of {resource}. "
    return f"{kind} {use.name} was using {use.usage}, request is {use.request}, {more}"


def _whole_pod(pod: Pod, stats: PodStats) -> Offender | None:
    """The pod itself, if it requests memory as a whole, whether it uses more than that or not."""
    requests = pod.spec.resources.requests if pod.spec.resources and sets_pod_level_resources(pod) else {}
    if "memory" not in requests or stats.memory is None:
        return None
    return Offender(pod.name, _bytes(stats.memory.working_set_bytes or 0), requests["memory"])


def _offenders(pod: Pod, resource: str, stats: PodStats) -> Iterator[Offender]:
    containers = {container.name: container for container in (*pod.spec.init_containers, *pod.spec.containers)}
    for measured in stats.containers:
        usage = _container_usage(measured, resource)
        if measured.name in containers and usage is not None:
            request = containers[measured.name].resources.requests.get(resource, ZERO)
            if usage > request:
                yield Offender(measured.name, usage, request)


def _container_usage(stats: ContainerStats, resource: str) -> Quantity | None:
    """The working set, or the writable layer and the logs; nothing is said of inodes and processes."""
    if resource == "memory" and stats.memory is not None and stats.memory.working_set_bytes is not None:
        return _bytes(stats.memory.working_set_bytes)
    if resource == "ephemeral-storage" and stats.rootfs is not None and stats.logs is not None:
        layer, logs = stats.rootfs.used_bytes, stats.logs.used_bytes
        return None if layer is None or logs is None else _bytes(layer + logs)
    return None


def _bytes(amount: int) -> Quantity:
    return Quantity.from_value(amount, "BinarySI")
