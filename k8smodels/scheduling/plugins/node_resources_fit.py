"""NodeResourcesFit: a pod needs room on its node, and some nodes have more of it than others.

References
----------
pkg/scheduler/framework/plugins/noderesources/fit.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from k8smodels.scheduling.args import CPU_AND_MEMORY, NodeResourcesFitArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Code, Rejection
from k8smodels.scheduling.framework import FilterPlugin, ScorePlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.resource_allocation import allocations, scoring_function
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.requests import Amounts, is_extended, scored_requests

TOO_MANY_PODS = "Too many pods"
INSUFFICIENT = "Insufficient {resource}"


@dataclass(frozen=True, slots=True)
class Shortage:
    """A resource of which a node has too little left.

    Attributes
    ----------
    resource
        Its name; ``pods`` for the number of pods.
    requested, used, capacity
        What the pod asks for, what the node's pods have taken, and what there is.
    """

    resource: str
    requested: int
    used: int
    capacity: int

    @property
    def reason(self) -> str:
        """Kubernetes' text."""
        return TOO_MANY_PODS if self.resource == "pods" else INSUFFICIENT.format(resource=self.resource)

    @property
    def unresolvable(self) -> bool:
        """Whether the empty node would be too small as well."""
        return self.resource != "pods" and self.requested > self.capacity


def shortages(pod: PodInfo, node: NodeInfo) -> Iterator[Shortage]:
    """What `pod` requests and `node` has not enough left of.

    A resource that the pod does not request is never looked at, however much of it others take.
    """
    if len(node.pods) + 1 > node.allowed_pods:
        yield Shortage("pods", 1, len(node.pods), node.allowed_pods)
    for resource, request in pod.requests.items():
        used, capacity = node.requested.get(resource, 0), node.allocatable.get(resource, 0)
        if 0 < request > capacity - used:
            yield Shortage(resource, request, used, capacity)


@dataclass(frozen=True)
class NodeResourcesFit(FilterPlugin, ScorePlugin):
    """Refuses nodes without room for the pod, prefers nodes by how full they are."""

    name = "NodeResourcesFit"
    args: NodeResourcesFitArgs = field(default_factory=NodeResourcesFitArgs)

    def filter(self, state: None, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node that lacks anything, naming all that it lacks."""
        found = [shortage for shortage in shortages(pod, node) if not self._ignores(shortage.resource)]
        if not found:
            return None
        hopeless = any(shortage.unresolvable for shortage in found)
        code: Code = "UnschedulableAndUnresolvable" if hopeless else "Unschedulable"
        return self.reject(code, *(shortage.reason for shortage in found))

    def _ignores(self, resource: str) -> bool:
        if not is_extended(resource):
            return False
        group = resource.partition("/")[0]
        return resource in self.args.ignored_resources or group in self.args.ignored_resource_groups

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Amounts:
        """What the pod counts for."""
        return scored_requests(pod.pod)

    def score(self, state: Amounts, pod: PodInfo, node: NodeInfo) -> int:
        """How full the node would be, by the strategy of the profile."""
        strategy = self.args.scoring_strategy
        return scoring_function(strategy)(
            allocations(state, node.non_zero_requested, node, strategy.resources or CPU_AND_MEMORY)
        )
