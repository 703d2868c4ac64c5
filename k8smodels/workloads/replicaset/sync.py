"""One sync of the ReplicaSet controller: pods that are missing are made, pods too many are deleted.

Left out: adopting pods without an owner, and errors of the API server.

References
----------
pkg/controller/replicaset/replica_set.go: syncReplicaSet, manageReplicas; replica_set_utils.go: calculateStatus (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from k8smodels.api.pod import Pod
from k8smodels.api.workload import ReplicaSet
from k8smodels.workloads.readiness import is_active, is_available, is_ready
from k8smodels.workloads.replicaset.deletion_order import Doomed, pods_to_delete

BURST_REPLICAS = 500
"""The most pods that one sync makes or deletes."""


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
    replica_set: ReplicaSet, pods: Sequence[Pod], related: Sequence[Pod], now: datetime
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
    """
    living = [pod for pod in pods if is_active(pod)]
    wanted = 1 if replica_set.spec.replicas is None else replica_set.spec.replicas
    counted = _counted(replica_set, living, now)
    missing = wanted - len(living)
    if replica_set.metadata.deletion_timestamp or missing == 0:
        return ReplicaSetSync(counted)
    if missing > 0:
        return ReplicaSetSync(counted, create=min(missing, BURST_REPLICAS))
    return ReplicaSetSync(counted, delete=pods_to_delete(living, related, min(-missing, BURST_REPLICAS), now))


def _counted(replica_set: ReplicaSet, living: Sequence[Pod], now: datetime) -> ReplicaSet:
    labels, patience = replica_set.spec.template.metadata.labels.items(), replica_set.spec.min_ready_seconds
    status = replace(
        replica_set.status,
        replicas=len(living),
        fully_labeled_replicas=sum(labels <= pod.labels.items() for pod in living),
        ready_replicas=sum(is_ready(pod) for pod in living),
        available_replicas=sum(is_available(pod, patience, now) for pod in living),
        observed_generation=replica_set.metadata.generation,
    )
    return replace(replica_set, status=status)
