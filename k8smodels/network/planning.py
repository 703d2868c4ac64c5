"""Plans of addresses: how many nodes and pods fit, and what must not overlap.

References
----------
pkg/controller/nodeipam/ipam/cidrset/cidr_set.go, NewCIDRSet (v1.37);
cmd/kube-controller-manager/app/core.go, startNodeIpamController, setNodeCIDRMaskSizes
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import islice

from k8smodels.api.errors import invalid
from k8smodels.network.addresses import IPNetwork, cidr
from k8smodels.network.cluster import Cluster

NODE_CIDR_MASK_SIZE = {4: 24, 6: 64}
"""Prefix length of a node's pod CIDR by default."""
MAX_BITS = 16
"""The most bits between the prefix lengths of the cluster's IPv6 CIDR and of a node's; of IPv4 there may be more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CidrPlan:
    """What a cluster CIDR yields.

    Attributes
    ----------
    nodes
        How many nodes get a pod CIDR.
    pods_per_node
        How many pods get an address on each: network, broadcast and the bridge's own address are taken.
    """

    cluster_cidr: IPNetwork
    node_cidr_mask_size: int
    nodes: int
    pods_per_node: int

    def pod_cidrs(self, count: int) -> tuple[IPNetwork, ...]:
        """The first `count` nodes' pod CIDRs, in order.

        Raises
        ------
        FieldError
            There are fewer.
        """
        if count > self.nodes:
            detail = f"must hold {count} nodes; it has room for {self.nodes} with --node-cidr-mask-size"
            raise invalid("--cluster-cidr", str(self.cluster_cidr), f"{detail}={self.node_cidr_mask_size}")
        return tuple(islice(_subnets(self.cluster_cidr, self.node_cidr_mask_size), count))


def plan(cluster_cidr: str, node_cidr_mask_size: int | None = None, *, max_pods: int = 110) -> CidrPlan:
    """How a cluster CIDR is cut into the nodes' pod CIDRs.

    Parameters
    ----------
    cluster_cidr
        The value of ``--cluster-cidr``.
    node_cidr_mask_size
        The value of ``--node-cidr-mask-size``; default: 24 for IPv4, 64 for IPv6.
    max_pods
        The kubelet's ``maxPods``: a node's CIDR must hold so many.

    Raises
    ------
    FieldError
        The flag that is to blame.

    Examples
    --------
    >>> found = plan("10.244.0.0/16")
    >>> found.nodes, found.pods_per_node
    (256, 253)
    """
    block = cidr(cluster_cidr, "--cluster-cidr")
    size = NODE_CIDR_MASK_SIZE[block.version] if node_cidr_mask_size is None else node_cidr_mask_size
    if not block.prefixlen <= size <= block.max_prefixlen:
        detail = f"must be from {block.prefixlen} (the mask of --cluster-cidr) to {block.max_prefixlen}"
        raise invalid("--node-cidr-mask-size", size, detail)
    if block.version == 6 and size - block.prefixlen > MAX_BITS:
        detail = f"must be at most {block.prefixlen + MAX_BITS}: {MAX_BITS} more than the mask of --cluster-cidr"
        raise invalid("--node-cidr-mask-size", size, detail)
    taken = 3 if block.version == 4 else 2
    pods = max((1 << block.max_prefixlen - size) - taken, 0)
    if pods < max_pods:
        most = block.max_prefixlen - (max_pods + taken - 1).bit_length()
        raise invalid("--node-cidr-mask-size", size, f"must be at most {most}, so that a node holds {max_pods} pods")
    return CidrPlan(cluster_cidr=block, node_cidr_mask_size=size, nodes=1 << size - block.prefixlen, pods_per_node=pods)


Named = tuple[IPNetwork, str]
"""A block and the path of the field that it stands in."""


def overlaps(named: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    """Pairs of blocks that share addresses: by address, each with the one before it that reaches furthest."""
    widest: Named | None = None
    for item in sorted(named, key=lambda one: (one[0].version, int(one[0].network_address), one[0].prefixlen)):
        if widest and widest[0].version == item[0].version and item[0].overlaps(widest[0]):
            yield item, widest
        else:
            widest = item


def refuse_overlaps(cluster: Cluster, service_cidrs: Iterable[str] = ()) -> None:
    """Refuse a cluster whose pod CIDRs, Service CIDRs and node subnets are not apart.

    Raises
    ------
    FieldError
        The field of the one of two blocks that starts later, and the path of the other.
    """
    for (block, path), (before, other) in overlaps(_named(cluster, service_cidrs)):
        raise invalid(path, str(block), f"must not overlap with {before} ({other})")


def _named(cluster: Cluster, service_cidrs: Iterable[str]) -> Iterator[Named]:
    subnets: dict[IPNetwork, str] = {}
    for machine in cluster.machines:
        for item in machine.addresses:
            subnets.setdefault(item.network, f"{machine.name}.status.addresses")
    yield from subnets.items()
    for node in cluster.nodes:
        for place, block in enumerate(node.pod_cidrs):
            yield block, f"nodes[{node.name}].spec.podCIDRs[{place}]"
    for place, text in enumerate(service_cidrs):
        path = f"--service-cluster-ip-range[{place}]"
        yield cidr(text, path), path


def _subnets(block: IPNetwork, size: int) -> Iterator[IPNetwork]:
    step = 1 << block.max_prefixlen - size
    start = int(block.network_address)
    for place in range(1 << size - block.prefixlen):
        yield ip_network(f"{type(block.network_address)(start + place * step)}/{size}")
