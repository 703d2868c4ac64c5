"""The endpoints of a Service's ports, joined from its EndpointSlices.

References
----------
pkg/proxy/endpoint.go, endpointslicecache.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8smodels.api import endpoint_slice as api
from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.kubeproxy.service_port import ServicePortName
from k8smodels.netfilter.addresses import Family, canonical, with_port


class Endpoint(NamedTuple):
    """An address behind a port of a Service.

    Attributes
    ----------
    address
        ``ip:port``.
    is_local
        Whether it runs on this node. An endpoint without a node never does.
    ready, serving, terminating
        Its conditions; what is unknown counts as ready and serving.
    zones, nodes
        Who should use it, by the hints.
    """

    address: str
    ip: str
    port: int
    is_local: bool
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    zones: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()


Endpoints = Mapping[ServicePortName, tuple[Endpoint, ...]]
"""The endpoints of every port, sorted by their addresses as text: ``10.0.0.10`` is before ``10.0.0.9``."""


def endpoints_of(slices: Iterable[EndpointSlice], family: Family, node: str) -> Endpoints:
    """The endpoints that the slices of a family list, by port.

    Parameters
    ----------
    slices
        Those without a Service, and ports without a name or a number, are passed over, as kube-proxy does.
    node
        The name of the node that looks.
    """
    found: dict[ServicePortName, dict[str, Endpoint]] = {}
    for item in slices:
        if item.address_type == family and item.service and item.metadata.namespace and item.name:
            for port in item.ports:
                if port.name is not None and port.port:
                    name = ServicePortName(item.metadata.namespace, item.service, port.name, port.protocol or "TCP")
                    _add(found.setdefault(name, {}), item.endpoints, port.port, node)
    return {name: tuple(sorted(by_address.values())) for name, by_address in found.items() if by_address}


def _add(found: dict[str, Endpoint], endpoints: Iterable[api.Endpoint], port: int, node: str) -> None:
    """Of two endpoints with one address, a terminating one never takes the place of the other."""
    for endpoint in endpoints:
        if endpoint.addresses:
            made = _endpoint(endpoint, port, node)
            if not made.terminating or made.address not in found:
                found[made.address] = made


def _endpoint(endpoint: api.Endpoint, port: int, node: str) -> Endpoint:
    ip, conditions, hints = canonical(endpoint.addresses[0]), endpoint.conditions, endpoint.hints
    return Endpoint(
        with_port(ip, port),
        ip,
        port,
        bool(node) and endpoint.node_name == node,
        conditions.ready is not False,
        conditions.serving is not False,
        conditions.terminating is True,
        frozenset(zone.name for zone in hints.for_zones) if hints else frozenset(),
        frozenset(name.name for name in hints.for_nodes) if hints else frozenset(),
    )
