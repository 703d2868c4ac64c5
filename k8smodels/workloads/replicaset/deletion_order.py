"""Which pods go first when a ReplicaSet has too many.

References
----------
pkg/controller/replicaset/replica_set.go: getPodsToDelete, getPodsRankedByRelatedPodsOnSameNode (v1.37)
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from k8smodels.api.pod import Pod
from k8smodels.workloads.readiness import is_active
from k8smodels.workloads.replicaset.deletion_rules import Candidate, compare

_SMALL = 12


@dataclass(frozen=True, slots=True)
class Doomed:
    """A pod that is deleted.

    Attributes
    ----------
    pod
        The pod.
    reason
        The rule that puts it before the next pod in the order; empty if there is no next one.
    """

    pod: Pod
    reason: str


def pods_to_delete(pods: Sequence[Pod], related: Sequence[Pod], count: int, now: datetime) -> tuple[Doomed, ...]:
    """The first `count` of `pods` in the order of deletion.

    Parameters
    ----------
    pods
        Active pods of the ReplicaSet.
    related
        Pods of all ReplicaSets of the same owner, `pods` among them.
    count
        How many have to go; if that is all of them, no rule is asked.
    now
        The present.
    """
    if count >= len(pods):
        return tuple(Doomed(pod, "") for pod in pods)
    on_node = Counter(pod.spec.node_name for pod in related if is_active(pod))
    order = _sorted([Candidate(pod, on_node[pod.spec.node_name], now) for pod in pods])
    pairs = itertools.pairwise(order[: max(count, 0) + 1])
    return tuple(Doomed(one.pod, compare(one, other)[1]) for one, other in pairs)


def _difference(one: Candidate, other: Candidate) -> int:
    return compare(one, other)[0]


def _sorted(candidates: list[Candidate]) -> list[Candidate]:
    """`candidates` in order, few of them as Go sorts them.

    The order is not transitive where pods became ready at the same moment as others of the same power of two: there it
    depends on the way of sorting.
    """
    if len(candidates) > _SMALL:
        return sorted(candidates, key=functools.cmp_to_key(_difference))
    order = list(candidates)
    for i in range(1, len(order)):
        for j in range(i, 0, -1):
            if _difference(order[j], order[j - 1]) >= 0:
                break
            order[j - 1], order[j] = order[j], order[j - 1]
    return order
