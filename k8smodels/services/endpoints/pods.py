"""Which pods of a Service become endpoints, and what the endpoint says of the pod.

References
----------
staging/src/k8s.io/endpointslice: utils.go (podToEndpoint), util/controller_utils.go (ShouldPodBeInEndpoints,
ShouldSetHostname); pkg/controller/endpointslice/endpointslice_controller.go: syncService (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8smodels.api.endpoint_slice import Endpoint, EndpointConditions, ObjectReference
from k8smodels.api.errors import invalid
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.selectors import selector_from_set
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.services.addresses import NOT_AN_ADDRESS, family_of, parse_ip

ZONE = "topology.kubernetes.io/zone"
"""The label of a node that names its zone."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What an endpoint may be used for.

    Attributes
    ----------
    ready
        New connections go to it.
    serving
        The pod is ready, though it may be on its way out. Proxies use such an endpoint if no ready one is left.
    terminating
        The pod's deletion has begun.
    reason
        What decided `ready`.
    """

    ready: bool
    serving: bool
    terminating: bool
    reason: str


def selected_pods(service: Service, pods: Iterable[Pod]) -> list[Pod]:
    """The pods of the Service's namespace that have its labels; none for a Service without a selector."""
    selector = selector_from_set(service.spec.selector)
    if not service.spec.selector:
        return []
    return [pod for pod in pods if pod.namespace == service.namespace and selector.matches(pod.labels)]


def left_out(pod: Pod) -> str:
    """Why a selected pod is no endpoint at all; empty if it is one."""
    if pod.is_finished:
        return _("the pod has finished: its phase is {phase}").format(phase=pod.status.phase)
    if not pod.status.pod_ip and not pod.status.pod_ips:
        return _("the pod has no address yet")
    return ""


def readiness(pod: Pod, service: Service) -> Readiness:
    """Whether new connections may go to `pod`.

    A terminating pod is never ready, whatever its probes say; a Service that publishes unready addresses calls every
    pod ready.
    """
    serving = any(item.type == "Ready" and item.status == "True" for item in pod.status.conditions)
    terminating = pod.is_terminating
    if service.spec.publish_not_ready_addresses:
        return Readiness(True, serving, terminating, _("the Service publishes addresses that are not ready"))
    if terminating:
        return Readiness(False, serving, terminating, _("the pod is terminating"))
    if not serving:
        return Readiness(False, serving, terminating, _("the pod's condition Ready is not True"))
    return Readiness(True, serving, terminating, _("the pod's condition Ready is True"))


def addresses(pod: Pod, family: str) -> tuple[str, ...]:
    """The addresses of `pod` of one family, ``IPv4`` or ``IPv6``, in the canonical form and in order of their text.

    Like the API server when it reads a pod, this takes ``podIP`` for the only one where ``podIPs`` is missing.

    Raises
    ------
    FieldError
        One of the pod's addresses is none.
    """
    found = []
    for i, text in enumerate([item.ip for item in pod.status.pod_ips] or [pod.status.pod_ip]):
        address = parse_ip(text)
        if address is None:
            raise invalid(f"status.podIPs[{i}].ip", text, NOT_AN_ADDRESS)
        if family_of(address) == family:
            found.append(str(address))
    return tuple(sorted(found))


def hostname(pod: Pod, service: Service) -> str | None:
    """The name of `pod` below the Service's: only if the pod's subdomain is the Service's name."""
    same = pod.spec.subdomain == service.name and pod.namespace == service.namespace
    return pod.spec.hostname if pod.spec.hostname and same else None


def endpoint(pod: Pod, node: Node | None, service: Service, family: str) -> Endpoint:
    """What a slice says of `pod`; it has no address if the pod has none of `family`."""
    state = readiness(pod, service)
    zone = node.labels.get(ZONE) if node is not None else None
    return Endpoint(
        addresses=addresses(pod, family),
        conditions=EndpointConditions(ready=state.ready, serving=state.serving, terminating=state.terminating),
        hostname=hostname(pod, service),
        target_ref=ObjectReference(kind="Pod", namespace=pod.namespace, name=pod.name, uid=pod.metadata.uid),
        node_name=pod.spec.node_name or None,
        zone=zone or None,
    )
