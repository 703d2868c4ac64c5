"""The network of pods: how packets travel, who sets it up (`cni`), and which traffic is allowed (`policy`).

A packet walks, header by header, through what nodes and the wires between them hold.

Every table stands as the kernel's tools print it, and each hop names the entry that decided::

    from k8smodels.network import Cluster, Packet, build, cluster, walk

    network = build(Cluster(nodes, pods), "vxlan")
    path = walk(network, Packet(source=..., destination=...))

`modes` lays clusters out, `planning` cuts and compares blocks of addresses, `headers` counts bytes, `dump` reads a
cluster from ``kubectl get nodes,pods -A -o yaml``, and `iproute` writes a network as commands of iproute2.
"""

from k8smodels.network.cluster import Cluster, ClusterNode, ClusterPod, Host
from k8smodels.network.modes import MODES, Mode, build
from k8smodels.network.network import Network, network
from k8smodels.network.packet import Packet
from k8smodels.network.path import Hop, Loss, Path
from k8smodels.network.planning import plan
from k8smodels.network.walk import walk

__all__ = [
    "MODES",
    "Cluster",
    "ClusterNode",
    "ClusterPod",
    "Hop",
    "Host",
    "Loss",
    "Mode",
    "Network",
    "Packet",
    "Path",
    "build",
    "network",
    "plan",
    "walk",
]
