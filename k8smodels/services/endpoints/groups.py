"""The endpoints of a Service by their ports: only those with the same ports share slices.

References
----------
staging/src/k8s.io/endpointslice/reconciler.go: reconcileByAddressType (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from k8smodels.api.endpoint_slice import Endpoint, EndpointPort
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.services.endpoints.pods import endpoint, left_out
from k8smodels.services.endpoints.ports import PortSet, endpoint_ports, port_set


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A selected pod that is no endpoint.

    Attributes
    ----------
    pod
        Its name.
    reason
        Why.
    error
        What the sync returns for it, so that it is tried again; empty if all is as it should be.
    """

    pod: str
    reason: str
    error: str = ""


@dataclass(slots=True)
class Group:
    """The endpoints that share slices, since their ports are the same."""

    ports: tuple[EndpointPort, ...]
    endpoints: list[Endpoint] = field(default_factory=list)


def grouped(
    service: Service, pods: Iterable[Pod], nodes: Mapping[str, Node], family: str
) -> tuple[dict[PortSet, Group], list[LeftOut]]:
    """The endpoints by their ports, and the pods that are none."""
    groups: dict[PortSet, Group] = {}
    skipped = []
    for pod in pods:
        if why := left_out(pod):
            skipped.append(LeftOut(pod.name, why))
            continue
        ports = endpoint_ports(service, pod)
        group = groups.setdefault(port_set(ports), Group(ports))
        node = nodes.get(pod.spec.node_name)
        if node is None and not service.spec.publish_not_ready_addresses:
            skipped.append(_on_no_node(pod, service))
            continue
        found = endpoint(pod, node, service, family)
        if found.addresses:
            group.endpoints.append(found)
        else:
            skipped.append(LeftOut(pod.name, _("the pod has no {family} address").format(family=family)))
    return groups, skipped


def _on_no_node(pod: Pod, service: Service) -> LeftOut:
    owner = f"{service.namespace}/{service.name}"
    error = f"skipping Pod {pod.name} for Service {owner}: Node {pod.spec.node_name} Not Found"
    return LeftOut(pod.name, _("the pod's node does not exist"), error)
