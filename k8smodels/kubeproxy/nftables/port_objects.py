"""What one port of a Service adds to the table.

References
----------
pkg/proxy/nftables/proxier.go: syncProxyRules, writeServiceToEndpointDNATs, writeServiceToEndpointJumps (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.nftables import names
from k8smodels.kubeproxy.nftables.names import PortChains, endpoint_names, port_chains
from k8smodels.kubeproxy.nftables.shared import ip_of, masquerade_mark
from k8smodels.kubeproxy.nftables.table import Elements, Rules, Target
from k8smodels.kubeproxy.service_port import ServicePort
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.kubeproxy.traffic import PortTraffic

_MAX_COMMENT = 128


@dataclass(frozen=True, slots=True)
class PortObjects:
    """Chains with their rules, sets of clients that stay with an endpoint, and elements of shared sets and maps."""

    rules: Rules
    sets: dict[str, str] = field(default_factory=dict)
    elements: Elements = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Port:
    traffic: PortTraffic
    chains: PortChains
    state: ProxyState

    @property
    def port(self) -> ServicePort:
        return self.traffic.port

    @property
    def protocol(self) -> str:
        return self.port.protocol.lower()

    @property
    def refusal(self) -> Target:
        verdict = "drop" if self.traffic.has_endpoints else f"goto {names.REJECT}"
        return Target(verdict, str(self.port.name)[:_MAX_COMMENT])


def port_objects(port: ServicePort, state: ProxyState) -> PortObjects:
    """What a port adds to the table of the state's node."""
    it = _Port(PortTraffic.of(port, state), port_chains(port.name), state)
    rules = dict(_chains(it))
    sets = {}
    if port.session_affinity_seconds:
        address = "ipv4_addr" if state.family == "IPv4" else "ipv6_addr"
        kept = f"{{ type {address} ; flags dynamic,timeout ; timeout {port.session_affinity_seconds}s ; }}"
        for endpoint in it.traffic.usable.reachable:
            chain, affinity = endpoint_names(port.name, endpoint)
            rules[chain] = _endpoint_chain(it, endpoint, affinity)
            sets[affinity] = kept
    return PortObjects(rules, sets, _elements(it))


def _elements(it: _Port) -> Elements:
    """Where each of its addresses leads: to the port's chain, to a refusal, or to both.

    Both happens under the policy ``Local``: this node's pods are served, everybody else is dropped.
    """
    port, traffic = it.port, it.traffic
    found: dict[str, dict[str, Target]] = {names.CLUSTER_IPS: {port.cluster_ip: Target()}}
    found[names.HAIRPIN] = {
        f"{endpoint.ip} . {endpoint.ip} . {it.protocol} . {endpoint.port}": Target()
        for endpoint in traffic.usable.reachable
        if endpoint.is_local
    }
    services, refused = found.setdefault(names.SERVICE_IPS, {}), found.setdefault(names.NO_ENDPOINT_SERVICES, {})
    key = _key(it, port.cluster_ip)
    if traffic.has_internal_endpoints:
        services[key] = _goto(it.chains.local if port.internal_policy_local else it.chains.cluster)
    else:
        refused[key] = it.refusal
    keys = [_key(it, address) for address in (*port.external_ips, *port.load_balancer_vips)]
    if traffic.has_endpoints:
        services |= dict.fromkeys(keys, _goto(it.chains.external))
    if not traffic.has_external_endpoints:
        refused |= dict.fromkeys(keys, it.refusal)
    if traffic.is_firewalled:
        vips = (_key(it, address) for address in port.load_balancer_vips)
        found[names.FIREWALL_IPS] = dict.fromkeys(vips, _goto(it.chains.firewall))
    if port.node_port:
        found |= _node_port_elements(it)
    return found


def _key(it: _Port, address: str) -> str:
    return f"{address} . {it.protocol} . {it.port.port}"


def _goto(chain: str) -> Target:
    return Target(f"goto {chain}")


def _node_port_elements(it: _Port) -> dict[str, dict[str, Target]]:
    key, found = f"{it.protocol} . {it.port.node_port}", {}
    if it.traffic.has_endpoints:
        found[names.SERVICE_NODE_PORTS] = {key: _goto(it.chains.external)}
    if not it.traffic.has_external_endpoints:
        found[names.NO_ENDPOINT_NODE_PORTS] = {key: it.refusal}
    return found


def _chains(it: _Port) -> Iterator[tuple[str, tuple[str, ...]]]:
    traffic = it.traffic
    if traffic.has_external_traffic:
        yield it.chains.external, tuple(_external_chain(it))
    if traffic.is_firewalled:
        sources = " , ".join(traffic.accepted_sources(it.state.node.ips[0]))
        yield it.chains.firewall, (f"{ip_of(it.state)} saddr != {{ {sources} }} drop",)
    choice = _remembering_choice if it.port.session_affinity_seconds else _choice
    if traffic.usable.cluster:
        yield it.chains.cluster, choice(it, traffic.usable.cluster)
    if traffic.usable.local:
        yield it.chains.local, choice(it, traffic.usable.local)


def _external_chain(it: _Port) -> Iterator[str]:
    mark, local = masquerade_mark(it.state), "fib saddr type local"
    if not it.port.external_policy_local:
        yield f'{mark} comment "masquerade"'
    else:
        detector = it.state.config.local
        if detector.is_implemented:
            yield f'{detector.nft(local=True)} goto {it.chains.cluster} comment "short-circuit pod traffic"'
        yield f'{local} {mark} comment "masquerade local traffic"'
        yield f'{local} goto {it.chains.cluster} comment "short-circuit local traffic"'
    if it.traffic.has_external_endpoints:
        yield f"goto {it.chains.local if it.port.external_policy_local else it.chains.cluster}"


def _choice(it: _Port, endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    """One throw of the dice for all endpoints."""
    if len(endpoints) == 1:
        return (f"meta l4proto {it.protocol} dnat to {endpoints[0].address}",)
    table = " , ".join(f"{i} : {endpoint.ip} . {endpoint.port}" for i, endpoint in enumerate(endpoints))
    dice = f"numgen random mod {len(endpoints)} map {{ {table} }}"
    return (f"meta l4proto {it.protocol} dnat {ip_of(it.state)} addr . port to {dice}",)


def _remembering_choice(it: _Port, endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    """Clients that are remembered first, then the dice."""
    both = [endpoint_names(it.port.name, endpoint) for endpoint in endpoints]
    known = (f"{ip_of(it.state)} saddr @{affinity} goto {chain}" for chain, affinity in both)
    table = " , ".join(f"{i} : goto {chain}" for i, (chain, _) in enumerate(both))
    return (*known, f"numgen random mod {len(endpoints)} vmap {{ {table} }}")


def _endpoint_chain(it: _Port, endpoint: Endpoint, affinity: str) -> tuple[str, ...]:
    return (
        f"update @{affinity} {{ {ip_of(it.state)} saddr }}",
        f"meta l4proto {it.protocol} dnat to {endpoint.address}",
    )
