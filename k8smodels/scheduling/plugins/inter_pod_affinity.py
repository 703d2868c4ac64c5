"""InterPodAffinity: pods that want to be near each other, or far apart.

References
----------
pkg/scheduler/framework/plugins/interpodaffinity/filtering.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from k8smodels.scheduling.args import InterPodAffinityArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, ScorePlugin, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins import affinity_scoring
from k8smodels.scheduling.pod_info import AffinityTerm, Labels, PodInfo

NO_NEIGHBOUR = "node(s) didn't match pod affinity rules"
UNWANTED_NEIGHBOUR = "node(s) didn't match pod anti-affinity rules"
UNWANTED_BY_NEIGHBOUR = "node(s) didn't satisfy existing pods anti-affinity rules"

Place = tuple[str, str]
"""A label of nodes and its value: a domain of the topology of that label."""

Counts = Mapping[Place, int]
"""How many matches there are in each place; never 0."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Where the pods are that matter to a pending pod.

    Attributes
    ----------
    affinity, anti_affinity
        The pod's own required terms.
    namespace_labels
        The labels of its namespace.
    wanted
        Pods that match all its terms of affinity.
    unwanted
        Pods that match a term of its anti-affinity.
    unwelcome
        Pods with a term of anti-affinity that matches the pending pod.
    """

    affinity: tuple[AffinityTerm, ...]
    anti_affinity: tuple[AffinityTerm, ...]
    namespace_labels: Labels
    wanted: Counts
    unwanted: Counts
    unwelcome: Counts


def is_near_wanted(pod: PodInfo, around: Neighbourhood, labels: Labels) -> bool:
    """Whether a node with `labels` is near pods that match the pod's affinity, in the topology of each term.

    The first of a group of pods that want each other would wait for ever. So a pod that matches its own terms may go
    anywhere in the topology as long as no pod matches them.
    """
    if any(term.topology_key not in labels for term in around.affinity):
        return False
    if all((term.topology_key, labels[term.topology_key]) in around.wanted for term in around.affinity):
        return True
    return not around.wanted and matches_all(around.affinity, pod)


def is_near_unwanted(around: Neighbourhood, labels: Labels) -> bool:
    """Whether a node with `labels` is near a pod that the pod keeps away from."""
    keys = {term.topology_key for term in around.anti_affinity}
    return any((key, labels[key]) in around.unwanted for key in keys if key in labels)


def is_unwelcome(around: Neighbourhood, labels: Labels) -> bool:
    """Whether a node with `labels` is near a pod that keeps the pod away."""
    return any(place in labels.items() for place in around.unwelcome)


def matches_all(terms: Iterable[AffinityTerm], pod: PodInfo) -> bool:
    """Whether `pod` is meant by every one of `terms`, whose namespaces are resolved."""
    return all(term.matches(pod, {}) for term in terms)


def wanted_places(terms: Sequence[AffinityTerm], other: PodInfo, node: NodeInfo) -> Iterator[Place]:
    """The places of `node` that `other` makes attractive: only a pod that all `terms` mean does."""
    if terms and matches_all(terms, other):
        yield from _places(terms, node)


def unwanted_places(terms: Sequence[AffinityTerm], other: PodInfo, node: NodeInfo) -> Iterator[Place]:
    """The places of `node` that `other` closes: any of `terms` that means it does."""
    yield from _places((term for term in terms if term.matches(other, {})), node)


def unwelcome_places(pod: PodInfo, namespace_labels: Labels, other: PodInfo, node: NodeInfo) -> Iterator[Place]:
    """The places of `node` that `other` closes to `pod` by its own anti-affinity."""
    yield from _places((term for term in other.required_anti_affinity if term.matches(pod, namespace_labels)), node)


def _places(terms: Iterable[AffinityTerm], node: NodeInfo) -> Iterator[Place]:
    labels = node.labels
    return ((term.topology_key, labels[term.topology_key]) for term in terms if term.topology_key in labels)


def neighbourhood(pod: PodInfo, cluster: Cluster) -> Neighbourhood:
    """Look at all pods of `cluster` through the eyes of `pod`."""
    namespaces = cluster.namespace_labels
    affinity = tuple(term.resolved(namespaces) for term in pod.required_affinity)
    anti_affinity = tuple(term.resolved(namespaces) for term in pod.required_anti_affinity)
    own_labels = namespaces.get(pod.namespace, {})
    wanted: dict[Place, int] = {}
    unwanted: dict[Place, int] = {}
    unwelcome: dict[Place, int] = {}
    for node in cluster.node_infos.values():
        for other in node.pods if affinity or anti_affinity else ():
            _count(wanted, wanted_places(affinity, other, node))
            _count(unwanted, unwanted_places(anti_affinity, other, node))
        for other in node.pods_with_required_anti_affinity:
            _count(unwelcome, unwelcome_places(pod, own_labels, other, node))
    return Neighbourhood(affinity, anti_affinity, own_labels, wanted, unwanted, unwelcome)


def _count(counts: dict[Place, int], places: Iterable[Place], by: int = 1) -> None:
    for place in places:
        counts[place] = counts.get(place, 0) + by
        if not counts[place]:
            del counts[place]


def _changed(counts: Counts, places: Iterable[Place], by: int) -> Counts:
    changed = dict(counts)
    _count(changed, places, by)
    return changed


@dataclass(frozen=True)
class InterPodAffinity(FilterPlugin, ScorePlugin):
    """Refuses nodes by their neighbours, prefers nodes with good ones."""

    name = "InterPodAffinity"
    args: InterPodAffinityArgs = field(default_factory=InterPodAffinityArgs)

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Find the neighbours that matter; nothing to do if there are none and the pod has no rules."""
        around = neighbourhood(pod, cluster)
        return PreFilterResult(around) if around.affinity or around.anti_affinity or around.unwelcome else SKIP

    def add_pod(self, state: Neighbourhood, pod: PodInfo, other: PodInfo, node: NodeInfo) -> Neighbourhood:
        """Count `other` too."""
        return self._changed(state, pod, other, node, by=1)

    def remove_pod(self, state: Neighbourhood, pod: PodInfo, other: PodInfo, node: NodeInfo) -> Neighbourhood:
        """Count `other` no more."""
        return self._changed(state, pod, other, node, by=-1)

    def _changed(self, state: Neighbourhood, pod: PodInfo, other: PodInfo, node: NodeInfo, *, by: int) -> Neighbourhood:
        return replace(
            state,
            wanted=_changed(state.wanted, wanted_places(state.affinity, other, node), by),
            unwanted=_changed(state.unwanted, unwanted_places(state.anti_affinity, other, node), by),
            unwelcome=_changed(state.unwelcome, unwelcome_places(pod, state.namespace_labels, other, node), by),
        )

    def filter(self, state: Neighbourhood, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node without the neighbours that the pod needs, or with some that do not go together."""
        if state.affinity and not is_near_wanted(pod, state, node.labels):
            return self.reject("UnschedulableAndUnresolvable", NO_NEIGHBOUR)
        if is_near_unwanted(state, node.labels):
            return self.reject("Unschedulable", UNWANTED_NEIGHBOUR)
        return self.reject("Unschedulable", UNWANTED_BY_NEIGHBOUR) if is_unwelcome(state, node.labels) else None

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Any:
        """Give each place the points that its pods are worth."""
        return affinity_scoring.points(pod, cluster, self.args) or SKIP

    def score(self, state: affinity_scoring.Points, pod: PodInfo, node: NodeInfo) -> int:
        """Add up the points of the node's places."""
        return affinity_scoring.points_of(state, node.labels)

    def normalize_scores(self, state: Any, scores: Mapping[str, int]) -> Mapping[str, int]:
        """0 for the worst node, 100 for the best."""
        return affinity_scoring.normalized(scores)
