"""What kubectl says about a rollout, and the history that it prints.

References
----------
k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go: DeploymentStatusViewer.Status;
history.go: DeploymentHistoryViewer.ViewHistory, getHistory (v0.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.workloads.deployment.conditions import condition_of
from k8smodels.workloads.deployment.revisions import revision

CHANGE_CAUSE = "kubernetes.io/change-cause"
"""The annotation that a history shows beside each revision."""


@dataclass(frozen=True, slots=True)
class RolloutAnswer:
    """One answer of ``kubectl rollout status``.

    Attributes
    ----------
    text
        The line.
    done
        Whether kubectl stops waiting.
    failed
        Whether it ends with exit code 1.
    """

    text: str
    done: bool = False
    failed: bool = False


def rollout_status(deployment: Deployment) -> RolloutAnswer:
    """What ``kubectl rollout status`` says about `deployment` as it is now."""
    status, name = deployment.status, quote(deployment.name)
    if deployment.metadata.generation > status.observed_generation:
        return RolloutAnswer("Waiting for deployment spec update to be observed...")
    progressing = condition_of(status, "Progressing")
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        return RolloutAnswer(f"error: deployment {name} exceeded its progress deadline", done=True, failed=True)
    waits = f"Waiting for deployment {name} rollout to finish:"
    wanted, updated = deployment.spec.replicas, status.updated_replicas
    if wanted is not None and updated < wanted:
        return RolloutAnswer(f"{waits} {updated} out of {wanted} new replicas have been updated...")
    if status.replicas > updated:
        return RolloutAnswer(f"{waits} {status.replicas - updated} old replicas are pending termination...")
    if status.available_replicas < updated:
        return RolloutAnswer(f"{waits} {status.available_replicas} of {updated} updated replicas are available...")
    return RolloutAnswer(f"deployment {name} successfully rolled out", done=True)


def rollout_history(replica_sets: Sequence[ReplicaSet]) -> list[tuple[int, str]]:
    """Each revision that is left, the lowest first, with its cause of change: ``<none>`` where nobody wrote one."""
    causes = {revision(each): each.metadata.annotations.get(CHANGE_CAUSE) or "<none>" for each in replica_sets}
    return sorted(causes.items())
