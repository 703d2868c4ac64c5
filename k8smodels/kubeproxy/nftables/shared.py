"""What stands in the table whatever Services there are.

References
----------
pkg/proxy/nftables/proxier.go: nftablesBaseChains, nftablesJumpChains, setupNFTables (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.kubeproxy.config import loopback
from k8smodels.kubeproxy.nftables import names
from k8smodels.kubeproxy.nftables.table import Rules, Target
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.netfilter.addresses import is_loopback


def _hook(kind: str, hook: str, priority: int) -> str:
    return f"{{ type {kind} hook {hook} priority {priority} ; }}"


CHAINS: Mapping[str, str] = {
    names.FIREWALL_PREROUTING: _hook("filter", "prerouting", -110),
    names.FIREWALL_OUTPUT: _hook("filter", "output", -110),
    names.INPUT: _hook("filter", "input", 0),
    names.FORWARD: _hook("filter", "forward", 0),
    names.OUTPUT: _hook("filter", "output", 0),
    names.NAT_PREROUTING: _hook("nat", "prerouting", -100),
    names.NAT_OUTPUT: _hook("nat", "output", -100),
    names.NAT_POSTROUTING: _hook("nat", "postrouting", 100),
    names.REJECT: '{ comment "helper for @no-endpoint-services / @no-endpoint-nodeports" ; }',
    names.SERVICES: "",
    names.CLUSTER_IPS_CHECK: "",
    names.SERVICE_ENDPOINTS_CHECK: "",
    names.NODE_PORT_ENDPOINTS_CHECK: "",
    names.FIREWALL_CHECK: "",
    names.MASQUERADING: "",
}
"""The hooks, and the chains that they lead to. Before DNAT (-100) a firewall still sees the first destination."""

_NEW_TO_SERVICES = f"ct state new jump {names.SERVICE_ENDPOINTS_CHECK}"
_NEW_TO_CLUSTER_IPS = f"ct state new jump {names.CLUSTER_IPS_CHECK}"
_NEW_TO_FIREWALL = f"ct state new jump {names.FIREWALL_CHECK}"

JUMPS: Rules = {
    names.INPUT: (f"ct state new jump {names.NODE_PORT_ENDPOINTS_CHECK}", _NEW_TO_SERVICES),
    names.FORWARD: (_NEW_TO_SERVICES, _NEW_TO_CLUSTER_IPS),
    names.OUTPUT: (_NEW_TO_SERVICES, _NEW_TO_CLUSTER_IPS),
    names.FIREWALL_PREROUTING: (_NEW_TO_FIREWALL,),
    names.FIREWALL_OUTPUT: (_NEW_TO_FIREWALL,),
    names.NAT_OUTPUT: (f"jump {names.SERVICES}",),
    names.NAT_PREROUTING: (f"jump {names.SERVICES}",),
    names.NAT_POSTROUTING: (f"jump {names.MASQUERADING}",),
    names.REJECT: ("reject",),
}


def ip_of(state: ProxyState) -> str:
    """How nft calls the family: ``ip`` or ``ip6``."""
    return "ip" if state.family == "IPv4" else "ip6"


def masquerade_mark(state: ProxyState) -> str:
    """The statement that marks a packet for a new source address."""
    return f"mark set mark or {state.config.masquerade_mark}"


def sets(state: ProxyState) -> Mapping[str, str]:
    """The sets."""
    address = _address(state)
    found = {
        names.CLUSTER_IPS: _typed(address, "Active ClusterIPs"),
        names.HAIRPIN: _typed(f"{address} . {address} . inet_proto . inet_service", "service hairpin connections"),
    }
    if not state.config.node_port_ranges(state.family).match_all:
        found[names.NODE_PORT_IPS] = _typed(address, "IPs that accept NodePort traffic")
    return found


def maps(state: ProxyState) -> Mapping[str, str]:
    """The maps from a destination to what happens with it."""
    service, node_port = (
        f"{_address(state)} . inet_proto . inet_service : verdict",
        "inet_proto . inet_service : verdict",
    )
    refuse = "vmap to drop or reject packets to"
    return {
        names.FIREWALL_IPS: _typed(service, "destinations that are subject to LoadBalancerSourceRanges"),
        names.NO_ENDPOINT_NODE_PORTS: _typed(node_port, f"{refuse} service nodeports with no endpoints"),
        names.NO_ENDPOINT_SERVICES: _typed(service, f"{refuse} services with no endpoints"),
        names.SERVICE_IPS: _typed(service, "ClusterIP, ExternalIP and LoadBalancer IP traffic"),
        names.SERVICE_NODE_PORTS: _typed(node_port, "NodePort traffic"),
    }


def _address(state: ProxyState) -> str:
    return "ipv4_addr" if state.family == "IPv4" else "ipv6_addr"


def _typed(kind: str, comment: str) -> str:
    return f'{{ type {kind} ; comment "{comment}" ; }}'


def node_port_ips(state: ProxyState) -> dict[str, Target]:
    """The elements of the set of addresses at which node ports answer; 127.0.0.1 never does."""
    ranges = state.config.node_port_ranges(state.family)
    addresses = () if ranges.match_all else ranges.of_node(state.node)
    return {address: Target() for address in addresses if not is_loopback(address)}


def rules(state: ProxyState) -> Rules:
    """The rules that lead into the maps, and those that masquerade."""
    ip = ip_of(state)
    destination = f"{ip} daddr . meta l4proto . th dport vmap"
    return {
        **JUMPS,
        names.CLUSTER_IPS_CHECK: _cluster_ips_check(state, ip),
        names.FIREWALL_CHECK: (f"{destination} @{names.FIREWALL_IPS}",),
        names.SERVICE_ENDPOINTS_CHECK: (f"{destination} @{names.NO_ENDPOINT_SERVICES}",),
        names.NODE_PORT_ENDPOINTS_CHECK: (_node_ports(state, ip, names.NO_ENDPOINT_NODE_PORTS),),
        names.MASQUERADING: _masquerading(state, ip),
        names.SERVICES: (
            *_mark_cluster_ip_traffic(state, ip),
            f"{destination} @{names.SERVICE_IPS}",
            _services_node_ports(state, ip),
        ),
    }


def _cluster_ips_check(state: ProxyState, ip: str) -> tuple[str, ...]:
    """Whoever asks a cluster IP for a port that it does not have is told so; an address of nobody stays silent."""
    wrong_port = f'{ip} daddr @{names.CLUSTER_IPS} reject comment "Reject traffic to invalid ports of ClusterIPs"'
    ranges = [cidr for cidr in state.config.service_cidrs if (":" in cidr) == (state.family == "IPv6")]
    if not ranges:
        return (wrong_port,)
    why = 'comment "Drop traffic to unallocated ClusterIPs"'
    return wrong_port, f"{ip} daddr {{ {','.join(ranges)} }} drop {why}"


def _node_ports(state: ProxyState, ip: str, target: str) -> str:
    if state.config.node_port_ranges(state.family).match_all:
        where = f"{ip} daddr != {loopback(state.family).removesuffix('/128')}"
    else:
        where = f"{ip} daddr @{names.NODE_PORT_IPS}"
    return f"{where} meta l4proto . th dport vmap @{target}"


def _services_node_ports(state: ProxyState, ip: str) -> str:
    local = "fib daddr type local " if state.config.node_port_ranges(state.family).match_all else ""
    return f"{local}{_node_ports(state, ip, names.SERVICE_NODE_PORTS)}"


def _masquerading(state: ProxyState, ip: str) -> tuple[str, ...]:
    mark = state.config.masquerade_mark
    connection = f"{ip} saddr . {ip} daddr . meta l4proto . th dport"
    return (
        f"mark and {mark} != 0 mark set mark xor {mark} masquerade fully-random",
        f"ct status dnat {connection} @{names.HAIRPIN} masquerade fully-random",
    )


def _mark_cluster_ip_traffic(state: ProxyState, ip: str) -> tuple[str, ...]:
    to_cluster_ip = f"{ip} daddr @{names.CLUSTER_IPS}"
    if state.config.masquerade_all:
        return (f'{to_cluster_ip} {masquerade_mark(state)} comment "masquerade all clusterIP traffic"',)
    if not state.config.local.is_implemented:
        return ()
    others = state.config.local.nft(local=False)
    why = 'comment "masquerade clusterIP traffic from outside cluster"'
    return (f"{to_cluster_ip} {others} {masquerade_mark(state)} {why}",)
