"""One sync of the ReplicaSet controller: pods that are missing are made, pods too many are deleted.

Left out: adopting pods without an owner, and errors of the API server.

References
----------
pkg/controller/replicaset/replica_set.go: syncReplicaSet, manageReplicas; replica_set_utils.go: calculateStatus (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from k8smodels.api.pod import Pod
from k8smodels.api.workload import ReplicaSet
from k8smodels.workloads.readiness import is_active, is_available, is_ready
from k8smodels.workloads.replicaset.deletion_order import Doomed, pods_to_delete

BURST_REPLICAS = 500
"""The most pods that one sync makes or deletes."""


class PodCounts(NamedTuple):
    """How many pods a ReplicaSet has; the counts of two groups of pods add up to those of both.

    Attributes
    ----------
    living
        Neither ended nor being deleted; the others are among them.
    labelled
        With all labels of the template.
    ready, available
        As the pods' conditions and ``minReadySeconds`` say.
    """

    living: int = 0
    labelled: int = 0
    ready: int = 0
    available: int = 0

    def changed(self, gone: PodCounts, new: PodCounts) -> PodCounts:
        """The counts after some pods have gone and others have come."""
        return PodCounts(*(have - less + more for have, less, more in zip(self, gone, new, strict=True)))


@dataclass(frozen=True, slots=True)
class ReplicaSetSync:
    """What one sync does.

    Attributes
    ----------
    replica_set
        With its status, which counts the pods as they were before.
    create
        How many pods are made.
    delete
        The pods that go, with the reason for each.
    """

    replica_set: ReplicaSet
    create: int = 0
    delete: tuple[Doomed, ...] = ()


def sync_replica_set(
    replica_set: ReplicaSet,
    pods: Sequence[Pod],
    related: Sequence[Pod],
    now: datetime,
    counts: PodCounts | None = None,
) -> ReplicaSetSync:
    """What the controller does when it looks at `replica_set` once.

    Parameters
    ----------
    replica_set
        The ReplicaSet.
    pods
        The pods that it owns.
    related
        Pods of all ReplicaSets of the same owner, `pods` among them.
    now
        The present.
    counts
        What `count_pods` says of `pods`, if it is known already. Then `pods` and `related` are looked at only if there
        are too many.
    """
    counts = count_pods(replica_set, pods, now) if counts is None else counts
    counted = _with_counts(replica_set, counts)
    missing = replica_set.spec.wanted_replicas - counts.living
    if replica_set.metadata.deletion_timestamp or missing == 0:
        return ReplicaSetSync(counted)
    if missing > 0:
        return ReplicaSetSync(counted, create=min(missing, BURST_REPLICAS))
    living = [pod for pod in pods if is_active(pod)]
    return ReplicaSetSync(counted, delete=pods_to_delete(living, related, min(-missing, BURST_REPLICAS), now))


def count_pods(replica_set: ReplicaSet, pods: Iterable[Pod], now: datetime) -> PodCounts:
    """The pods that have neither ended nor are being deleted; see `sync_replica_set` for the parameters."""
    labels, patience = replica_set.spec.template.metadata.labels.items(), replica_set.spec.min_ready_seconds
    living = labelled = ready = available = 0
    for pod in pods:
        if is_active(pod):
            living += 1
            labelled += labels <= pod.labels.items()
            ready += is_ready(pod)
            available += is_available(pod, patience, now)
    return PodCounts(living, labelled, ready, available)


def _with_counts(replica_set: ReplicaSet, counts: PodCounts) -> ReplicaSet:
    status = replace(
        replica_set.status,
        replicas=counts.living,
        fully_labeled_replicas=counts.labelled,
        ready_replicas=counts.ready,
        available_replicas=counts.available,
        observed_generation=replica_set.metadata.generation,
    )
    return replace(replica_set, status=status)
