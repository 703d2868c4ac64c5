"""A node with its pods and what they take of it, computed once.

References
----------
pkg/scheduler/framework/types.go: NodeInfo (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from k8smodels.api.node import Node
from k8smodels.scheduling.pod_info import HostPort, PodInfo
from k8smodels.scheduling.requests import Amounts, add, amounts


@dataclass(frozen=True)
class NodeInfo:
    """A node and the pods that have it.

    Attributes
    ----------
    node
        The node.
    pods
        Its pods that have not finished, in the order in which they came.
    host_ports
        Ports of the node that are taken.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> NodeInfo(node("n1", cpu="4")).with_pods([PodInfo.of(pod("web", requests={"cpu": "1"}))]).requested
    {'cpu': 1000}
    """

    node: Node
    pods: tuple[PodInfo, ...] = ()
    host_ports: frozenset[HostPort] = frozenset()

    def with_pods(self, pods: Iterable[PodInfo]) -> NodeInfo:
        """The node with `pods` besides its own."""
        new = tuple(pods)
        return NodeInfo(self.node, self.pods + new, self.host_ports.union(*(pod.host_ports for pod in new)))

    def without_pods(self, pods: Iterable[PodInfo]) -> NodeInfo:
        """The node without `pods`.

        Two pods with one host port can only be there if somebody bound them by hand. Then, as in Kubernetes, the port
        counts as free when the first of them goes.
        """
        gone = {pod.key: pod for pod in pods}
        left = tuple(pod for pod in self.pods if pod.key not in gone)
        return NodeInfo(self.node, left, self.host_ports.difference(*(pod.host_ports for pod in gone.values())))

    @cached_property
    def name(self) -> str:
        """The node's name."""
        return self.node.name

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The node's labels."""
        return self.node.metadata.labels

    @cached_property
    def allocatable(self) -> Amounts:
        """What the node has for pods."""
        return amounts(self.node.status.allocatable or self.node.status.capacity)

    @cached_property
    def allowed_pods(self) -> int:
        """How many pods the node takes."""
        limit = (self.node.status.allocatable or self.node.status.capacity).get("pods")
        return limit.value() if limit else 0

    @cached_property
    def requested(self) -> Amounts:
        """What the node's pods take."""
        return add(pod.requests for pod in self.pods)

    @cached_property
    def non_zero_requested(self) -> Amounts:
        """The same with defaults for containers that request nothing, as nodes are scored."""
        return add(pod.non_zero_requests for pod in self.pods)

    @cached_property
    def pods_with_affinity(self) -> tuple[PodInfo, ...]:
        """Pods that have any rule or wish about other pods."""
        return tuple(pod for pod in self.pods if pod.has_affinity)

    @cached_property
    def pods_with_required_anti_affinity(self) -> tuple[PodInfo, ...]:
        """Pods that keep others away."""
        return tuple(pod for pod in self.pods_with_affinity if pod.required_anti_affinity)
