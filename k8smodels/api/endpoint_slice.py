"""An EndpointSlice: up to 100 addresses behind a Service, with who may use each.

References
----------
staging/src/k8s.io/api/discovery/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.structure import Struct, struct

SERVICE_NAME = "kubernetes.io/service-name"
"""The label that names the Service of a slice."""


@struct
class EndpointConditions(Struct):
    """What an endpoint may be used for; None is unknown, which consumers read as ready.

    Attributes
    ----------
    ready
        New connections may go to it; False while it terminates.
    serving
        It would be ready if it were not terminating.
    terminating
        Its deletion has begun.
    """

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


@struct
class ForZone(Struct):
    """A zone that should use this endpoint."""

    name: str = ""


@struct
class ForNode(Struct):
    """A node that should use this endpoint."""

    name: str = ""


@struct
class EndpointHints(Struct):
    """Who should use an endpoint, if topology-aware routing is wanted."""

    for_zones: tuple[ForZone, ...] = ()
    for_nodes: tuple[ForNode, ...] = ()


@struct
class ObjectReference(Struct):
    """The object that another one speaks of."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"fieldPath", "resourceVersion", "apiVersion"})

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


@struct
class Endpoint(Struct):
    """One pod, or another backend. Of its addresses consumers use the first."""

    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    hostname: str | None = None
    target_ref: ObjectReference | None = None
    deprecated_topology: Mapping[str, str] = field(default_factory=dict)
    node_name: str | None = None
    zone: str | None = None
    hints: EndpointHints | None = None


@struct
class EndpointPort(Struct):
    """A port that all endpoints of a slice listen on; its name is the Service port's."""

    name: str | None = None
    protocol: str | None = None
    port: int | None = None
    app_protocol: str | None = None


@struct
class EndpointSlice(KubernetesObject):
    """A part of the endpoints of a Service: of one family of addresses, with the same ports."""

    api_version: ClassVar[str] = "discovery.k8s.io/v1"
    kind: ClassVar[str] = "EndpointSlice"

    address_type: str = ""
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()

    @property
    def service(self) -> str:
        """The name of the Service that it belongs to, by its label; empty if it belongs to none."""
        return self.labels.get(SERVICE_NAME, "")
