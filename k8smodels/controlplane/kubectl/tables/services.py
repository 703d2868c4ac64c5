"""Rows of Services, EndpointSlices and autoscalers.

References
----------
pkg/printers/internalversion/printers.go: printService, getServiceExternalIP, makePortString, printEndpointSlice,
printHorizontalPodAutoscaler, formatHPAMetrics (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.endpoint_slice import EndpointPort, EndpointSlice
from k8smodels.api.service import Service
from k8smodels.controlplane.kubectl.tables.hpa_metrics import targets
from k8smodels.controlplane.kubectl.tables.table import NONE, Table, age, format_labels

_SHOWN = 3
"""How many ports or addresses of a slice are shown."""
_BALANCER_WIDTH = 16


def external_ip(service: Service, *, wide: bool = True) -> str:
    """The cell EXTERNAL-IP."""
    kind, own = service.spec.type, list(service.spec.external_ips)
    if kind in ("ClusterIP", "NodePort"):
        return ",".join(own) or NONE
    if kind == "LoadBalancer":
        given = balancer_addresses(service)
        if not wide and len(given) > _BALANCER_WIDTH:
            given = given[: _BALANCER_WIDTH - 3] + "..."
        return ",".join([*([given] if given else []), *own]) or "<pending>"
    return service.spec.external_name if kind == "ExternalName" else "<unknown>"


def balancer_addresses(service: Service) -> str:
    """The addresses of the load balancer, sorted."""
    return ",".join(sorted({each.ip or each.hostname for each in service.status.load_balancer.ingress} - {""}))


def ports_cell(service: Service) -> str:
    """The cell PORT(S): ``80:30080/TCP``."""
    cells = []
    for port in service.spec.ports:
        node_port = f":{port.node_port}" if port.node_port > 0 else ""
        cells.append(f"{port.port}{node_port}/{port.protocol}")
    return ",".join(cells) or NONE


def _service(item: Service, now: datetime, wide: bool) -> list[str]:
    address = item.spec.cluster_ips[0] if item.spec.cluster_ips else NONE
    cells = [item.name, item.spec.type, address, external_ip(item, wide=wide), ports_cell(item), age(item, now)]
    return cells + ([format_labels(item.spec.selector)] if wide else [])


def _slice(item: EndpointSlice, now: datetime, _wide: bool) -> list[str]:
    addresses = [address for endpoint in item.endpoints for address in endpoint.addresses]
    return [item.name, item.address_type, _some(list(map(_port, item.ports))), _some(addresses), age(item, now)]


def _port(port: EndpointPort) -> str:
    if port.port is not None:
        return str(port.port)
    return "*" if port.name is None else port.name


def _some(texts: Sequence[str]) -> str:
    """The first three, and how many more there are; what stands for none differs from other tables."""
    if not texts:
        return "<unset>"
    shown = ",".join(texts[:_SHOWN])
    return f"{shown} + {len(texts) - _SHOWN} more..." if len(texts) > _SHOWN else shown


def autoscaler_cells(item: HorizontalPodAutoscaler) -> list[str]:
    """All but the age."""
    spec, status = item.spec, item.status
    reference = f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}"
    least = "<unset>" if spec.min_replicas is None else str(spec.min_replicas)
    shown = targets(spec.metrics, status.current_metrics)
    return [item.name, reference, shown, least, str(spec.max_replicas), str(status.current_replicas)]


def _autoscaler(item: HorizontalPodAutoscaler, now: datetime, _wide: bool) -> list[str]:
    return [*autoscaler_cells(item), age(item, now)]


SERVICES = Table(("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age"), ("Selector",), _service)
SLICES = Table(("Name", "AddressType", "Ports", "Endpoints", "Age"), (), _slice)
AUTOSCALERS = Table(("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), (), _autoscaler)
