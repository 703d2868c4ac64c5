"""The score of PodTopologySpread: how crowded the domains of a node are.

References
----------
pkg/scheduler/framework/plugins/podtopologyspread/scoring.go (v1.37)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.framework import MAX_NODE_SCORE
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.spread_constraints import HOSTNAME, Constraint, count_matching, has_all_keys
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.required_node_affinity import RequiredNodeAffinity


@dataclass(frozen=True, slots=True)
class Topology:
    """The domains of one constraint.

    Attributes
    ----------
    constraint
        The constraint.
    counts
        Pods in each domain that has a feasible node; empty for nodes as domains, which are counted one by one.
    weight
        How much a pod counts: more in a topology of many domains, each of which has fewer pods.
    """

    constraint: Constraint
    counts: Mapping[str, int]
    weight: float

    def pods_near(self, pod: PodInfo, node: NodeInfo) -> int:
        """Pods in the domain of `node`."""
        if self.constraint.topology_key == HOSTNAME:
            return count_matching(node.pods, self.constraint.selector, pod.namespace)
        return self.counts[node.labels[self.constraint.topology_key]]


@dataclass(frozen=True, slots=True)
class Crowding:
    """What is needed to score nodes one by one.

    Attributes
    ----------
    topologies
        One for each constraint.
    ignored
        Names of feasible nodes that lack a label: they get no points.
    """

    topologies: tuple[Topology, ...]
    ignored: frozenset[str]


def crowding(
    constraints: Sequence[Constraint], pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo], *, all_keys: bool
) -> Crowding:
    """Count pods for the score of the feasible `nodes`; with `all_keys` only nodes that have every label count."""
    placed = [node for node in nodes if not all_keys or has_all_keys(node.labels, constraints)]
    affinity = RequiredNodeAffinity.of(pod.pod)
    counting = [node for node in cluster.node_infos.values() if not all_keys or has_all_keys(node.labels, constraints)]
    topologies = []
    for constraint in constraints:
        if constraint.topology_key == HOSTNAME:
            topologies.append(Topology(constraint, {}, topology_weight(len(placed))))
            continue
        # All nodes without the label share a domain, the empty one, where that is allowed.
        counts = dict.fromkeys((node.labels.get(constraint.topology_key, "") for node in placed), 0)
        for node in counting:
            domain = node.labels.get(constraint.topology_key, "")
            if domain in counts and constraint.counts(pod.pod, affinity, node):
                counts[domain] += count_matching(node.pods, constraint.selector, pod.namespace)
        topologies.append(Topology(constraint, counts, topology_weight(len(counts))))
    return Crowding(tuple(topologies), frozenset(node.name for node in nodes) - {node.name for node in placed})


def topology_weight(domains: int) -> float:
    """How much a pod counts in a topology of so many domains."""
    return math.log(domains + 2)


def crowd_of(state: Crowding, pod: PodInfo, node: NodeInfo) -> int:
    """The pods near `node`, weighed and added up; a tolerant `max_skew` waters the difference down."""
    if node.name in state.ignored:
        return 0
    crowd = 0.0
    for topology in state.topologies:
        if topology.constraint.topology_key in node.labels:
            crowd += topology.pods_near(pod, node) * topology.weight + (topology.constraint.max_skew - 1)
    return math.floor(crowd + 0.5)


def normalized(scores: Mapping[str, int], ignored: frozenset[str]) -> Mapping[str, int]:
    """100 times (max + min - crowd) / max: the least crowded node gets 100 points, an ignored one none.

    Examples
    --------
    >>> normalized({"n1": 5, "n2": 2, "n3": 0}, ignored=frozenset({"n3"}))
    {'n1': 40, 'n2': 100, 'n3': 0}
    """
    crowds = [score for node, score in scores.items() if node not in ignored]
    most, least = max(crowds, default=0), min(crowds, default=0)

    def share(node: str, score: int) -> int:
        if node in ignored:
            return 0
        return MAX_NODE_SCORE * (most + least - score) // most if most else MAX_NODE_SCORE

    return {node: share(node, score) for node, score in scores.items()}
