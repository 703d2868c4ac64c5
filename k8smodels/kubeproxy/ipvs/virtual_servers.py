"""Virtual servers and the real ones behind them, as ``ipvsadm -Ln`` lists them.

References
----------
pkg/proxy/ipvs/proxier.go: syncProxyRules, syncService, syncEndpoint (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.service_port import ServicePort
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.netfilter.addresses import canonical, family_of, is_loopback, with_port

DEFAULT_SCHEDULER = "rr"


@dataclass(frozen=True, slots=True)
class VirtualServer:
    """An address and port of a Service in the kernel's load balancer.

    Attributes
    ----------
    address
        ``ip:port``.
    scheduler
        How a real server is picked.
    persistent_seconds
        How long a client stays with its server; 0 if it does not.
    real_servers
        Endpoints; each has the weight 1. None at all is allowed: connections are refused then.
    """

    address: str
    protocol: str
    scheduler: str
    persistent_seconds: int
    real_servers: tuple[Endpoint, ...]

    @property
    def hashes_source_port(self) -> bool:
        """Whether the flag ``mh-port`` is set: the scheduler ``mh`` then takes the port into account."""
        return self.scheduler == "mh"


def node_ips(state: ProxyState) -> tuple[str, ...]:
    """The node's addresses at which node ports answer: never loopback."""
    ranges = state.config.node_port_ranges(state.family)
    addresses = own_addresses(state) if ranges.match_all else ranges.of_node(state.node)
    return tuple(address for address in addresses if not is_loopback(address))


def own_addresses(state: ProxyState) -> tuple[str, ...]:
    """The node's addresses of the family."""
    return tuple(canonical(ip) for ip in state.node.ips if family_of(ip) == state.family)


def virtual_servers(port: ServicePort, state: ProxyState) -> Iterator[VirtualServer]:
    """The virtual servers of a port: one for each address, and for the node port one for each address of the node."""
    internal = _real_servers(port, state, local_only=port.internal_policy_local)
    yield _server(port, state, port.cluster_ip, port.port, internal)
    external = _real_servers(port, state, local_only=port.external_policy_local)
    for address in (*port.external_ips, *port.load_balancer_vips):
        yield _server(port, state, address, port.port, external)
    if port.node_port:
        for address in node_ips(state):
            yield _server(port, state, address, port.node_port, external)


def _server(
    port: ServicePort, state: ProxyState, address: str, number: int, endpoints: tuple[Endpoint, ...]
) -> VirtualServer:
    scheduler = state.config.scheduler or DEFAULT_SCHEDULER
    return VirtualServer(with_port(address, number), port.protocol, scheduler, port.session_affinity_seconds, endpoints)


def _real_servers(port: ServicePort, state: ProxyState, *, local_only: bool) -> tuple[Endpoint, ...]:
    """Under the policy ``Local`` a node without endpoints uses those of other nodes, where iptables would drop.

    So this node's own pods still reach the Service. Others get an answer from an address that they did not ask.
    """
    usable = state.usable(port)
    return usable.local if local_only and usable.local else usable.cluster


def bound_addresses(state: ProxyState) -> tuple[str, ...]:
    """The addresses on the device kube-ipvs0: the kernel must take packets to them for its own."""
    mine = own_addresses(state)
    found = set()
    for port in state.ports():
        found |= {port.cluster_ip, *(ip for ip in (*port.external_ips, *port.load_balancer_vips) if ip not in mine)}
    return tuple(sorted(found))
