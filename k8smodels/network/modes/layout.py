"""What follows from a cluster and a mode before any namespace is made: blocks, subnets, MACs, names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_interface, ip_network

from k8smodels.api.errors import invalid, required
from k8smodels.network.addresses import IPAddress, IPInterface, IPNetwork, common_prefix, mac, single
from k8smodels.network.cluster import Cluster, ClusterNode, ClusterPod
from k8smodels.network.modes.mode import Mode
from k8smodels.network.planning import refuse_overlaps
from k8smodels.network.prefixes import Prefixes

CARD = "eth0"
ROUTER = "(router)"
"""A name that no node or pod can have."""
CALICO_BLOCK = {4: 26, 6: 122}
"""Prefix length of the blocks that Calico gives to nodes."""
_TUNNEL_NAMES = {"vxlan": "flannel.1", "geneve": "genev_sys_6081", "ipip": "flannel.ipip", "wireguard": "flannel-wg"}
_TUNNEL_NAMES_V6 = {"vxlan": "flannel-v6.1", "geneve": "genev6_sys_6081", "wireguard": "flannel-wg-v6"}
_CALICO_NAMES = {"vxlan": "vxlan.calico", "ipip": "tunl0"}
_CALICO_NAMES_V6 = {"vxlan": "vxlan-v6.calico"}


@dataclass(frozen=True)
class Layout:
    """A cluster in a mode.

    Attributes
    ----------
    masquerade
        Whether nodes masquerade what pods send out of the cluster.
    pod_mtu
        The MTU of pods' devices, in bytes; None for the mode's own.
    """

    cluster: Cluster
    mode: Mode
    masquerade: bool = True
    pod_mtu: int | None = None

    def prepare(self) -> None:
        """Index what every namespace asks for, so that the first packet does not wait for it."""
        _ = self.blocks, self.cluster_cidrs, self.gateways, self._blocks_by_node
        if self.mode.tunnel:
            _ = self.tunnel_macs, self._nodes_by_next_hop

    def check(self) -> None:
        """Refuse what cannot work: no pod CIDR, one that overlaps, a pod outside of it."""
        if self.mode.pods in ("macvlan", "ipvlan-l2") or self.mode.secondary:
            for pod in self.cluster.pods:
                self._refuse_outside(pod, "status.addresses")
            return
        refuse_overlaps(self.cluster)
        if self.mode.pods == "routed":
            return
        for node in self.cluster.nodes:
            if not node.pod_cidrs:
                raise required(f"nodes[{node.name}].spec.podCIDRs", f"the mode {self.mode.name} needs it")
        for pod in self.cluster.pods:
            self._refuse_outside(pod, "spec.podCIDRs")

    def _refuse_outside(self, pod: ClusterPod, field: str) -> None:
        node = self.cluster.node_by_name[pod.node]
        blocks = node.pod_cidrs if field == "spec.podCIDRs" else tuple(item.network for item in node.addresses)
        for address in () if pod.host_network else pod.addresses:
            if not any(address in block for block in blocks):
                among = ", ".join(map(str, blocks))
                detail = f"must be in {among} (nodes[{node.name}].{field})"
                raise invalid(f"pods[{pod.name}].status.podIPs", str(address), detail)

    @cached_property
    def blocks(self) -> Prefixes[ClusterNode]:
        """Whose pods' addresses are where."""
        return Prefixes(_calico_blocks(self.cluster) if self.mode.pods == "routed" else _pod_cidrs(self.cluster))

    @cached_property
    def _blocks_by_node(self) -> dict[str, list[IPNetwork]]:
        found: dict[str, list[IPNetwork]] = {}
        for prefix, node in self.blocks:
            found.setdefault(node.name, []).append(prefix)
        return found

    def blocks_of(self, node: ClusterNode) -> list[IPNetwork]:
        """The blocks of a node's pods."""
        return self._blocks_by_node.get(node.name, [])

    @cached_property
    def cluster_cidrs(self) -> tuple[IPNetwork, ...]:
        """What nodes do not masquerade to: the smallest block of each IP version with every pod's block in it."""
        blocks = [prefix for prefix, _node in self.blocks]
        by_version = ([block for block in blocks if block.version == version] for version in (4, 6))
        return tuple(common_prefix(same) for same in by_version if same)

    def tunnel_address(self, node: ClusterNode, version: int) -> IPAddress | None:
        """A tunnel device's address: the pod CIDR's first one (Flannel), or the block's first free one (Calico)."""
        blocks = [block for block in self.blocks_of(node) if block.version == version]
        if not blocks:
            return None
        if self.mode.pods != "routed":
            return blocks[0].network_address
        taken = {address for pod in self.cluster.pods_by_node[node.name] for address in pod.addresses}
        return next((address for address in blocks[0] if address not in taken), None)

    @cached_property
    def _nodes_by_next_hop(self) -> dict[IPAddress, ClusterNode]:
        own = ((self.tunnel_address(node, version), node) for node in self.cluster.nodes for version in (4, 6))
        return {address: node for address, node in own if address is not None}

    def peer_behind(self, next_hop: IPAddress) -> ClusterNode | None:
        """The node whose tunnel device is a next hop."""
        return self._nodes_by_next_hop.get(next_hop)

    @cached_property
    def gateways(self) -> dict[IPNetwork, IPAddress]:
        """The router's address in each subnet: its last one that is free."""
        taken = {item.ip for machine in self.cluster.machines for item in machine.addresses}
        taken |= {address for pod in self.cluster.pods for address in pod.addresses} if self._underlay else set()
        return {subnet: _last_free(subnet, taken) for subnet in self.cluster.subnets} if self.routed_fabric else {}

    @property
    def _underlay(self) -> bool:
        return self.mode.secondary or self.mode.pods in ("macvlan", "ipvlan-l2")

    @cached_property
    def routed_fabric(self) -> bool:
        """Whether there is a router; Calico's pods need a default route on the node, so that it answers for it."""
        return len(set(self.cluster.subnets.values())) > 1 or self.mode.pods == "routed" or self.mode.routers_know

    def gateway(self, machine_addresses: Iterable[IPInterface], version: int) -> IPAddress | None:
        """The router's address on a machine's subnet."""
        own = (item.network for item in machine_addresses if item.version == version)
        return next((self.gateways[subnet] for subnet in own if subnet in self.gateways), None)

    @cached_property
    def tunnel_macs(self) -> dict[str, ClusterNode]:
        """Nodes by the MAC of their tunnel devices."""
        return {tunnel_mac(node, item.version): node for node in self.cluster.nodes for item in node.addresses}

    @cached_property
    def device_mtu(self) -> int:
        """The MTU of pods' devices, in bytes."""
        versions = sorted({subnet.version for subnet in self.cluster.subnets})
        return self.pod_mtu or self.mode.mtu(self.cluster.mtu, versions)

    def tunnel_name(self, version: int) -> str:
        """What the node's tunnel device of an IP version is called; empty if there is none."""
        calico = self.mode.pods == "routed"
        names = (_CALICO_NAMES, _CALICO_NAMES_V6) if calico else (_TUNNEL_NAMES, _TUNNEL_NAMES_V6)
        return names[version == 6].get(self.mode.tunnel, "")


