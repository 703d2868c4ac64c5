"""What a cluster has to give to Services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k8smodels.api.errors import invalid, required
from k8smodels.network.policy.addresses import IPAddress
from k8smodels.services.addresses import family_of
from k8smodels.services.allocation import AllocationError, ClusterIPs, NodePorts


@dataclass(frozen=True, slots=True)
class Pools:
    """The addresses and node ports of a cluster; taking one gives new pools.

    Attributes
    ----------
    cluster_ips
        By family, the cluster's default family first.
    node_ports
        The ports of every node.
    """

    cluster_ips: Mapping[str, ClusterIPs]
    node_ports: NodePorts

    @classmethod
    def of(cls, *cidrs: str, node_ports: str = "30000-32767") -> Pools:
        """Pools of one ServiceCIDR, or of one of each family, with everything free.

        Raises
        ------
        ValueError
            A range is none, there is none at all, or there are two of one family.
        """
        ranges = {f"IPv{item.network.version}": item for item in map(ClusterIPs.of, cidrs)}
        if not cidrs:
            raise required("spec.cidrs", "at least one CIDR required")
        if len(ranges) < len(cidrs):
            raise invalid("spec.cidrs", list(cidrs), "may specify no more than one IP for each IP family")
        return cls(ranges, NodePorts.of(node_ports))

    @property
    def default_family(self) -> str:
        """The family of a Service that asks for none."""
        return next(iter(self.cluster_ips))

    def allocate_ip(self, address: IPAddress) -> Pools:
        """Take the address that was asked for.

        Raises
        ------
        AllocationError
            It belongs to no range, cannot be given, or is taken.
        """
        family = family_of(address)
        pool = self.cluster_ips[family]
        if address not in pool.network:
            raise AllocationError("the provided network does not match the current range")
        return replace(self, cluster_ips={**self.cluster_ips, family: pool.allocate(address)})

    def allocate_next_ip(self, family: str, seed: int) -> tuple[Pools, str]:
        """Take some free address of a family.

        Raises
        ------
        RangeFull
        """
        pool, address = self.cluster_ips[family].allocate_next(seed)
        return replace(self, cluster_ips={**self.cluster_ips, family: pool}), str(address)
