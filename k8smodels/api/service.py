"""A Service: one name and address for a set of pods.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.intstr import IntOrString
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.structure import Struct, struct


@struct
class ServicePort(Struct):
    """A port of the Service, and the port of the pods behind it: a number, or the name of a container's port."""

    name: str = ""
    protocol: str = ""
    app_protocol: str | None = None
    port: int = 0
    target_port: IntOrString = 0
    node_port: int = 0


@struct
class ClientIPConfig(Struct):
    """How long a client stays with its endpoint after its last connection, in seconds."""

    timeout_seconds: int | None = None


@struct
class SessionAffinityConfig(Struct):
    """Settings of session affinity."""

    client_ip: ClientIPConfig | None = None


@struct
class ServiceSpec(Struct):
    """Which pods a Service sends traffic to, and who may reach it by which address."""

    selector: Mapping[str, str] = field(default_factory=dict)
    type: str = ""
    ports: tuple[ServicePort, ...] = ()
    cluster_ip: str = ""
    cluster_ips: tuple[str, ...] = ()
    ip_families: tuple[str, ...] = ()
    ip_family_policy: str | None = None
    external_name: str = ""
    external_ips: tuple[str, ...] = ()
    session_affinity: str = ""
    session_affinity_config: SessionAffinityConfig | None = None
    internal_traffic_policy: str | None = None
    external_traffic_policy: str = ""
    health_check_node_port: int = 0
    traffic_distribution: str | None = None
    publish_not_ready_addresses: bool = False
    load_balancer_ip: str = ""
    load_balancer_class: str | None = None
    load_balancer_source_ranges: tuple[str, ...] = ()
    allocate_load_balancer_node_ports: bool | None = None


@struct
class LoadBalancerIngress(Struct):
    """An address at which a load balancer answers.

    Attributes
    ----------
    ip_mode
        ``VIP`` if packets reach the node with this address as their destination, ``Proxy`` if the balancer
        sends them to a node or a pod by itself.
    """

    unmodelled: ClassVar[frozenset[str]] = frozenset({"ports"})

    ip: str = ""
    hostname: str = ""
    ip_mode: str | None = None


@struct
class LoadBalancerStatus(Struct):
    """What the cloud's controller has set up."""

    ingress: tuple[LoadBalancerIngress, ...] = ()


@struct
class ServiceStatus(Struct):
    """What became of the Service outside the cluster."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"conditions"})

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


@struct
class Service(KubernetesObject):
    """One address for a set of pods."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Service"

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()

    @property
    def is_headless(self) -> bool:
        """Whether it has no address of its own: DNS gives the pods' addresses."""
        return self.spec.cluster_ip == "None"
