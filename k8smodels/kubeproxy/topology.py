"""Which endpoints a node may send to: by readiness, by traffic policy, by hints.

References
----------
pkg/proxy/topology.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from k8smodels.kubeproxy.config import ProxyNode
from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.service_port import ServicePort

TopologyMode = Literal["", "PreferSameNode", "PreferSameZone"]
"""Which hints are followed; empty for none."""


@dataclass(frozen=True, slots=True)
class Usable:
    """The endpoints of one port that a node may send to.

    Attributes
    ----------
    cluster
        For traffic under the policy ``Cluster``; empty if the port has no such traffic.
    local
        For traffic under the policy ``Local``; empty if the port has no such traffic.
    any_anywhere
        Whether some endpoint of the cluster can be used: then nothing is rejected, at most dropped.
    topology
        The hints that limit `cluster`.
    """

    cluster: tuple[Endpoint, ...] = ()
    local: tuple[Endpoint, ...] = ()
    any_anywhere: bool = False
    topology: TopologyMode = ""

    @property
    def reachable(self) -> tuple[Endpoint, ...]:
        """All endpoints that this node may send to, sorted."""
        if not self.local:
            return self.cluster
        if not self.cluster:
            return self.local
        return tuple(sorted({endpoint.address: endpoint for endpoint in (*self.cluster, *self.local)}.values()))


def usable_endpoints(port: ServicePort, endpoints: Sequence[Endpoint], node: ProxyNode) -> Usable:
    """Sort out the endpoints of a port.

    Ready ones are used; if there are none, those that terminate and still serve. The two policies decide on their own.
    Hints hold for the policy ``Cluster`` only, and never for terminating endpoints.
    """
    if not endpoints:
        return Usable()
    topology = topology_mode(endpoints, node) if port.uses_cluster_endpoints else ""
    cluster = _cluster_endpoints(endpoints, topology, node) if port.uses_cluster_endpoints else ()
    if not port.uses_local_endpoints:
        return Usable(cluster, (), bool(cluster), topology)
    local = _ready_or_still_serving([endpoint for endpoint in endpoints if endpoint.is_local])
    return Usable(cluster, local, bool(cluster) or bool(_ready_or_still_serving(endpoints)), topology)


def topology_mode(endpoints: Sequence[Endpoint], node: ProxyNode) -> TopologyMode:
    """Which hints are followed: every ready endpoint must have such hints, and one must be meant for here."""
    ready = [endpoint for endpoint in endpoints if endpoint.ready]
    if not ready:
        return ""
    if all(endpoint.nodes for endpoint in ready) and any(node.name in endpoint.nodes for endpoint in ready):
        return "PreferSameNode"
    if all(endpoint.zones for endpoint in ready) and any(node.zone in endpoint.zones for endpoint in ready):
        return "PreferSameZone"
    return ""


def _cluster_endpoints(endpoints: Sequence[Endpoint], mode: TopologyMode, node: ProxyNode) -> tuple[Endpoint, ...]:
    usable = _ready_or_still_serving(endpoints)
    if mode == "PreferSameNode":
        return tuple(endpoint for endpoint in usable if node.name in endpoint.nodes)
    if mode == "PreferSameZone":
        return tuple(endpoint for endpoint in usable if node.zone in endpoint.zones)
    return usable


def _ready_or_still_serving(endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    ready = tuple(endpoint for endpoint in endpoints if endpoint.ready)
    return ready or tuple(endpoint for endpoint in endpoints if endpoint.serving and endpoint.terminating)
