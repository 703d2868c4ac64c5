"""NodeAffinity: nodes that the pod selects by label or name, and nodes that it would rather have.

A wish that cannot be read (``Gt`` with something that is no integer) counts nothing here; the real scheduler ends the
cycle with an internal error.

References
----------
pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k8smodels.api.affinity import NodeSelectorTerm
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.scheduling.args import NodeAffinityArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import (
    SKIP,
    FilterPlugin,
    PreFilterResult,
    ScorePlugin,
    Skip,
    default_normalize_scores,
)
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.required_node_affinity import (
    RequiredNodeAffinity,
    Term,
    matches_any,
    preferred_terms,
    required_terms,
)

NO_MATCH = "node(s) didn't match Pod's node affinity/selector"
NOT_ENFORCED = "node(s) didn't match scheduler-enforced node affinity"
CONFLICT = "pod affinity terms conflict"


def named_nodes(pod: Pod) -> frozenset[str] | None:
    """The names that required affinity leaves, if each of its terms selects by ``metadata.name``; None otherwise.

    The terms are alternatives, so that one without a name opens all nodes; the conditions of one term must all hold.
    """
    affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    rule = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    if rule is None or not rule.node_selector_terms:
        return None
    names = [_names_of(term) for term in rule.node_selector_terms]
    return None if any(found is None for found in names) else frozenset().union(*filter(None, names))


def _names_of(term: NodeSelectorTerm) -> frozenset[str] | None:
    by_name = [item for item in term.match_fields if item.key == "metadata.name" and item.operator == "In"]
    if not by_name:
        return None
    return frozenset(by_name[0].values).intersection(*(item.values for item in by_name[1:]))


def weight_of_met_wishes(wishes: Sequence[tuple[int, Term]], node: Node) -> int:
    """The weights of the preferred terms that `node` matches, added up."""
    return sum(weight for weight, term in wishes if term.matches(node))


@dataclass(frozen=True)
class NodeAffinity(FilterPlugin, ScorePlugin):
    """Refuses nodes that the pod does not select, prefers nodes that it wishes for."""

    name = "NodeAffinity"
    args: NodeAffinityArgs = field(default_factory=NodeAffinityArgs)

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Read the pod's rules; leave only the nodes that they name, if they name some."""
        required, enforced = RequiredNodeAffinity.of(pod.pod), required_terms(self.args.added_affinity)
        if required.terms is None and not required.selector and enforced is None:
            return SKIP
        names = named_nodes(pod.pod)
        if names is not None and not names:
            return PreFilterResult(rejection=self.reject("UnschedulableAndUnresolvable", CONFLICT))
        return PreFilterResult(state=(enforced, required), node_names=names)

    def filter(
        self,
        state: tuple[tuple[Term, ...] | None, RequiredNodeAffinity],
        pod: PodInfo,
        node: NodeInfo,
    ) -> Rejection | None:
        """Refuse a node that the profile or the pod does not select."""
        enforced, required = state
        if enforced is not None and not matches_any(enforced, node.node):
            return self.reject("UnschedulableAndUnresolvable", NOT_ENFORCED)
        return None if required.matches(node.node) else self.reject("UnschedulableAndUnresolvable", NO_MATCH)

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Any:
        """Read the wishes."""
        own = pod.pod.spec.affinity.node_affinity if pod.pod.spec.affinity else None
        return (*preferred_terms(self.args.added_affinity), *preferred_terms(own)) or SKIP

    def score(self, state: Sequence[tuple[int, Term]], pod: PodInfo, node: NodeInfo) -> int:
        """Add up the wishes that the node meets."""
        return weight_of_met_wishes(state, node.node)

    def normalize_scores(self, state: Any, scores: Mapping[str, int]) -> Mapping[str, int]:
        """100 for the node that meets most."""
        return default_normalize_scores(scores)
