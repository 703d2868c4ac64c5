"""PodTopologySpread: pods should be spread evenly over zones, racks, nodes.

References
----------
pkg/scheduler/framework/plugins/podtopologyspread: filtering.go, plugin.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from k8smodels.scheduling.args import PodTopologySpreadArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, ScorePlugin, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins import spread_scoring
from k8smodels.scheduling.plugins.spread_constraints import (
    Constraint,
    count_matching,
    default_constraints,
    has_all_keys,
    own_constraints,
)
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.required_node_affinity import RequiredNodeAffinity

UNEVEN = "node(s) didn't match pod topology spread constraints"
MISSING_LABEL = "node(s) didn't match pod topology spread constraints (missing required label)"


@dataclass(frozen=True)
class Spread:
    """How the pods that one constraint means are spread now.

    Attributes
    ----------
    constraint
        The constraint.
    counts
        How many there are in each domain, by the domain's label value.
    """

    constraint: Constraint
    counts: Mapping[str, int]

    @cached_property
    def minimum(self) -> int:
        """The count of the emptiest domain; 0 as long as there are fewer domains than there should be."""
        if len(self.counts) < self.constraint.min_domains:
            return 0
        return min(self.counts.values(), default=0)

    def skew(self, pod: PodInfo, domain: str) -> int:
        """By how much `domain` would exceed the emptiest one with `pod` in it."""
        itself = self.constraint.selector.matches(pod.labels)
        return self.counts.get(domain, 0) + itself - self.minimum

    def changed(self, domain: str, by: int) -> Spread:
        """The spread with `by` more pods in `domain`."""
        return replace(self, counts={**self.counts, domain: self.counts.get(domain, 0) + by})


def spreads(constraints: Sequence[Constraint], pod: PodInfo, cluster: Cluster) -> tuple[Spread, ...]:
    """The present spread for each constraint of `pod`, over the nodes that have the labels of all of them."""
    affinity = RequiredNodeAffinity.of(pod.pod)
    counts: list[dict[str, int]] = [{} for _ in constraints]
    for node in cluster.node_infos.values():
        if not has_all_keys(node.labels, constraints):
            continue
        for constraint, count in zip(constraints, counts, strict=True):
            if constraint.counts(pod.pod, affinity, node):
                domain = node.labels[constraint.topology_key]
                matching = count_matching(node.pods, constraint.selector, pod.namespace)
                count[domain] = count.get(domain, 0) + matching
    return tuple(Spread(constraint, count) for constraint, count in zip(constraints, counts, strict=True))


@dataclass(frozen=True)
class PodTopologySpread(FilterPlugin, ScorePlugin):
    """Refuses nodes in domains that have too many pods already, prefers domains with few."""

    name = "PodTopologySpread"
    args: PodTopologySpreadArgs = field(default_factory=PodTopologySpreadArgs)

    def constraints(self, pod: PodInfo, cluster: Cluster, when_unsatisfiable: str) -> Sequence[Constraint]:
        """The pod's own constraints; the defaults only if it has none at all."""
        if pod.pod.spec.topology_spread_constraints:
            return own_constraints(pod.pod, when_unsatisfiable)
        return default_constraints(pod, cluster, self.args, when_unsatisfiable)

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Count the pods in each domain."""
        constraints = self.constraints(pod, cluster, "DoNotSchedule")
        return PreFilterResult(spreads(constraints, pod, cluster)) if constraints else SKIP

    def add_pod(self, state: tuple[Spread, ...], pod: PodInfo, other: PodInfo, node: NodeInfo) -> tuple[Spread, ...]:
        """Count `other` too."""
        return self._changed(state, pod, other, node, by=1)

    def remove_pod(self, state: tuple[Spread, ...], pod: PodInfo, other: PodInfo, node: NodeInfo) -> tuple[Spread, ...]:
        """Count `other` no more."""
        return self._changed(state, pod, other, node, by=-1)

    def _changed(
        self, state: tuple[Spread, ...], pod: PodInfo, other: PodInfo, node: NodeInfo, *, by: int
    ) -> tuple[Spread, ...]:
        """As Kubernetes does it, also for pods that were not counted at first because they are terminating."""
        if other.namespace != pod.namespace or not has_all_keys(node.labels, [item.constraint for item in state]):
            return state
        affinity = RequiredNodeAffinity.of(pod.pod)
        return tuple(
            item.changed(node.labels[item.constraint.topology_key], by)
            if item.constraint.selector.matches(other.labels) and item.constraint.counts(pod.pod, affinity, node)
            else item
            for item in state
        )

    def filter(self, state: tuple[Spread, ...], pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node outside the topology, or in a domain that would stick out too far."""
        for spread in state:
            domain = node.labels.get(spread.constraint.topology_key)
            if domain is None:
                return self.reject("UnschedulableAndUnresolvable", MISSING_LABEL)
            if spread.skew(pod, domain) > spread.constraint.max_skew:
                return self.reject("Unschedulable", UNEVEN)
        return None

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Any:
        """Count the pods in each domain that has a feasible node."""
        constraints = self.constraints(pod, cluster, "ScheduleAnyway")
        # Kubernetes' own defaults also hold for nodes without a zone, which then are spread by name alone.
        own = bool(pod.pod.spec.topology_spread_constraints) or self.args.defaulting_type != "System"
        return spread_scoring.crowding(constraints, pod, cluster, nodes, all_keys=own) if constraints else SKIP

    def score(self, state: spread_scoring.Crowding, pod: PodInfo, node: NodeInfo) -> int:
        """How crowded the node's domains are."""
        return spread_scoring.crowd_of(state, pod, node)

    def normalize_scores(self, state: spread_scoring.Crowding, scores: Mapping[str, int]) -> Mapping[str, int]:
        """100 for the least crowded."""
        return spread_scoring.normalized(scores, state.ignored)
