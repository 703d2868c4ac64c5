"""The sets of addresses and ports that a few iptables rules ask.

References
----------
pkg/proxy/ipvs/ipset.go, proxier.go: ipsetInfo (v1.37); ipset(8)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from k8smodels.kubeproxy.service_port import ServicePort
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.netfilter.addresses import contains

LOOP_BACK = "KUBE-LOOP-BACK"
CLUSTER_IP = "KUBE-CLUSTER-IP"
EXTERNAL_IP = "KUBE-EXTERNAL-IP"
EXTERNAL_IP_LOCAL = "KUBE-EXTERNAL-IP-LOCAL"
LOAD_BALANCER = "KUBE-LOAD-BALANCER"
LOAD_BALANCER_LOCAL = "KUBE-LOAD-BALANCER-LOCAL"
LOAD_BALANCER_FIREWALL = "KUBE-LOAD-BALANCER-FW"
LOAD_BALANCER_SOURCE_IP = "KUBE-LOAD-BALANCER-SOURCE-IP"
LOAD_BALANCER_SOURCE_CIDR = "KUBE-LOAD-BALANCER-SOURCE-CIDR"
HEALTH_CHECK_NODE_PORT = "KUBE-HEALTH-CHECK-NODE-PORT"
IPVS_IPS = "KUBE-IPVS-IPS"

_LONGEST = 31

COMMENTS: Mapping[str, str] = {
    LOOP_BACK: "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
    CLUSTER_IP: "Kubernetes service cluster ip + port for masquerade purpose",
    EXTERNAL_IP: "Kubernetes service external ip + port for masquerade and filter purpose",
    EXTERNAL_IP_LOCAL: "Kubernetes service external ip + port with externalTrafficPolicy=local",
    LOAD_BALANCER: "Kubernetes service lb portal",
    LOAD_BALANCER_LOCAL: "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
    LOAD_BALANCER_FIREWALL: "Kubernetes service load balancer ip + port for load balancer with sourceRange",
    LOAD_BALANCER_SOURCE_IP: "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
    LOAD_BALANCER_SOURCE_CIDR: "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
    "KUBE-NODE-PORT-TCP": "Kubernetes nodeport TCP port for masquerade purpose",
    "KUBE-NODE-PORT-LOCAL-TCP": "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
    "KUBE-NODE-PORT-UDP": "Kubernetes nodeport UDP port for masquerade purpose",
    "KUBE-NODE-PORT-LOCAL-UDP": "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
    "KUBE-NODE-PORT-SCTP-HASH": "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
    "KUBE-NODE-PORT-LOCAL-SCTP-HASH": (
        "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'"
    ),
    HEALTH_CHECK_NODE_PORT: "Kubernetes health check node port",
    IPVS_IPS: "Addresses on the ipvs interface",
}
"""What each set is for, in kube-proxy's words."""


class Entry(NamedTuple):
    """An entry of a set, and the set."""

    set: str
    text: str


def set_name(name: str, state: ProxyState) -> str:
    """The name in the kernel: sets of IPv6 have a 6 in it, and 31 characters at most."""
    return name if state.family == "IPv4" else name.replace("KUBE-", "KUBE-6-", 1)[:_LONGEST]


def node_ports_set(protocol: str, *, local: bool) -> str:
    """The set of node ports of a protocol."""
    suffix = "SCTP-HASH" if protocol == "SCTP" else protocol
    return f"KUBE-NODE-PORT-LOCAL-{suffix}" if local else f"KUBE-NODE-PORT-{suffix}"


def entries(port: ServicePort, state: ProxyState, node_ips: tuple[str, ...]) -> list[Entry]:
    """What one port puts into the sets."""
    protocol = port.protocol.lower()
    found = [
        Entry(LOOP_BACK, f"{endpoint.ip},{protocol}:{endpoint.port},{endpoint.ip}")
        for endpoint in state.endpoints_of(port.name)
        if endpoint.is_local
    ]
    found.append(Entry(CLUSTER_IP, f"{port.cluster_ip},{protocol}:{port.port}"))
    external = EXTERNAL_IP_LOCAL if port.external_policy_local else EXTERNAL_IP
    found += [Entry(external, f"{address},{protocol}:{port.port}") for address in port.external_ips]
    for address in port.load_balancer_vips:
        found += _load_balancer_entries(port, f"{address},{protocol}:{port.port}", address, state)
    if port.node_port and node_ips:
        found += _node_port_entries(port, node_ips)
    if port.health_check_node_port:
        found.append(Entry(HEALTH_CHECK_NODE_PORT, str(port.health_check_node_port)))
    return found


def _load_balancer_entries(port: ServicePort, key: str, address: str, state: ProxyState) -> list[Entry]:
    found = [Entry(LOAD_BALANCER, key)]
    if port.external_policy_local:
        found.append(Entry(LOAD_BALANCER_LOCAL, key))
    if port.load_balancer_source_ranges:
        found.append(Entry(LOAD_BALANCER_FIREWALL, key))
        found += [Entry(LOAD_BALANCER_SOURCE_CIDR, f"{key},{cidr}") for cidr in port.load_balancer_source_ranges]
        if node_may_use_load_balancer(port, state):
            found.append(Entry(LOAD_BALANCER_SOURCE_IP, f"{key},{address}"))
    return found


def node_may_use_load_balancer(port: ServicePort, state: ProxyState) -> bool:
    """Whether this node is among those that may use the load balancer's addresses."""
    return any(contains(cidr, state.node.ips[0]) for cidr in port.load_balancer_source_ranges)


def _node_port_entries(port: ServicePort, node_ips: tuple[str, ...]) -> list[Entry]:
    """A set of SCTP ports has to name the addresses as well."""
    texts = [f"{ip},sctp:{port.node_port}" for ip in node_ips] if port.protocol == "SCTP" else [str(port.node_port)]
    kinds = (False, True) if port.external_policy_local else (False,)
    return [Entry(node_ports_set(port.protocol, local=local), text) for local in kinds for text in texts]
