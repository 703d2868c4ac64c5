"""The score of InterPodAffinity: wishes about neighbours, in both directions.

References
----------
pkg/scheduler/framework/plugins/interpodaffinity/scoring.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from k8smodels.scheduling.args import InterPodAffinityArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.framework import MAX_NODE_SCORE
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import AffinityTerm, Labels, PodInfo

Points = Mapping[str, Mapping[str, int]]
"""Points by topology key and label value; may be negative."""


def points(pod: PodInfo, cluster: Cluster, args: InterPodAffinityArgs) -> Points:
    """What each place is worth to `pod`. Empty if no wish of anyone is concerned."""
    wishes = bool(pod.preferred_affinity or pod.preferred_anti_affinity)
    if args.ignore_preferred_terms_of_existing_pods and not wishes:
        return {}
    namespaces = cluster.namespace_labels
    pod_labels = namespaces.get(pod.namespace, {})
    likes = [term.resolved(namespaces) for term in pod.preferred_affinity]
    dislikes = [term.resolved(namespaces) for term in pod.preferred_anti_affinity]
    found: dict[str, dict[str, int]] = {}
    for node in cluster.node_infos.values():
        for other in node.pods if wishes else node.pods_with_affinity:
            _add(found, likes, other, {}, node, 1)
            _add(found, dislikes, other, {}, node, -1)
            _add(found, liked_by(other, args), pod, pod_labels, node, 1)
            _add(found, other.preferred_anti_affinity, pod, pod_labels, node, -1)
    return found


def liked_by(other: PodInfo, args: InterPodAffinityArgs) -> Iterator[AffinityTerm]:
    """The wishes of a running pod for neighbours; what it once required counts as a weak wish."""
    if args.hard_pod_affinity_weight > 0:
        yield from (replace(term, weight=args.hard_pod_affinity_weight) for term in other.required_affinity)
    yield from other.preferred_affinity


def _add(
    found: dict[str, dict[str, int]],
    terms: Iterable[AffinityTerm],
    meant: PodInfo,
    namespace_labels: Labels,
    node: NodeInfo,
    sign: int,
) -> None:
    """Credit the places of `node` with the weights of the `terms` that mean the pod `meant`."""
    for term in terms:
        value = node.labels.get(term.topology_key)
        if value is not None and term.matches(meant, namespace_labels):
            places = found.setdefault(term.topology_key, {})
            places[value] = places.get(value, 0) + sign * term.weight


def points_of(found: Points, labels: Labels) -> int:
    """The points of a node with `labels`: those of all its places."""
    return sum(places.get(labels.get(key, ""), 0) for key, places in found.items() if key in labels)


def normalized(scores: Mapping[str, int]) -> Mapping[str, int]:
    """Stretch the scores to 0..100; all 0 if they are equal.

    Examples
    --------
    >>> normalized({"n1": -10, "n2": 0, "n3": 20})
    {'n1': 0, 'n2': 33, 'n3': 100}
    """
    least, most = min(scores.values(), default=0), max(scores.values(), default=0)
    # In floating point and in this order, as in Go: 100 * (29 / 100) is a little less than 29, and is cut to 28.
    return {
        node: int(float(MAX_NODE_SCORE) * ((score - least) / (most - least))) if most > least else 0
        for node, score in scores.items()
    }
