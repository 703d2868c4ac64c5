"""The types of a Service, and what each adds to the one before it.

References
----------
staging/src/k8s.io/api/core/v1/types.go: ServiceType; pkg/api/service/util.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.service import LoadBalancerIngress, Service, ServicePort
from k8smodels.i18n import _

CLUSTER_IP, NODE_PORT, LOAD_BALANCER = "ClusterIP", "NodePort", "LoadBalancer"
EXTERNAL_NAME = "ExternalName"
TYPES = (CLUSTER_IP, NODE_PORT, LOAD_BALANCER, EXTERNAL_NAME)


@dataclass(frozen=True, slots=True)
class WayIn:
    """One way to reach the pods of a Service.

    Attributes
    ----------
    address
        Where a client goes: an address, ``<node>`` for the address of any node, or a name.
    port
        The port there; None where the Service has none.
    protocol
        ``TCP``, ``UDP`` or ``SCTP``.
    who
        Who gives the address, and to whom it is of use.
    """

    address: str
    port: int | None
    protocol: str
    who: str


def externally_accessible(service: Service) -> bool:
    """Whether it may be reached from outside of the cluster, so that ``externalTrafficPolicy`` says something."""
    spec = service.spec
    return spec.type in (NODE_PORT, LOAD_BALANCER) or (spec.type == CLUSTER_IP and bool(spec.external_ips))


def needs_health_check(service: Service) -> bool:
    """Whether nodes answer a balancer's question for local endpoints, at ``healthCheckNodePort``."""
    return service.spec.type == LOAD_BALANCER and service.spec.external_traffic_policy == "Local"


def ways_in(service: Service) -> tuple[WayIn, ...]:
    """All ways to reach a stored Service, from the innermost to the outermost.

    ``NodePort`` adds a port of every node to the address inside of the cluster, ``LoadBalancer`` adds the addresses
    that the cloud's controller has written to the status. ``ExternalName`` is a name in DNS, and nothing else; a
    headless Service has names in DNS alone, too.
    """
    spec = service.spec
    if spec.type == EXTERNAL_NAME:
        return (WayIn(spec.external_name, None, "", _("DNS answers with this name (CNAME); no proxy takes part")),)
    return tuple(way for port in spec.ports for way in _ways_to(service, port))


def _ways_to(service: Service, port: ServicePort) -> Iterator[WayIn]:
    spec, protocol = service.spec, port.protocol or "TCP"
    for address in spec.cluster_ips if not service.is_headless else ():
        yield WayIn(address, port.port, protocol, _("the API server; inside of the cluster"))
    if port.node_port:
        yield WayIn("<node>", port.node_port, protocol, _("the API server; whoever reaches a node"))
    for address in spec.external_ips if not service.is_headless else ():
        yield WayIn(address, port.port, protocol, _("the author; whoever routes it to a node"))
    for ingress in service.status.load_balancer.ingress if spec.type == LOAD_BALANCER else ():
        yield WayIn(ingress.ip or ingress.hostname, port.port, protocol, _balancer(ingress))


def _balancer(ingress: LoadBalancerIngress) -> str:
    if ingress.ip and (ingress.ip_mode or "VIP") == "VIP":
        return _("the load balancer; nodes see its address as the destination, so kube-proxy handles it too")
    return _("the load balancer; it sends to a node or a pod by itself, and kube-proxy does not know the address")
