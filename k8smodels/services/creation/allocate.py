"""Addresses and node ports for a new Service; this comes before it is validated.

References
----------
pkg/registry/core/service/storage/alloc.go: allocateCreate, allocIPs, initNodePorts, allocHealthCheckNodePort (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.errors import InvalidObject, invalid
from k8smodels.api.service import Service
from k8smodels.services.addresses import parse_ip
from k8smodels.services.allocation import AllocationError, RangeFull
from k8smodels.services.creation.families import with_families
from k8smodels.services.creation.pools import Pools
from k8smodels.services.types import EXTERNAL_NAME, LOAD_BALANCER, NODE_PORT, needs_health_check


class AllocationFailed(ValueError):
    """The cluster could not give what a Service needs; an internal error of the API server, in its words."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

    def __str__(self) -> str:
        return f"Internal error occurred: {self.problem}"


def allocate(service: Service, pools: Pools, seed: int) -> tuple[Service, Pools]:
    """`service`, defaulted, with families, addresses and node ports, and what is left in the pools.

    Raises
    ------
    InvalidObject
        The families contradict each other, or an address or a port that was asked for cannot be had.
    AllocationFailed
        There is nothing left, or the port for health checks that was asked for cannot be had.
    """
    service = with_families(service, pools)
    service, pools = _cluster_ips(service, pools, seed)
    if service.spec.type in (NODE_PORT, LOAD_BALANCER):
        service, pools = _node_ports(service, pools, seed)
    if needs_health_check(service):
        service, pools = _health_check_port(service, pools, seed)
    return service, pools


def _cluster_ips(service: Service, pools: Pools, seed: int) -> tuple[Service, Pools]:
    spec = service.spec
    if spec.type == EXTERNAL_NAME or spec.cluster_ips[:1] == ("None",):
        return service, pools
    missing = len(spec.ip_families) - len(spec.cluster_ips)
    asked = (*spec.cluster_ips, *([""] * missing))
    given = []
    for family, text in zip(spec.ip_families, asked, strict=False):
        try:
            pools, address = _one_ip(pools, family, text, seed)
        except RangeFull as full:
            problem = f'failed to allocate a serviceIP for Service "{service.name}": {full}'
            raise AllocationFailed(problem) from None
        except AllocationError as refused:
            error = invalid("spec.clusterIPs", list(asked), f"failed to allocate IP {text}: {refused}")
            raise InvalidObject("Service", service.name, [error]) from None
        given.append(address)
    return replace(service, spec=replace(spec, cluster_ip=given[0], cluster_ips=tuple(given))), pools


def _one_ip(pools: Pools, family: str, text: str, seed: int) -> tuple[Pools, str]:
    address = parse_ip(text)
    return pools.allocate_next_ip(family, seed) if address is None else (pools.allocate_ip(address), text)


def _node_ports(service: Service, pools: Pools, seed: int) -> tuple[Service, Pools]:
    """Ports with one number but different protocols share a node port; the first one that asks for it decides."""
    spec, ports = service.spec, list(service.spec.ports)
    wanted = spec.type == NODE_PORT or bool(spec.allocate_load_balancer_node_ports)
    given: dict[int, int] = {}
    for i, port in enumerate(ports):
        if not port.node_port and not wanted:
            continue
        before = given.get(port.port)
        if before is None:
            asked = next((item.node_port for item in ports if item.port == port.port and item.node_port), 0)
            pools, number = _one_port(service, pools, i, asked, seed)
            given[port.port] = number
        elif port.node_port in (0, before):
            number = before
        else:
            pools, number = _one_port(service, pools, i, port.node_port, seed)
        ports[i] = replace(port, node_port=number)
    return replace(service, spec=replace(spec, ports=tuple(ports))), pools


def _one_port(service: Service, pools: Pools, i: int, asked: int, seed: int) -> tuple[Pools, int]:
    try:
        if not asked:
            left, number = pools.node_ports.allocate_next(seed)
            return replace(pools, node_ports=left), number
        return replace(pools, node_ports=pools.node_ports.allocate(asked)), asked
    except RangeFull as full:
        raise AllocationFailed(f"failed to allocate a nodePort: {full}") from None
    except AllocationError as refused:
        error = invalid(f"spec.ports[{i}].nodePort", asked, str(refused))
        raise InvalidObject("Service", service.name, [error]) from None


def _health_check_port(service: Service, pools: Pools, seed: int) -> tuple[Service, Pools]:
    asked = service.spec.health_check_node_port
    try:
        if asked:
            return service, replace(pools, node_ports=pools.node_ports.allocate(asked))
        left, number = pools.node_ports.allocate_next(seed)
    except AllocationError as refused:
        what = f"requested HealthCheck NodePort {asked}" if asked else "a HealthCheck NodePort 0"
        raise AllocationFailed(f"failed to allocate {what}: {refused}") from None
    return replace(service, spec=replace(service.spec, health_check_node_port=number)), replace(pools, node_ports=left)
