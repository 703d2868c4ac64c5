"""What a node does with the traffic of one port: which kinds of traffic it has, and whether there is anybody to answer.

References
----------
pkg/proxy/iptables/proxier.go, pkg/proxy/nftables/proxier.go: syncProxyRules (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.kubeproxy.service_port import ServicePort
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.kubeproxy.topology import Usable
from k8smodels.netfilter.addresses import contains


@dataclass(frozen=True, slots=True)
class PortTraffic:
    """A port, and the endpoints that this node may send to."""

    port: ServicePort
    usable: Usable

    @classmethod
    def of(cls, port: ServicePort, state: ProxyState) -> PortTraffic:
        """The traffic of a port on the state's node."""
        return cls(port, state.usable(port))

    @property
    def has_endpoints(self) -> bool:
        """Whether somebody could answer, on this node or another: then nothing is rejected, at most dropped."""
        return self.usable.any_anywhere

    @property
    def has_internal_endpoints(self) -> bool:
        """Whether traffic to the cluster IP is answered."""
        return self.has_endpoints and (bool(self.usable.local) or not self.port.internal_policy_local)

    @property
    def has_external_endpoints(self) -> bool:
        """Whether traffic from outside is answered."""
        return self.has_endpoints and (bool(self.usable.local) or not self.port.external_policy_local)

    @property
    def has_external_traffic(self) -> bool:
        """Whether traffic to other addresses is taken up.

        Even without endpoints for it: what this node's own pods send there goes to endpoints anywhere.
        """
        return self.has_endpoints and self.port.is_externally_accessible

    @property
    def is_firewalled(self) -> bool:
        """Whether the load balancer's addresses are for some sources only."""
        return bool(self.port.load_balancer_vips and self.port.load_balancer_source_ranges)

    def accepted_sources(self, node_ip: str) -> tuple[str, ...]:
        """Who may use the load balancer's addresses.

        If this node may, then also who comes with such an address: a node sends to an address that is bound to itself
        with that address as the source.
        """
        ranges = self.port.load_balancer_source_ranges
        return ranges + (self.port.load_balancer_vips if any(contains(cidr, node_ip) for cidr in ranges) else ())
