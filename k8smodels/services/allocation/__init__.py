"""Where the addresses and the node ports of Services come from.

::

    from k8smodels.services.allocation import ClusterIPs

    addresses = ClusterIPs.of("10.96.0.0/24")
    addresses.static, addresses.dynamic
    addresses, address = addresses.allocate_next(seed=1)
"""

from k8smodels.services.allocation.bands import AllocationError, RangeFull
from k8smodels.services.allocation.cluster_ips import AddressNotInRange, AddressTaken, ClusterIPs
from k8smodels.services.allocation.node_ports import NodePorts, PortNotInRange, PortRangeError, PortTaken

__all__ = [
    "AddressNotInRange",
    "AddressTaken",
    "AllocationError",
    "ClusterIPs",
    "NodePorts",
    "PortNotInRange",
    "PortRangeError",
    "PortTaken",
    "RangeFull",
]
