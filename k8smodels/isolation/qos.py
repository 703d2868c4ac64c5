"""The QoS class of a pod: a summary of how its requests and limits of CPU and memory relate.

References
----------
pkg/apis/core/v1/helper/qos/qos.go: GetPodQOS, ComputePodQOS, requirementsQOS, resourceQOS (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, cast, get_args

from k8smodels.api.errors import unsupported
from k8smodels.api.pod import Pod, ResourceRequirements
from k8smodels.api.quantity import Quantity
from k8smodels.isolation.requests import ZERO, sets_pod_level_resources

QOSClass = Literal["Guaranteed", "Burstable", "BestEffort"]

RESOURCES = ("cpu", "memory")
"""The resources that count; ephemeral storage, huge pages and devices say nothing about the class."""


@dataclass(frozen=True, slots=True)
class ResourceQOS:
    """The class that one resource in one place speaks for.

    Attributes
    ----------
    path
        Where the requests and limits stand, e.g. ``spec.containers[0].resources``.
    resource
        ``cpu`` or ``memory``.
    request, limit
        The amounts; zero where none is set.
    """

    path: str
    resource: str
    request: Quantity
    limit: Quantity

    @property
    def qos_class(self) -> QOSClass:
        """Guaranteed if both are equal and set, BestEffort if neither is set, else Burstable."""
        if self.request != self.limit:
            return "Burstable"
        return "Guaranteed" if self.request.sign else "BestEffort"


@dataclass(frozen=True, slots=True)
class QOS:
    """A pod's class with its reasons.

    Attributes
    ----------
    qos_class
        The class.
    source
        What decided: ``status.qosClass``, ``spec.resources``, or ``containers``.
    resources
        One entry a container (or the pod) and resource; empty if the status decided.
    """

    qos_class: QOSClass
    source: Literal["status.qosClass", "spec.resources", "containers"]
    resources: tuple[ResourceQOS, ...] = ()


def pod_qos(pod: Pod) -> QOS:
    """The class of `pod`, and what it follows from.

    All agree, or the pod is Burstable. Init containers and sidecars count like all others. Requests are not taken from
    limits here: the API server has done that when the pod was made (see `k8smodels.api.defaults`).

    Raises
    ------
    FieldError
        ``status.qosClass`` is no class.
    """
    if pod.status.qos_class:
        return QOS(_known(pod.status.qos_class), "status.qosClass")
    if pod.spec.resources is not None and sets_pod_level_resources(pod):
        own = tuple(_resources("spec.resources", pod.spec.resources))
        return QOS(_common_class(own), "spec.resources", own)
    found = tuple(_of_containers(pod))
    return QOS(_common_class(found), "containers", found)


def qos_class(pod: Pod) -> QOSClass:
    """The class of `pod` alone; see `pod_qos` for the reasons."""
    return pod_qos(pod).qos_class


def _common_class(resources: tuple[ResourceQOS, ...]) -> QOSClass:
    classes = {entry.qos_class for entry in resources} or {"BestEffort"}
    return classes.pop() if len(classes) == 1 else "Burstable"


def _of_containers(pod: Pod) -> Iterator[ResourceQOS]:
    for field, containers in (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers)):
        for i, container in enumerate(containers):
            yield from _resources(f"spec.{field}[{i}].resources", container.resources)


def _resources(path: str, resources: ResourceRequirements) -> Iterator[ResourceQOS]:
    for name in RESOURCES:
        yield ResourceQOS(path, name, resources.requests.get(name, ZERO), resources.limits.get(name, ZERO))


def _known(written: str) -> QOSClass:
    if written not in get_args(QOSClass):
        raise unsupported("status.qosClass", written, get_args(QOSClass))
    return cast("QOSClass", written)