def address_of(node: ClusterNode, version: int) -> IPInterface | None:
    """A node's address of an IP version."""
    return next((item for item in node.addresses if item.version == version), None)


def block_of(node: ClusterNode, version: int) -> IPNetwork | None:
    """A node's pod CIDR of an IP version."""
    return next((block for block in node.pod_cidrs if block.version == version), None)


def bridge_address(block: IPNetwork) -> IPInterface:
    """The first address of a pod CIDR: the bridge's, and the pods' gateway."""
    return ip_interface(f"{block[1]}/{block.prefixlen}")


def card_mac(node: ClusterNode) -> str:
    """The MAC of a node's card."""
    return mac("02:42", node.addresses[0].ip)


def tunnel_mac(node: ClusterNode, version: int) -> str:
    """The MAC of a node's tunnel device; another one for IPv6."""
    address = address_of(node, version)
    return mac("0e:04" if version == 4 else "0e:06", (address or node.addresses[0]).ip)


def cable(kind: str, pod: str) -> str:
    """The name of a pod's cable on its node, as Calico makes it: from a hash of the pod's name."""
    return kind + hashlib.sha1(pod.replace("/", ".").encode(), usedforsecurity=False).hexdigest()[:11]


def _pod_cidrs(cluster: Cluster) -> Iterator[tuple[IPNetwork, ClusterNode]]:
    return ((block, node) for node in cluster.nodes for block in node.pod_cidrs)


def _calico_blocks(cluster: Cluster) -> Iterator[tuple[IPNetwork, ClusterNode]]:
    """Blocks of the first pods in them; pods of other nodes there are told of one by one."""
    owners: dict[tuple[int, int], str] = {}
    for pod in cluster.pods:
        for address in () if pod.host_network else pod.addresses:
            length = CALICO_BLOCK[address.version]
            shift = address.max_prefixlen - length
            start = int(address) >> shift << shift
            first = (address.version, start) not in owners
            owner = owners.setdefault((address.version, start), pod.node)
            node = cluster.node_by_name[pod.node]
            if first:
                yield ip_network(f"{type(address)(start)}/{length}"), node
            elif owner != pod.node:
                yield single(address), node


def _last_free(subnet: IPNetwork, taken: set[IPAddress]) -> IPAddress:
    last = int(subnet.broadcast_address) - (subnet.version == 4 and subnet.prefixlen < 31)
    for number in range(last, max(int(subnet.network_address) - 1, last - len(taken) - 1), -1):
        address = type(subnet.network_address)(number)
        if address not in taken:
            return address
    raise invalid("nodes", str(subnet), "must have an address that is free for a router")
