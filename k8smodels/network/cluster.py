"""A cluster as far as its network matters: nodes and pods with their addresses.

References
----------
pkg/apis/core/validation (v1.37): podCIDRs, podIPs; website docs/concepts/services-networking/dual-stack.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from k8smodels.api.errors import FieldError, duplicate, invalid, required
from k8smodels.network.addresses import IPAddress, IPInterface, IPNetwork, address, cidr, interface
from k8smodels.network.nat import HostPort


@dataclass(frozen=True, slots=True)
class ClusterNode:
    """A node.

    Attributes
    ----------
    addresses
        One of each IP version, with the prefix length of the subnet that it is in.
    pod_cidrs
        Where its pods' addresses come from, one of each IP version; empty with an underlay.
    """

    name: str
    addresses: tuple[IPInterface, ...]
    pod_cidrs: tuple[IPNetwork, ...] = ()


@dataclass(frozen=True, slots=True)
class ClusterPod:
    """A pod; `name` is ``namespace/name``. With `host_network` it has its node's addresses."""

    name: str
    node: str
    addresses: tuple[IPAddress, ...]
    host_ports: tuple[HostPort, ...] = ()
    host_network: bool = False


@dataclass(frozen=True, slots=True)
class Host:
    """A machine that is no node; its subnet may be one of its own."""

    name: str
    addresses: tuple[IPInterface, ...]


Machine = ClusterNode | Host
"""What has a card in the physical network."""


@dataclass(frozen=True)
class Cluster:
    """Nodes, pods, other machines, and the MTU between them in bytes."""

    nodes: tuple[ClusterNode, ...]
    pods: tuple[ClusterPod, ...] = ()
    hosts: tuple[Host, ...] = ()
    mtu: int = 1500

    def __post_init__(self) -> None:
        _refuse_without_addresses(self)
        _refuse_duplicates(self)

    @cached_property
    def machines(self) -> tuple[Machine, ...]:
        """Nodes and other machines."""
        return self.nodes + self.hosts

    @cached_property
    def node_by_name(self) -> dict[str, ClusterNode]:
        """Nodes by name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def pod_by_name(self) -> dict[str, ClusterPod]:
        """Pods by ``namespace/name``."""
        return {pod.name: pod for pod in self.pods}

    @cached_property
    def pods_by_node(self) -> dict[str, list[ClusterPod]]:
        """Pods with a network of their own, by node."""
        found: dict[str, list[ClusterPod]] = {}
        for pod in self.pods:
            if not pod.host_network:
                found.setdefault(pod.node, []).append(pod)
        return found

    @cached_property
    def subnets(self) -> dict[IPNetwork, str]:
        """The physical network's subnets, and the segment of each: machines with a common subnet share one."""
        found: dict[IPNetwork, str] = {}
        for machine in self.machines:
            own = [item.network for item in machine.addresses]
            name = next((found[subnet] for subnet in own if subnet in found), str(own[0]))
            found.update(dict.fromkeys(own, name))
        return found


def node(name: str, address: str, *pod_cidrs: str, address_v6: str = "") -> ClusterNode:
    """A node from text.

    Examples
    --------
    >>> node("n1", "192.168.0.1/24", "10.244.1.0/24").pod_cidrs
    (IPv4Network('10.244.1.0/24'),)
    """
    addresses = tuple(interface(text, "status.addresses") for text in (address, address_v6) if text)
    return ClusterNode(name, addresses, tuple(cidr(text, "spec.podCIDRs") for text in pod_cidrs))


def pod(name: str, node: str, *addresses: str, host_ports: Iterable[HostPort] = ()) -> ClusterPod:
    """A pod from text."""
    return ClusterPod(
        name, node, tuple(address(text, f"pods[{name}].status.podIPs") for text in addresses), tuple(host_ports)
    )


def _machines(cluster: Cluster) -> Iterator[tuple[str, IPInterface]]:
    for machine in cluster.machines:
        kind = "nodes" if isinstance(machine, ClusterNode) else "hosts"
        for item in machine.addresses:
            yield f"{kind}[{machine.name}].status.addresses", item


def _owned(cluster: Cluster) -> Iterator[tuple[str, IPAddress]]:
    for path, item in _machines(cluster):
        yield path, item.ip
    for own in cluster.pods:
        if not own.host_network:
            for one in own.addresses:
                yield f"pods[{own.name}].status.podIPs", one


def _refuse_without_addresses(cluster: Cluster) -> None:
    for machine in cluster.machines:
        if not machine.addresses:
            raise required(f"nodes[{machine.name}].status.addresses", "a machine needs an address")
    for item in cluster.pods:
        if not item.addresses and not item.host_network:
            raise required(f"pods[{item.name}].status.podIPs", "a pod without an address is on no network")


def _refuse_duplicates(cluster: Cluster) -> None:
    names: set[str] = set()
    for item in (*cluster.machines, *cluster.pods):
        if not item.name:
            raise required("metadata.name")
        if item.name in names:
            raise duplicate("metadata.name", item.name)
        names.add(item.name)
    seen: dict[IPAddress, str] = {}
    for path, one in _owned(cluster):
        first = seen.setdefault(one, path)
        if first != path:
            raise FieldError(path, "Duplicate value", str(one), f"{first} has it")
    nodes = cluster.node_by_name
    for pod_ in cluster.pods:
        if pod_.node not in nodes:
            raise invalid(f"pods[{pod_.name}].spec.nodeName", pod_.node, "there is no such node")
