"""Where a pod wants to be: node selectors, affinity to nodes and pods, tolerations, topology spread.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct


@struct
class NodeSelectorRequirement(Struct):
    """One condition on a node's labels or fields: `key` `operator` `values`."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


@struct
class NodeSelectorTerm(Struct):
    """Conditions that must all hold; a term without any matches no node."""

    match_expressions: tuple[NodeSelectorRequirement, ...] = ()
    match_fields: tuple[NodeSelectorRequirement, ...] = ()


@struct
class NodeSelector(Struct):
    """Terms of which one must hold."""

    node_selector_terms: tuple[NodeSelectorTerm, ...] = ()


@struct
class PreferredSchedulingTerm(Struct):
    """A wish about the node, `weight` 1 to 100."""

    weight: int = 0
    preference: NodeSelectorTerm = NodeSelectorTerm()


@struct
class NodeAffinity(Struct):
    """Rules about the node: one hard, some soft."""

    required_during_scheduling_ignored_during_execution: NodeSelector | None = None
    preferred_during_scheduling_ignored_during_execution: tuple[PreferredSchedulingTerm, ...] = ()


@struct
class PodAffinityTerm(Struct):
    """Pods to be near to (or away from), and what near means: equal values of `topology_key` on the nodes."""

    label_selector: LabelSelector | None = None
    namespaces: tuple[str, ...] = ()
    namespace_selector: LabelSelector | None = None
    topology_key: str = ""
    match_label_keys: tuple[str, ...] = ()
    mismatch_label_keys: tuple[str, ...] = ()


@struct
class WeightedPodAffinityTerm(Struct):
    """A wish about neighbours, `weight` 1 to 100."""

    weight: int = 0
    pod_affinity_term: PodAffinityTerm = PodAffinityTerm()


@struct
class PodAffinity(Struct):
    """Pods to be near to. As `pod_anti_affinity`: pods to be away from."""

    required_during_scheduling_ignored_during_execution: tuple[PodAffinityTerm, ...] = ()
    preferred_during_scheduling_ignored_during_execution: tuple[WeightedPodAffinityTerm, ...] = ()


@struct
class Affinity(Struct):
    """All affinity rules of a pod."""

    node_affinity: NodeAffinity | None = None
    pod_affinity: PodAffinity | None = None
    pod_anti_affinity: PodAffinity | None = None


@struct
class Taint(Struct):
    """A mark on a node that keeps pods away unless they tolerate it."""

    key: str = ""
    value: str = ""
    effect: str = ""
    time_added: str = ""


@struct
class Toleration(Struct):
    """A pod's permission to ignore taints. An empty key with ``Exists`` tolerates all, an empty effect every effect."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None

    def tolerates(self, taint: Taint) -> bool:
        """Whether `taint` may be ignored.

        References
        ----------
        staging/src/k8s.io/api/core/v1/toleration.go, ToleratesTaint (v1.37)
        """
        if self.effect and self.effect != taint.effect:
            return False
        if self.key and self.key != taint.key:
            return False
        if self.operator in ("", "Equal"):
            return self.value == taint.value
        return self.operator == "Exists"


@struct
class TopologySpreadConstraint(Struct):
    """How evenly matching pods must spread over the values of a node label.

    `max_skew` bounds the difference between a domain's count and the smallest one.
    """

    max_skew: int = 0
    topology_key: str = ""
    when_unsatisfiable: str = ""
    label_selector: LabelSelector | None = None
    min_domains: int | None = None
    node_affinity_policy: str = ""
    node_taints_policy: str = ""
    match_label_keys: tuple[str, ...] = ()
