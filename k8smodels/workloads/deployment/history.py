"""Old ReplicaSets as history: how many are kept, and how a rollout is undone.

References
----------
pkg/controller/deployment/sync.go: cleanupDeployment; k8s.io/kubectl/pkg/polymorphichelpers/rollback.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from k8smodels.api.gotext import quote
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.workloads.deployment.revisions import NOT_COPIED, by_age, revision, size, without_hash
from k8smodels.workloads.deployment.state import Rollout

NO_LIMIT = 2**31 - 1
"""The value of `revisionHistoryLimit` that keeps all."""


class RollbackError(ValueError):
    """A rollout that cannot be undone, in kubectl's words."""


def replica_sets_to_delete(rollout: Rollout) -> tuple[ReplicaSet, ...]:
    """Old ReplicaSets beyond `revisionHistoryLimit` (10 by default), the lowest revisions first.

    One that has pods, wants pods or was not looked at since it was written is passed over, but counts as deleted.
    """
    limit = rollout.deployment.spec.revision_history_limit
    if limit == NO_LIMIT:
        return ()
    alive = [each for each in rollout.old if not each.metadata.deletion_timestamp]
    surplus = len(alive) - (10 if limit is None else limit)
    oldest = sorted(by_age(alive), key=revision)[: max(surplus, 0)]
    return tuple(each for each in oldest if _is_settled(each) and each.status.replicas == size(each) == 0)


def undo(deployment: Deployment, replica_sets: Sequence[ReplicaSet], to_revision: int = 0) -> Deployment:
    """`deployment` with the template of an earlier revision, as ``kubectl rollout undo`` writes it.

    Parameters
    ----------
    deployment, replica_sets
        The Deployment and its ReplicaSets.
    to_revision
        The revision; 0 stands for the one before the latest.

    Raises
    ------
    RollbackError
        There is no such revision, the Deployment is paused, or it has that template already.
    """
    target = _revision(deployment, replica_sets, to_revision)
    if deployment.spec.paused:
        words = "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"
        raise RollbackError(words)
    template = without_hash(target.spec.template)
    if template == without_hash(deployment.spec.template):
        raise RollbackError(f"skipped rollback (current template already matches revision {to_revision})")
    own = {key: value for key, value in deployment.metadata.annotations.items() if key in NOT_COPIED}
    old = {key: value for key, value in target.metadata.annotations.items() if key not in NOT_COPIED}
    return replace(
        deployment,
        metadata=replace(deployment.metadata, annotations=own | old, generation=deployment.metadata.generation + 1),
        spec=replace(deployment.spec, template=template),
    )


def _revision(deployment: Deployment, replica_sets: Sequence[ReplicaSet], number: int) -> ReplicaSet:
    if number:
        found = next((each for each in replica_sets if number > 0 and revision(each) == number), None)
        if found is None:
            raise RollbackError(f"unable to find specified revision {number} in history")
        return found
    newest_first = sorted(replica_sets, key=revision, reverse=True)
    if len(newest_first) < 2:
        raise RollbackError(f"no rollout history found for deployment {quote(deployment.name)}")
    return newest_first[1]


def _is_settled(replica_set: ReplicaSet) -> bool:
    return replica_set.metadata.generation <= replica_set.status.observed_generation
