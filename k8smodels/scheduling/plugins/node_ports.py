"""NodePorts: a port of the node can be taken once.

References
----------
pkg/scheduler/framework/plugins/nodeports/node_ports.go;
staging/src/k8s.io/kube-scheduler/framework/types.go: HostPortInfo.CheckConflict (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from typing import Literal

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import ALL_ADDRESSES, HostPort, PodInfo

NO_FREE_PORT = "node(s) didn't have free ports for the requested pod ports"


def conflicts(wanted: HostPort, taken: HostPort) -> bool:
    """Whether both would listen on one port of one address."""
    if (wanted.port, wanted.protocol) != (taken.port, taken.protocol):
        return False
    return wanted.ip == taken.ip or ALL_ADDRESSES in (wanted.ip, taken.ip)


def ports_are_free(pod: PodInfo, node: NodeInfo) -> bool:
    """Whether `node` has all host ports of `pod` to give."""
    return not any(conflicts(wanted, taken) for wanted in pod.host_ports for taken in node.host_ports)


class NodePorts(FilterPlugin):
    """Refuses nodes whose ports are taken."""

    name = "NodePorts"

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Nothing to do for a pod without host ports."""
        return PreFilterResult() if pod.host_ports else SKIP

    def filter(self, state: None, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node where another pod listens already."""
        return None if ports_are_free(pod, node) else self.reject("Unschedulable", NO_FREE_PORT)
