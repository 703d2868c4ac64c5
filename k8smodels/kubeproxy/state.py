"""What kube-proxy knows: the ports of all Services and their endpoints, and what a change touches.

References
----------
pkg/proxy/servicechangetracker.go, endpointschangetracker.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import ProxyConfig, ProxyNode
from k8smodels.kubeproxy.endpoints import Endpoint, Endpoints, endpoints_of
from k8smodels.kubeproxy.service_port import ServicePort, ServicePortName, service_ports
from k8smodels.kubeproxy.topology import Usable, usable_endpoints
from k8smodels.netfilter.addresses import Family


@dataclass(frozen=True, slots=True)
class Change:
    """What the API server tells in one go: objects that are new or different, and names of deleted ones.

    Attributes
    ----------
    deleted_services, deleted_slices
        ``namespace/name``.
    """

    services: tuple[Service, ...] = ()
    slices: tuple[EndpointSlice, ...] = ()
    deleted_services: tuple[str, ...] = ()
    deleted_slices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProxyState:
    """One node's view of the Services, of one family of addresses. It never changes: `apply` gives a new one.

    Attributes
    ----------
    services, slices, endpoints
        By the Service's ``namespace/name``: its ports, its EndpointSlices by name, the endpoints of its ports.
    updated
        The Services that the last change touched.
    """

    node: ProxyNode
    config: ProxyConfig = field(default_factory=ProxyConfig)
    family: Family = "IPv4"
    services: Mapping[str, tuple[ServicePort, ...]] = field(default_factory=dict)
    slices: Mapping[str, Mapping[str, EndpointSlice]] = field(default_factory=dict, repr=False)
    endpoints: Mapping[str, Endpoints] = field(default_factory=dict)
    updated: frozenset[str] = frozenset()

    def ports(self) -> list[ServicePort]:
        """All ports, sorted by name."""
        return sorted((port for ports in self.services.values() for port in ports), key=lambda port: str(port.name))

    def endpoints_of(self, name: ServicePortName) -> tuple[Endpoint, ...]:
        """The endpoints of a port, usable or not, sorted by address as text."""
        return self.endpoints.get(name.service, {}).get(name, ())

    def usable(self, port: ServicePort) -> Usable:
        """The endpoints of a port that this node may send to."""
        return usable_endpoints(port, self.endpoints_of(port.name), self.node)

    def apply(self, change: Change) -> ProxyState:
        """The view after a change.

        A Service counts as touched only if one of its ports differs, an EndpointSlice if anything in it does.
        """
        services = _changed_services(self.services, change, self.family)
        slices = _changed_slices(self.slices, change, self.family)
        touched = {name for name in slices if slices[name] is not self.slices.get(name)}
        found = {name: endpoints_of(_by_name(slices[name]), self.family, self.node.name) for name in touched}
        changed = {n for n in services.keys() | self.services.keys() if services.get(n) != self.services.get(n)}
        return replace(
            self,
            services=services,
            slices=slices,
            endpoints={**self.endpoints, **found},
            updated=frozenset(changed | touched),
        )


def proxy_state(
    services: Iterable[Service],
    slices: Iterable[EndpointSlice],
    node: ProxyNode,
    config: ProxyConfig | None = None,
    family: Family = "IPv4",
) -> ProxyState:
    """The view of a node whose kube-proxy has just started."""
    return ProxyState(node, config or ProxyConfig(), family).apply(Change(tuple(services), tuple(slices)))


def _changed_services(
    old: Mapping[str, tuple[ServicePort, ...]], change: Change, family: Family
) -> dict[str, tuple[ServicePort, ...]]:
    new = {name: ports for name, ports in old.items() if name not in change.deleted_services}
    for service in change.services:
        new[f"{service.metadata.namespace}/{service.name}"] = service_ports(service, family)
    return {name: ports for name, ports in new.items() if ports}


def _changed_slices(
    old: Mapping[str, Mapping[str, EndpointSlice]], change: Change, family: Family
) -> dict[str, Mapping[str, EndpointSlice]]:
    """Slices by Service; what nothing happened to stays the same object."""
    new = dict(old)
    for name in change.deleted_slices:
        for service in [service for service in new if name in new[service]]:
            new[service] = {key: value for key, value in new[service].items() if key != name}
    for item in change.slices:
        if item.address_type == family and item.service and item.metadata.namespace and item.name:
            service, name = f"{item.metadata.namespace}/{item.service}", f"{item.metadata.namespace}/{item.name}"
            if new.get(service, {}).get(name) != item:
                new[service] = {**new.get(service, {}), name: item}
    return new


def _by_name(slices: Mapping[str, EndpointSlice]) -> list[EndpointSlice]:
    return [slices[name] for name in sorted(slices)]
