"""NodeUnschedulable: no pods for a cordoned node (``kubectl cordon``).

References
----------
pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from k8smodels.api.affinity import Taint
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import FilterPlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

CORDONED = "node(s) were unschedulable"

CORDON_TAINT = Taint(key="node.kubernetes.io/unschedulable", effect="NoSchedule")
"""What a pod must tolerate to get onto a cordoned node, whether the node has that taint or not."""


def is_cordoned_for(pod: Pod, node: Node) -> bool:
    """Whether `node` is cordoned and `pod` does not tolerate that."""
    return node.spec.unschedulable and not any(item.tolerates(CORDON_TAINT) for item in pod.spec.tolerations)


class NodeUnschedulable(FilterPlugin):
    """Refuses nodes with ``spec.unschedulable``."""

    name = "NodeUnschedulable"

    def filter(self, state: None, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a cordoned node."""
        return self.reject("UnschedulableAndUnresolvable", CORDONED) if is_cordoned_for(pod.pod, node.node) else None
