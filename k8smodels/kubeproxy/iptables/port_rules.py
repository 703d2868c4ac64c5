"""The rules of one port of a Service.

References
----------
pkg/proxy/iptables/proxier.go: syncProxyRules, writeServiceToEndpointRules (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.iptables import names
from k8smodels.kubeproxy.iptables.names import PortChains, endpoint_chain, port_chains
from k8smodels.kubeproxy.service_port import ServicePort
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.kubeproxy.traffic import PortTraffic

Rules = tuple[str, ...]

LOCALHOST_COUNTER = "localhost_nps_accepted_pkts"
"""The counter of connections to node ports on 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class PortRules:
    """What one port adds to the ruleset, as lines of iptables-restore.

    Attributes
    ----------
    filter_rules, nat_rules
        Rules that it adds to chains shared by all Services, by chain.
    nat_chains
        Its own chains of the table nat.
    """

    filter_rules: Mapping[str, Rules]
    nat_rules: Mapping[str, Rules]
    nat_chains: Mapping[str, Rules]


@dataclass(frozen=True, slots=True)
class _Port:
    """A port with all that decides about its rules.

    `endpoint_chains` is by the endpoints' addresses.
    """

    port: ServicePort
    traffic: PortTraffic
    text: str
    protocol: str
    chains: PortChains
    endpoint_chains: Mapping[str, str]
    state: ProxyState
    comments: bool

    @classmethod
    def of(cls, port: ServicePort, state: ProxyState, *, comments: bool) -> _Port:
        traffic, text, protocol = PortTraffic.of(port, state), str(port.name), port.protocol.lower()
        chains = {
            endpoint.address: endpoint_chain(f"{text}{protocol}", endpoint.address)
            for endpoint in traffic.usable.reachable
        }
        return cls(port, traffic, text, protocol, port_chains(port.name), chains, state, comments)

    @property
    def internal_chain(self) -> str:
        return self.chains.local if self.port.internal_policy_local else self.chains.cluster

    @property
    def uses_firewall_chain(self) -> bool:
        return self.traffic.has_endpoints and self.traffic.is_firewalled

    def to(self, address: str) -> str:
        """The match for packets to this port at an address."""
        return f"-m {self.protocol} -p {self.protocol} -d {address} --dport {self.port.port}"


def port_rules(port: ServicePort, state: ProxyState, *, comments: bool = True) -> PortRules:
    """The rules of a port.

    Parameters
    ----------
    comments
        Whether rules of endpoints tell whose they are; kube-proxy saves that above 1,000 endpoints.
    """
    it = _Port.of(port, state, comments=comments)
    filter_rules: dict[str, list[str]] = {}
    nat_rules: dict[str, list[str]] = {}
    _capture_cluster_ip(it, nat_rules, filter_rules)
    _capture_external_addresses(it, nat_rules, filter_rules)
    _capture_node_port(it, nat_rules, filter_rules)
    if port.health_check_node_port:
        filter_rules.setdefault(names.NODE_PORTS, []).append(_health_check(it))
    return PortRules(_frozen(filter_rules), _frozen(nat_rules), _own_chains(it))


def _frozen(rules: Mapping[str, list[str]]) -> Mapping[str, Rules]:
    return {chain: tuple(lines) for chain, lines in rules.items()}


def _capture_cluster_ip(it: _Port, nat: dict[str, list[str]], filter_: dict[str, list[str]]) -> None:
    where = it.to(it.port.cluster_ip)
    if it.traffic.has_internal_endpoints:
        nat[names.SERVICES] = [
            f'-A {names.SERVICES} -m comment --comment "{it.text} cluster IP" {where} -j {it.internal_chain}'
        ]
    else:
        comment, target = _refusal(it)
        filter_[names.SERVICES] = [f"-A {names.SERVICES} {comment} {where} -j {target}"]


