"""One port of a Service as kube-proxy sees it on one family of addresses.

References
----------
pkg/proxy/serviceport.go, servicechangetracker.go; pkg/proxy/util/utils.go; pkg/api/v1/service/util.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from k8smodels.api.service import LoadBalancerIngress, Service, ServiceSpec
from k8smodels.netfilter.addresses import Family, InvalidAddressError, canonical, family_of, network

DEFAULT_AFFINITY_SECONDS = 10800
"""How long session affinity lasts unless somebody says otherwise: three hours."""


@dataclass(frozen=True, slots=True, order=True)
class ServicePortName:
    """What tells one port of a Service from all others: ``namespace/name:port`` and the protocol."""

    namespace: str
    name: str
    port: str
    protocol: str

    def __str__(self) -> str:
        base = f"{self.namespace}/{self.name}"
        return f"{base}:{self.port}" if self.port else base

    @property
    def service(self) -> str:
        """``namespace/name``."""
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a Service: who may reach it by which address, and by which policy.

    Attributes
    ----------
    cluster_ip, port
        Where it answers inside the cluster.
    node_port
        The port of every node where it answers; 0 if none.
    external_ips, load_balancer_vips
        Further addresses. Of load balancers only those whose packets arrive with the balancer's address.
    load_balancer_source_ranges
        Who may use the load balancer's addresses; empty for everybody.
    session_affinity_seconds
        How long a client stays with its endpoint; 0 without affinity.
    external_policy_local, internal_policy_local
        Whether outside or inside traffic may use only endpoints of its own node.
    health_check_node_port
        Where the balancer asks whether this node has endpoints; 0 if it does not.
    """

    name: ServicePortName
    cluster_ip: str
    port: int
    protocol: str
    node_port: int = 0
    external_ips: tuple[str, ...] = ()
    load_balancer_vips: tuple[str, ...] = ()
    load_balancer_source_ranges: tuple[str, ...] = ()
    session_affinity_seconds: int = 0
    external_policy_local: bool = False
    internal_policy_local: bool = False
    health_check_node_port: int = 0

    @property
    def is_externally_accessible(self) -> bool:
        """Whether it answers at more than its cluster IP."""
        return bool(self.node_port or self.load_balancer_vips or self.external_ips)

    @property
    def uses_cluster_endpoints(self) -> bool:
        """Whether any traffic may go to endpoints of any node.

        Outside traffic under the policy ``Local`` counts: what this node's own pods send is treated as ``Cluster``.
        """
        return not self.internal_policy_local or self.is_externally_accessible

    @property
    def uses_local_endpoints(self) -> bool:
        """Whether any traffic may go to this node's endpoints only."""
        return self.internal_policy_local or (self.external_policy_local and self.is_externally_accessible)


def service_ports(service: Service, family: Family) -> tuple[ServicePort, ...]:
    """The ports that kube-proxy serves for a Service: none for a headless one, an ExternalName, another family.

    Leaves out what the API server refuses anyway: of an address that cannot be read, kube-proxy makes nothing.
    """
    spec = service.spec
    cluster_ip = _cluster_ip(service, family)
    if spec.cluster_ip in ("", "None") or spec.type == "ExternalName" or not cluster_ip:
        return ()
    external_local = _is_externally_accessible(service) and spec.external_traffic_policy == "Local"
    has_health_check = spec.type == "LoadBalancer" and external_local
    shared = ServicePort(
        name=ServicePortName("", "", "", ""),
        cluster_ip=canonical(cluster_ip),
        port=0,
        protocol="",
        external_ips=_of_family(spec.external_ips, family),
        load_balancer_vips=_of_family(map(_vip, service.status.load_balancer.ingress), family),
        load_balancer_source_ranges=_source_ranges(spec.load_balancer_source_ranges, family),
        session_affinity_seconds=_affinity_seconds(spec),
        external_policy_local=external_local,
        internal_policy_local=spec.internal_traffic_policy == "Local",
        health_check_node_port=spec.health_check_node_port if has_health_check else 0,
    )
    ports = ((port, port.protocol or "TCP") for port in spec.ports)
    return tuple(
        replace(
            shared,
            name=ServicePortName(service.metadata.namespace, service.name, port.name, protocol),
            port=port.port,
            protocol=protocol,
            node_port=port.node_port,
        )
        for port, protocol in ports
    )


def _cluster_ip(service: Service, family: Family) -> str:
    spec = service.spec
    if not spec.ip_families:
        return spec.cluster_ip if family_of(spec.cluster_ip) == family else ""
    return next((ip for own, ip in zip(spec.ip_families, spec.cluster_ips, strict=False) if own == family), "")


def _is_externally_accessible(service: Service) -> bool:
    spec = service.spec
    return spec.type in ("LoadBalancer", "NodePort") or (spec.type == "ClusterIP" and bool(spec.external_ips))


def _affinity_seconds(spec: ServiceSpec) -> int:
    if spec.session_affinity != "ClientIP":
        return 0
    config = spec.session_affinity_config
    seconds = config.client_ip.timeout_seconds if config and config.client_ip else None
    return DEFAULT_AFFINITY_SECONDS if seconds is None else seconds


def _vip(ingress: LoadBalancerIngress) -> str:
    return ingress.ip if ingress.ip_mode in (None, "VIP") else ""


def _of_family(addresses: Iterable[str], family: Family) -> tuple[str, ...]:
    found = []
    for address in addresses:
        with suppress(InvalidAddressError):
            if family_of(address) == family:
                found.append(canonical(address))
    return tuple(found)


def _source_ranges(ranges: Iterable[str], family: Family) -> tuple[str, ...]:
    found = []
    for cidr in ranges:
        with suppress(InvalidAddressError):
            if family_of(cidr) == family:
                found.append(network(cidr.strip()))
    return () if any(cidr.prefixlen == 0 for cidr in found) else tuple(map(str, found))
