"""What kube-proxy is told of its node and its settings.

References
----------
pkg/proxy/apis/config/types.go; pkg/proxy/util/localdetector.go, nodeport_addresses.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.netfilter.addresses import Family, canonical, contains, family_of, network

ZONE = "topology.kubernetes.io/zone"
"""The label of a node's zone."""

Detection = Literal["ClusterCIDR", "BridgeInterface", "InterfaceNamePrefix", "None"]


@dataclass(frozen=True, slots=True)
class LocalDetector:
    """How the traffic of this node's pods is told from other traffic.

    Attributes
    ----------
    kind
        By source address, by the bridge that it came from, by the start of an interface's name, or not at all.
    value
        The range of addresses, the bridge, or the start of the name.
    """

    kind: Detection = "None"
    value: str = ""

    @property
    def is_implemented(self) -> bool:
        """Whether there is any telling."""
        return self.kind != "None"

    @property
    def if_local(self) -> str:
        """The iptables match for traffic of this node's pods."""
        return {
            "ClusterCIDR": f"-s {self.value}",
            "BridgeInterface": f"-i {self.value}",
            "InterfaceNamePrefix": f"-i {self.value}+",
        }.get(self.kind, "")

    @property
    def if_not_local(self) -> str:
        """The iptables match for all other traffic."""
        return f"! {self.if_local}" if self.is_implemented else ""

    def nft(self, *, local: bool) -> str:
        """The nftables match for traffic of this node's pods, or for all other traffic."""
        unless = "" if local else "!= "
        return {
            "ClusterCIDR": f"{'ip6' if family_of(self.value) == 'IPv6' else 'ip'} saddr {unless}{self.value}",
            "BridgeInterface": f"iifname {unless}{self.value}",
            "InterfaceNamePrefix": f"iifname {unless}{self.value}*",
        }.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class ProxyNode:
    """The node that this kube-proxy runs on.

    Attributes
    ----------
    ips
        Its addresses, the node's own address first; loopback is understood.
    """

    name: str
    ips: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The zone it is in; empty if it has no such label."""
        return self.labels.get(ZONE, "")


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """Settings of kube-proxy; the defaults are kubeadm's.

    Attributes
    ----------
    masquerade_all
        Rewrite the source of everything that goes to a Service by its cluster IP.
    masquerade_bit
        The bit of the packet mark that means "rewrite my source".
    localhost_node_ports
        Whether node ports answer on 127.0.0.1.
    node_port_addresses
        Ranges of the node's addresses at which node ports answer; all if empty.
    nfacct
        Whether the kernel has the counters of nfacct.
    conntrack_tcp_liberal
        Whether the sysctl nf_conntrack_tcp_be_liberal is set.
    service_cidrs
        The cluster's ranges of cluster IPs.
    scheduler
        How IPVS picks a server; empty is ``rr``.
    """

    local: LocalDetector = LocalDetector()
    masquerade_all: bool = False
    masquerade_bit: int = 14
    localhost_node_ports: bool = True
    node_port_addresses: tuple[str, ...] = ()
    nfacct: bool = False
    conntrack_tcp_liberal: bool = False
    service_cidrs: tuple[str, ...] = ()
    scheduler: str = ""

    @property
    def masquerade_mark(self) -> str:
        """The mark as kube-proxy writes it: ``0x`` and eight digits."""
        return f"{1 << self.masquerade_bit:#010x}"

    def node_port_ranges(self, family: Family) -> NodePortRanges:
        """Where node ports answer, of one family."""
        ranges = tuple(cidr for cidr in self.node_port_addresses if family_of(cidr) == family)
        return NodePortRanges(ranges or (("0.0.0.0/0",) if family == "IPv4" else ("::/0",)))


@dataclass(frozen=True, slots=True)
class NodePortRanges:
    """Ranges of addresses at which node ports answer."""

    cidrs: tuple[str, ...]

    @property
    def match_all(self) -> bool:
        """Whether every address is meant."""
        return any(network(cidr).prefixlen == 0 for cidr in self.cidrs)

    @property
    def contains_ipv4_loopback(self) -> bool:
        """Whether 127.0.0.0 is among them; what follows the range of all addresses is not looked at."""
        for cidr in self.cidrs:
            if family_of(cidr) == "IPv4" and (network(cidr).is_loopback or contains(cidr, "127.0.0.0")):
                return True
            if network(cidr).prefixlen == 0:
                return False
        return False

    def of_node(self, node: ProxyNode) -> tuple[str, ...]:
        """The node's addresses in these ranges, loopback included, sorted as text."""
        addresses = {canonical(address) for address in ("127.0.0.1", "::1", *node.ips)}
        return tuple(sorted(ip for ip in addresses if any(_within(cidr, ip) for cidr in self.cidrs)))


def _within(cidr: str, address: str) -> bool:
    return family_of(cidr) == family_of(address) and contains(cidr, address)


def loopback(family: Family) -> str:
    """The loopback range of a family."""
    return "127.0.0.0/8" if family == "IPv4" else "::1/128"