def _refusal(it: _Port) -> tuple[str, str]:
    """Rejected if there is no endpoint anywhere, dropped if there is one but not here."""
    if it.traffic.has_endpoints:
        return f'-m comment --comment "{it.text} has no local endpoints"', "DROP"
    return f'-m comment --comment "{it.text} has no endpoints"', "REJECT"


def _capture_external_addresses(it: _Port, nat: dict[str, list[str]], filter_: dict[str, list[str]]) -> None:
    services, refused = nat.setdefault(names.SERVICES, []), filter_.setdefault(names.EXTERNAL_SERVICES, [])
    balancer_chain = it.chains.firewall if it.uses_firewall_chain else it.chains.external
    comment, target = _refusal(it)
    captured = [(ip, "external IP", it.chains.external) for ip in it.port.external_ips]
    captured += [(ip, "loadbalancer IP", balancer_chain) for ip in it.port.load_balancer_vips]
    for ip, what, chain in captured:
        if it.traffic.has_endpoints:
            services.append(f'-A {names.SERVICES} -m comment --comment "{it.text} {what}" {it.to(ip)} -j {chain}')
        if not it.traffic.has_external_endpoints:
            refused.append(f"-A {names.EXTERNAL_SERVICES} {comment} {it.to(ip)} -j {target}")
    if it.uses_firewall_chain:
        why = f'-m comment --comment "{it.text} traffic not accepted by {it.chains.firewall}"'
        filter_[names.FIREWALL] = [
            f"-A {names.FIREWALL} {why} {it.to(ip)} -j DROP" for ip in it.port.load_balancer_vips
        ]


def _capture_node_port(it: _Port, nat: dict[str, list[str]], filter_: dict[str, list[str]]) -> None:
    """Node ports are open to everybody: source ranges of the load balancer do not hold for them."""
    if not it.port.node_port:
        return
    match, dport = f"-m {it.protocol} -p {it.protocol}", f"--dport {it.port.node_port}"
    if it.traffic.has_endpoints:
        head = f"-A {names.NODE_PORTS} -m comment --comment {it.text} {match}"
        rules = [f"{head} {dport} -j {it.chains.external}"]
        if it.state.config.nfacct and localhost_node_ports(it.state):
            counted = f"-m nfacct --nfacct-name {LOCALHOST_COUNTER}"
            rules.insert(0, f"{head} -d 127.0.0.0/8 {dport} {counted} -j {it.chains.external}")
        nat[names.NODE_PORTS] = rules
    if not it.traffic.has_external_endpoints:
        comment, target = _refusal(it)
        filter_[names.EXTERNAL_SERVICES].append(
            f"-A {names.EXTERNAL_SERVICES} {comment} -m addrtype --dst-type LOCAL {match} {dport} -j {target}"
        )


def localhost_node_ports(state: ProxyState) -> bool:
    """Whether node ports answer on 127.0.0.1: an IPv4 matter, and only if the ranges for node ports contain it."""
    ranges = state.config.node_port_ranges(state.family)
    return state.family == "IPv4" and state.config.localhost_node_ports and ranges.contains_ipv4_loopback


def _health_check(it: _Port) -> str:
    comment = f'-m comment --comment "{it.text} health check node port"'
    return f"-A {names.NODE_PORTS} {comment} -m tcp -p tcp --dport {it.port.health_check_node_port} -j ACCEPT"


def _own_chains(it: _Port) -> Mapping[str, Rules]:
    chains: dict[str, Rules] = {}
    internal = _masquerade_internal(it)
    if it.traffic.has_external_traffic:
        chains[it.chains.external] = tuple(_external_chain(it))
    if it.uses_firewall_chain:
        chains[it.chains.firewall] = tuple(_firewall_chain(it))
    if it.traffic.usable.cluster:
        head = internal if it.internal_chain == it.chains.cluster else ()
        chains[it.chains.cluster] = (*head, *_choice(it, it.chains.cluster, it.traffic.usable.cluster))
    if it.traffic.usable.local:
        head = internal if it.internal_chain == it.chains.local else ()
        chains[it.chains.local] = (*head, *_choice(it, it.chains.local, it.traffic.usable.local))
    for endpoint in it.traffic.usable.reachable:
        chains[it.endpoint_chains[endpoint.address]] = _endpoint_chain(it, endpoint)
    return chains


