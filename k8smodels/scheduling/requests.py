"""Requests as the scheduler counts them: whole numbers by resource.

References
----------
pkg/scheduler/framework/types.go: Resource, PodInfo.CalculateResource; pkg/scheduler/util/pod_resources.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8smodels.api.pod import Pod, ResourceList
from k8smodels.api.quantity import Quantity
from k8smodels.api.resources import is_hugepages, pod_level_requests, pod_requests

Amounts = Mapping[str, int]
"""Amounts by resource: ``cpu`` in thousandths of a core, all others in whole units (bytes, pieces). Rounded up."""

NON_ZERO_DEFAULTS: ResourceList = {"cpu": Quantity.parse("100m"), "memory": Quantity.parse("200Mi")}
"""What a container that requests nothing counts for when nodes are *scored*, or idle-looking nodes would fill up."""


def is_scalar(resource: str) -> bool:
    """Whether `resource` is counted in pieces: extended resources, huge pages, attachable volumes."""
    if "/" in resource:
        return "kubernetes.io/" in resource or not resource.startswith("requests.")
    return is_hugepages(resource) or resource.startswith("attachable-volumes-")


def is_extended(resource: str) -> bool:
    """Whether `resource` is the vendor's own, such as ``example.com/gpu``."""
    return "/" in resource and "kubernetes.io/" not in resource and not resource.startswith("requests.")


def amounts(resources: ResourceList) -> Amounts:
    """`resources` in the scheduler's numbers; names that it does not know are left out."""
    return {
        name: quantity.milli_value() if name == "cpu" else quantity.value()
        for name, quantity in resources.items()
        if name in ("cpu", "memory", "ephemeral-storage") or is_scalar(name)
    }


def add(items: Iterable[Amounts]) -> Amounts:
    """The sum, resource by resource."""
    total: dict[str, int] = {}
    for item in items:
        for name, amount in item.items():
            total[name] = total.get(name, 0) + amount
    return total


def non_zero_requests(pod: Pod, requests: ResourceList) -> Amounts:
    """What `pod`, whose effective requests are `requests`, counts for when its node is scored.

    A pod that requests a resource as a whole needs no default for its containers.
    """
    defaults = NON_ZERO_DEFAULTS
    if pod_level_requests(pod):
        defaults = {name: amount for name, amount in defaults.items() if name not in requests}
    return amounts(pod_requests(pod, defaults=defaults) if defaults else requests)


def scored_requests(pod: Pod) -> Amounts:
    """What the *pending* `pod` counts for in the score of NodeResourcesFit.

    Kubernetes does not look at ``spec.resources`` of the pod here, though it does in the filter, in the score of
    NodeResourcesBalancedAllocation, and for pods that have a node already.
    """
    return amounts(pod_requests(pod, defaults=NON_ZERO_DEFAULTS, pod_level=False))
