"""``kubectl describe service``.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeService, formatEndpointSlices, buildIngressString (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.endpoint_slice import SERVICE_NAME, EndpointSlice
from k8smodels.api.service import Service, ServicePort
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.tables.table import NONE, format_labels

_SHOWN = 3


def describe_service(out: Writer, item: Service, call: Call) -> None:
    """A Service with its addresses, ports and endpoints."""
    spec = item.spec
    out.head(item.metadata)
    out.marks(item.metadata)
    out.field("Selector", format_labels(spec.selector))
    out.field("Type", spec.type)
    out.field_if("IP Family Policy", spec.ip_family_policy)
    out.field("IP Families", ",".join(spec.ip_families) or NONE)
    out.field("IP", spec.cluster_ip)
    out.field("IPs", ",".join(spec.cluster_ips) or NONE)
    out.field_if("External IPs", ",".join(spec.external_ips))
    out.field_if("Desired LoadBalancer IP", spec.load_balancer_ip)
    out.field_if("External Name", spec.external_name)
    out.field_if("LoadBalancer Ingress", _ingress(item))
    slices = _slices(call, item)
    for port in spec.ports:
        _port(out, port, slices)
    out.field("Session Affinity", spec.session_affinity or "None")
    out.field_if("External Traffic Policy", spec.external_traffic_policy)
    out.field_if("Internal Traffic Policy", spec.internal_traffic_policy)
    if spec.health_check_node_port:
        out.field("HealthCheck NodePort", spec.health_check_node_port)
    out.field_if("LoadBalancer Source Ranges", ",".join(spec.load_balancer_source_ranges))
    out.field_if("Traffic Distribution", spec.traffic_distribution)


def _slices(call: Call, item: Service) -> list[EndpointSlice]:
    found = call.cluster.store.objects("EndpointSlice", item.metadata.namespace)
    mine = [each for each in found if isinstance(each, EndpointSlice) and each.labels.get(SERVICE_NAME) == item.name]
    return sorted(mine, key=lambda each: each.name)


def _port(out: Writer, port: ServicePort, slices: Sequence[EndpointSlice]) -> None:
    name = port.name or "<unset>"
    out.line(f"Port:\t{name}\t{port.port}/{port.protocol}")
    out.field("TargetPort", f"{port.target_port}/{port.protocol}")
    out.field_if("AppProtocol", port.app_protocol)
    if port.node_port:
        out.line(f"NodePort:\t{name}\t{port.node_port}/{port.protocol}")
    out.field("Endpoints", _endpoints(slices, port.name))


def _endpoints(slices: Sequence[EndpointSlice], port: str) -> str:
    """The first three endpoints that are ready, and how many more there are; empty if none is ready."""
    if not slices:
        return NONE
    found = list(_ready(slices, port))
    shown = ",".join(found[:_SHOWN])
    return f"{shown} + {len(found) - _SHOWN} more..." if len(found) > _SHOWN else shown


def _ready(slices: Sequence[EndpointSlice], port: str) -> Iterator[str]:
    for each in slices:
        numbers = [str(item.port) for item in each.ports if (item.name or "") == port]
        for number in numbers if each.ports else [""]:
            for endpoint in each.endpoints:
                if endpoint.conditions.ready is not False:
                    yield _address(endpoint.addresses[0], number)


def _address(host: str, port: str) -> str:
    if not port:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _ingress(item: Service) -> str:
    shown = []
    for each in item.status.load_balancer.ingress:
        mode = f" ({each.ip_mode})" if each.ip_mode else ""
        shown.append(f"{each.ip}{mode}" if each.ip else each.hostname)
    return ", ".join(shown)