def _masquerade_internal(it: _Port) -> Rules:
    """Who comes from outside the pods to a cluster IP gets this node's address, or the reply would miss this node."""
    if not it.traffic.has_internal_endpoints or not (
        it.state.config.masquerade_all or it.state.config.local.is_implemented
    ):
        return ()
    head = f'-A {it.internal_chain} -m comment --comment "{it.text} cluster IP" {it.to(it.port.cluster_ip)}'
    source = "" if it.state.config.masquerade_all else f" {it.state.config.local.if_not_local}"
    return (f"{head}{source} -j {names.MARK_MASQ}",)


def _external_chain(it: _Port) -> list[str]:
    head, what = f"-A {it.chains.external} -m comment --comment", f"{it.text} external destinations"
    if not it.port.external_policy_local:
        rules = [f'{head} "masquerade traffic for {what}" -j {names.MARK_MASQ}']
    else:
        local, cluster = "-m addrtype --src-type LOCAL", it.chains.cluster
        rules = [
            f'{head} "masquerade LOCAL traffic for {what}" {local} -j {names.MARK_MASQ}',
            f'{head} "route LOCAL traffic for {what}" {local} -j {cluster}',
        ]
        if it.state.config.local.is_implemented:
            rules.insert(0, f'{head} "pod traffic for {what}" {it.state.config.local.if_local} -j {cluster}')
    if it.traffic.has_external_endpoints:
        policy_chain = it.chains.local if it.port.external_policy_local else it.chains.cluster
        rules.append(f"-A {it.chains.external} -j {policy_chain}")
    return rules


def _firewall_chain(it: _Port) -> list[str]:
    """Who is let through; the rest is dropped in the table filter."""
    head = f"-A {it.chains.firewall} -m comment --comment"
    sources = it.traffic.accepted_sources(it.state.node.ips[0])
    accepted = [f'{head} "{it.text} loadbalancer IP" -s {source} -j {it.chains.external}' for source in sources]
    return [*accepted, f'{head} "other traffic to {it.text} will be dropped by {names.FIREWALL}"']


def _choice(it: _Port, chain: str, endpoints: Sequence[Endpoint]) -> list[str]:
    """Clients that are remembered first, then the dice: of n endpoints left, one with the probability 1/n."""
    count, seconds = len(endpoints), it.port.session_affinity_seconds
    whose = [f'"{it.text} -> {endpoint.address}"' for endpoint in endpoints]
    heads = [f"-A {chain}{_comment(it, text)}" for text in whose]
    targets = [it.endpoint_chains[endpoint.address] for endpoint in endpoints]
    rules = []
    if seconds:
        rules = [
            f"{head} -m recent --name {target} --rcheck --seconds {seconds} --reap -j {target}"
            for head, target in zip(heads, targets, strict=True)
        ]
    for left, head, target in zip(range(count, 0, -1), heads, targets, strict=True):
        dice = f" -m statistic --mode random --probability {1 / left:.10f}" if left > 1 else ""
        rules.append(f"{head}{dice} -j {target}")
    return rules


def _endpoint_chain(it: _Port, endpoint: Endpoint) -> Rules:
    """A pod that reaches itself through the Service needs another source address, or it answers itself directly."""
    chain = it.endpoint_chains[endpoint.address]
    head = f"-A {chain}{_comment(it, it.text)}"
    remember = f" -m recent --name {chain} --set" if it.port.session_affinity_seconds else ""
    return (
        f"{head} -s {endpoint.ip} -j {names.MARK_MASQ}",
        f"{head}{remember} -m {it.protocol} -p {it.protocol} -j DNAT --to-destination {endpoint.address}",
    )


def _comment(it: _Port, text: str) -> str:
    return f" -m comment --comment {text}" if it.comments else ""
