"""NodeName: a pod that names its node gets no other.

Such a pod never waits in the scheduler's queue; the plugin is there for pods that are scheduled again.

References
----------
pkg/scheduler/framework/plugins/nodename/node_name.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from typing import Literal

from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import FilterPlugin, PreFilterResult, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

WRONG_NODE = "node(s) didn't match the requested node name"


def names(pod: Pod, node: Node) -> bool:
    """Whether `pod` may be on `node` as far as its ``spec.nodeName`` says."""
    return pod.spec.node_name in ("", node.name)


class NodeName(FilterPlugin):
    """Refuses all nodes but the one that the pod names."""

    name = "NodeName"

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Leave only the named node in question."""
        name = pod.pod.spec.node_name
        return PreFilterResult(node_names=frozenset({name}) if name else None)

    def filter(self, state: None, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node of another name."""
        return None if names(pod.pod, node.node) else self.reject("UnschedulableAndUnresolvable", WRONG_NODE)
