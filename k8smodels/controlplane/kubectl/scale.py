"""``kubectl scale``.

References
----------
k8s.io/kubectl/pkg/cmd/scale/scale.go: RunScale; k8s.io/kubectl/pkg/scale/scale.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.workload import Deployment, ReplicaSet, StatefulSet
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.kubectl.find import find_named
from k8smodels.controlplane.kubectl.output_formats import name_of
from k8smodels.controlplane.status import StatusError


def scale(call: Call) -> Iterator[str]:
    """Set how many pods a controller keeps.

    Raises
    ------
    KubectlError
        No size, or not the size that ``--current-replicas`` expects.
    StatusError
        ``NotFound``; also for kinds that have no size.
    """
    replicas, expected = call.number("replicas", -1), call.number("current-replicas", -1)
    if replicas < 0:
        raise KubectlError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if expected < -1:
        raise KubectlError("The --current-replicas must specify an integer of -1 or greater")
    found = find_named(call, call.words)
    if not found:
        raise KubectlError("no objects passed to scale")
    for resource, item in found:
        if not isinstance(item, Deployment | ReplicaSet | StatefulSet):
            raise StatusError("NotFound", 404, "the server could not find the requested resource")
        if expected not in (-1, item.spec.wanted_replicas):
            raise KubectlError(f"Expected replicas to be {expected}, was {item.spec.wanted_replicas}")
        key = (resource.kind, item.metadata.namespace, item.name)
        call.server.patch(*key, lambda stored: _sized(stored, replicas), USER, f"{replicas} replicas")
        yield f"{name_of(item, resource)} scaled"


def _sized(item: Any, replicas: int) -> KubernetesObject:
    sized: KubernetesObject = replace(item, spec=replace(item.spec, replicas=replicas))
    return sized
