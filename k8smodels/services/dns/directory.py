"""What the cluster's DNS server knows, and what it may find there.

References
----------
CoreDNS 1.14.2, plugin/kubernetes: controller.go, object/endpoint.go, object/service.go
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace
from k8smodels.api.service import Service

NO_PORT = -1
"""The port of an endpoint or a Service without ports: it has addresses, but no SRV record."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing behind a name.

    Attributes
    ----------
    host
        An address, or for ``ExternalName`` a name.
    port
        Its port, or `NO_PORT`.
    name
        The name of the target itself, which an SRV record gives.
    """

    host: str
    port: int
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a name stands for; a name may exist and stand for nothing.

    Attributes
    ----------
    exists, targets
        Whether there is such a name, and what is behind it.
    reason
        How it was found, or why not.
    """

    exists: bool
    reason: str
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """What the server knows of the cluster.

    Attributes
    ----------
    services, slices
        All of them.
    namespaces
        Names of the namespaces that exist.
    """

    services: tuple[Service, ...]
    slices: tuple[EndpointSlice, ...]
    namespaces: frozenset[str]

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject]) -> Directory:
        """The Services and EndpointSlices among `objects`; a namespace exists if it, or a Service in it, is there."""
        items = tuple(objects)
        services = tuple(item for item in items if isinstance(item, Service))
        named = {item.name for item in items if isinstance(item, Namespace)}
        namespaces = frozenset(named | {service.namespace for service in services})
        return cls(services, tuple(item for item in items if isinstance(item, EndpointSlice)), namespaces)

    def slices_of(self, service: Service) -> Iterator[EndpointSlice]:
        """The slices that name this Service."""
        key = service.namespace, service.name
        return (item for item in self.slices if (item.namespace, item.service) == key)
