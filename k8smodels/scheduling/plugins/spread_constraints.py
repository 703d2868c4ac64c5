"""Topology spread constraints, ready to be counted: shared by the filter and the score of PodTopologySpread.

References
----------
pkg/scheduler/framework/plugins/podtopologyspread/common.go; pkg/scheduler/framework/plugins/helper/spread.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from k8smodels.api.affinity import TopologySpreadConstraint
from k8smodels.api.pod import Pod
from k8smodels.api.selectors import Requirement, Selector, as_selector, selector_from_set, selector_of
from k8smodels.scheduling.args import PodTopologySpreadArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.taint_toleration import untolerated_taint
from k8smodels.scheduling.pod_info import Labels, PodInfo
from k8smodels.scheduling.required_node_affinity import RequiredNodeAffinity

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"

SYSTEM_DEFAULTS = (
    TopologySpreadConstraint(topology_key=HOSTNAME, when_unsatisfiable="ScheduleAnyway", max_skew=3),
    TopologySpreadConstraint(topology_key=ZONE, when_unsatisfiable="ScheduleAnyway", max_skew=5),
)
"""What holds for pods of a Service or a controller that have no constraints of their own."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint with its defaults.

    Attributes
    ----------
    max_skew
        By how many pods a domain may exceed the emptiest one.
    topology_key
        The node label whose values are the domains.
    selector
        Which pods are counted.
    min_domains
        With fewer domains than this, the emptiest one counts as having no pods.
    honors_affinity, honors_taints
        Whether nodes are left out of the count that the pod's own node affinity, or their taints, close to it.
    """

    max_skew: int
    topology_key: str
    selector: Selector
    min_domains: int = 1
    honors_affinity: bool = True
    honors_taints: bool = False

    @classmethod
    def of(cls, constraint: TopologySpreadConstraint, selector: Selector) -> Constraint:
        """`constraint` over the pods that `selector` selects."""
        return cls(
            constraint.max_skew,
            constraint.topology_key,
            selector,
            1 if constraint.min_domains is None else constraint.min_domains,
            constraint.node_affinity_policy != "Ignore",
            constraint.node_taints_policy == "Honor",
        )

    def counts(self, pod: Pod, affinity: RequiredNodeAffinity, node: NodeInfo) -> bool:
        """Whether the pods of `node` take part in the count for `pod`, whose rules about nodes are `affinity`."""
        if self.honors_affinity and not affinity.matches(node.node):
            return False
        return not self.honors_taints or untolerated_taint(pod, node.node) is None


def own_constraints(pod: Pod, when_unsatisfiable: str) -> Sequence[Constraint]:
    """The constraints of `pod` with that `when_unsatisfiable`."""
    return [
        Constraint.of(item, as_selector(item.label_selector))
        for item in pod.spec.topology_spread_constraints
        if item.when_unsatisfiable == when_unsatisfiable
    ]


def default_constraints(
    pod: PodInfo, cluster: Cluster, args: PodTopologySpreadArgs, when_unsatisfiable: str
) -> Sequence[Constraint]:
    """The constraints that hold for a pod without any: over the pods of its Services and its controller."""
    defaults = SYSTEM_DEFAULTS if args.defaulting_type == "System" else args.default_constraints
    wanted = [item for item in defaults if item.when_unsatisfiable == when_unsatisfiable]
    selector = default_selector(pod, cluster) if wanted else None
    return [Constraint.of(item, selector) for item in wanted] if selector and not selector.empty else []


def default_selector(pod: PodInfo, cluster: Cluster) -> Selector:
    """Selects the fellows of `pod`: what all Services that select it, and its controller, select.

    A Service counts by its selector, a controller only by the pod's owner reference.
    """
    labels: dict[str, str] = {}
    for service in cluster.services:
        selector = service.spec.selector
        if service.namespace == pod.namespace and selector and selector.items() <= pod.labels.items():
            labels.update(selector)
    owner = pod.pod.metadata.controller
    if owner and (owner.api_version, owner.kind) == ("v1", "ReplicationController"):
        for controller in cluster.replication_controllers:
            if (controller.name, controller.namespace) == (owner.name, pod.namespace):
                labels.update(controller.spec.selector)
    return selector_of([*selector_from_set(labels).requirements, *_controller_requirements(pod, cluster)])


def _controller_requirements(pod: PodInfo, cluster: Cluster) -> Iterator[Requirement]:
    owner = pod.pod.metadata.controller
    if owner is None or owner.api_version != "apps/v1":
        return
    for controller in (*cluster.replica_sets, *cluster.stateful_sets):
        if (controller.kind, controller.name, controller.namespace) == (owner.kind, owner.name, pod.namespace):
            yield from as_selector(controller.spec.selector).requirements


def count_matching(pods: Iterable[PodInfo], selector: Selector, namespace: str) -> int:
    """How many of `pods` are counted: selected, in the pod's own namespace, not on their way out.

    A selector that selects everything counts nothing.
    """
    if selector.empty:
        return 0
    return sum(
        pod.namespace == namespace and not pod.pod.is_terminating and selector.matches(pod.labels) for pod in pods
    )


def has_all_keys(labels: Labels, constraints: Iterable[Constraint]) -> bool:
    """Whether a node with `labels` has a place in the topology of every constraint."""
    return all(constraint.topology_key in labels for constraint in constraints)
