"""NodeResourcesBalancedAllocation: CPU and memory of a node should run out together.

References
----------
pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from k8smodels.scheduling.args import CPU_AND_MEMORY, NodeResourcesBalancedAllocationArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.framework import MAX_NODE_SCORE, SKIP, ScorePlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.resource_allocation import allocations
from k8smodels.scheduling.pod_info import PodInfo


def deviation(fractions: Sequence[float]) -> float:
    """The standard deviation of the shares that are taken, each at most 1."""
    if len(fractions) == 2:
        return abs((fractions[0] - fractions[1]) / 2)
    if len(fractions) < 2:
        return 0.0
    total = variance = 0.0
    for fraction in fractions:
        total += fraction
    mean = total / len(fractions)
    # Term by term, in Go's order: sum() adds floats more exactly, and the result is cut to an integer.
    for fraction in fractions:
        variance += (fraction - mean) * (fraction - mean)
    return math.sqrt(variance / len(fractions))


def balance(fractions: Sequence[float]) -> int:
    """100 if all resources are taken to the same share, less the further they are apart (50 at worst for two)."""
    return int((1 - deviation(fractions)) * MAX_NODE_SCORE)


def gain(before: int, after: int) -> int:
    """50..100 for what a pod does to the balance of a node: 75 if nothing, more if it gets better."""
    half = MAX_NODE_SCORE // 2
    return half + (half + after - before) // 2


@dataclass(frozen=True)
class NodeResourcesBalancedAllocation(ScorePlugin):
    """Prefers nodes whose balance the pod improves."""

    name = "NodeResourcesBalancedAllocation"
    args: NodeResourcesBalancedAllocationArgs = field(default_factory=NodeResourcesBalancedAllocationArgs)

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Any:
        """Nothing to do for a pod that requests nothing: it would draw crowds to one node."""
        resources = self.args.resources or CPU_AND_MEMORY
        return resources if any(pod.requests.get(resource.name) for resource in resources) else SKIP

    def score(self, state: Any, pod: PodInfo, node: NodeInfo) -> int:
        """Compare the balance of the node with and without the pod."""
        found = allocations(pod.requests, node.requested, node, state)
        before = [min(1.0, resource.before / resource.capacity) for resource in found]
        after = [min(1.0, resource.after / resource.capacity) for resource in found]
        return gain(balance(before), balance(after))
