"""What the API server fills in before it looks at a Service.

References
----------
pkg/apis/core/v1/defaults.go: SetDefaults_Service (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.service import (
    ClientIPConfig,
    Service,
    ServicePort,
    ServiceSpec,
    SessionAffinityConfig,
)
from k8smodels.services.types import CLUSTER_IP, LOAD_BALANCER, NODE_PORT, externally_accessible

AFFINITY_SECONDS = 10800
"""How long ``sessionAffinity: ClientIP`` remembers a client if nothing is said: three hours."""


def default_service(service: Service) -> Service:
    """`service` with the defaults that do not depend on the cluster. Defaulting twice changes nothing more."""
    spec = service.spec
    affinity = spec.session_affinity or "None"
    kind = spec.type or CLUSTER_IP
    filled = replace(
        spec,
        session_affinity=affinity,
        session_affinity_config=_affinity_config(spec, affinity),
        type=kind,
        ports=tuple(map(_port, spec.ports)),
    )
    if externally_accessible(replace(service, spec=filled)):
        filled = replace(filled, external_traffic_policy=spec.external_traffic_policy or "Cluster")
    if spec.internal_traffic_policy is None and kind in (CLUSTER_IP, NODE_PORT, LOAD_BALANCER):
        filled = replace(filled, internal_traffic_policy="Cluster")
    if kind == LOAD_BALANCER and spec.allocate_load_balancer_node_ports is None:
        filled = replace(filled, allocate_load_balancer_node_ports=True)
    return replace(service, spec=filled)


def _affinity_config(spec: ServiceSpec, affinity: str) -> SessionAffinityConfig | None:
    config = spec.session_affinity_config
    if affinity == "None":
        return None
    said = config is not None and config.client_ip is not None and config.client_ip.timeout_seconds is not None
    if affinity == "ClientIP" and not said:
        return SessionAffinityConfig(client_ip=ClientIPConfig(timeout_seconds=AFFINITY_SECONDS))
    return config


def _port(port: ServicePort) -> ServicePort:
    return replace(port, protocol=port.protocol or "TCP", target_port=port.target_port or port.port)
