"""The ports of a pod that a Service leads to.

References
----------
staging/src/k8s.io/endpointslice: utils.go (FindPort, getEndpointPorts), util/controller_utils.go (portsInOrder) (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.api.endpoint_slice import EndpointPort
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service, ServicePort

PortSet = tuple[tuple[str | None, str | None, int | None, str | None], ...]
"""Name, protocol, number and application protocol of each port."""

_FNV_PRIME = 2**88 + 0x13B
_FNV_OFFSET = 0x6C62272E07BB014262B821756295C58D


def find_port(pod: Pod, port: ServicePort) -> int | None:
    """The number of the port of `pod` behind `port`; None if no container has a port of that name and protocol.

    A number is taken as it is, whether a container declares it or not. A name is looked up in the containers, then in
    the sidecars, so that each pod may have another number.
    """
    if isinstance(port.target_port, int):
        return port.target_port
    sidecars = [container for container in pod.spec.init_containers if container.is_sidecar]
    for container in (*pod.spec.containers, *sidecars):
        for declared in container.ports:
            same_protocol = (declared.protocol or "TCP") == (port.protocol or "TCP")
            if declared.name == port.target_port and same_protocol:
                return declared.container_port
    return None


def endpoint_ports(service: Service, pod: Pod) -> tuple[EndpointPort, ...]:
    """The ports of `pod` for `service`, in the controller's order; those that the pod lacks are left out.

    Pods with the same ports share slices.
    """
    found = []
    for port in service.spec.ports:
        number = find_port(pod, port)
        if number is not None:
            found.append(
                EndpointPort(name=port.name, protocol=port.protocol, port=number, app_protocol=port.app_protocol)
            )
    return in_order(found)


def port_set(ports: Iterable[EndpointPort]) -> PortSet:
    """What slices are grouped by: `ports`, whatever their order."""
    return tuple((port.name, port.protocol, port.port, port.app_protocol) for port in in_order(ports))


def in_order(ports: Iterable[EndpointPort]) -> tuple[EndpointPort, ...]:
    """`ports` by the controller's hash: an order that means nothing, and is always the same."""
    return tuple(sorted(ports, key=_hash))


def _hash(port: EndpointPort) -> int:
    """FNV-1a with 128 bits over the port as Go prints it."""
    values = (
        f"Name:{_printed('string', port.name)}",
        f"Protocol:{_printed('v1.Protocol', port.protocol)}",
        f"Port:{_printed('int32', port.port)}",
        f"AppProtocol:{_printed('string', port.app_protocol)}",
    )
    value = _FNV_OFFSET
    for byte in f"(v1.EndpointPort){{{' '.join(values)}}}".encode(errors="surrogatepass"):
        value = ((value ^ byte) * _FNV_PRIME) % 2**128
    return value


def _printed(kind: str, value: str | int | None) -> str:
    return f"(*{kind}){'<nil>' if value is None else value}"
