"""kubectl's words about a rollout: k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go (v0.37)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.workloads.deployment.rollout_words import rollout_history, rollout_status


def seen(generation: int = 1, replicas: int = 3, **status: Any) -> Deployment:
    item = {"metadata": {"name": "web", "generation": generation}, "spec": {"replicas": replicas}}
    return Deployment.from_json(item | {"status": {"observedGeneration": 1} | status})


def old_pods_left() -> Deployment:
    item = seen(updatedReplicas=3)
    return replace(item, status=replace(item.status, replicas=5))


TIMED_OUT = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (seen(2), "Waiting for deployment spec update to be observed..."),
        (
            seen(updatedReplicas=2),
            'Waiting for deployment "web" rollout to finish: 2 out of 3 new replicas have been updated...',
        ),
        (
            old_pods_left(),
            'Waiting for deployment "web" rollout to finish: 2 old replicas are pending termination...',
        ),
        (
            seen(updatedReplicas=3, availableReplicas=1),
            'Waiting for deployment "web" rollout to finish: 1 of 3 updated replicas are available...',
        ),
        (seen(updatedReplicas=3, availableReplicas=3), 'deployment "web" successfully rolled out'),
        (seen(conditions=TIMED_OUT), 'error: deployment "web" exceeded its progress deadline'),
    ],
)
def test_each_state_of_a_rollout_has_its_line(item: Deployment, text: str) -> None:
    assert rollout_status(item).text == text


def test_only_a_deadline_that_has_passed_is_a_failure() -> None:
    assert rollout_status(seen(conditions=TIMED_OUT)).failed
    done = rollout_status(seen(updatedReplicas=3, availableReplicas=3))
    assert (done.done, done.failed) == (True, False)
    assert not rollout_status(seen(updatedReplicas=1)).done


def test_history_is_sorted_by_revision_and_shows_causes() -> None:
    def revision(number: str, cause: str = "") -> ReplicaSet:
        annotations = {"deployment.kubernetes.io/revision": number} | (
            {"kubernetes.io/change-cause": cause} if cause else {}
        )
        return ReplicaSet.from_json({"metadata": {"name": f"web-{number}", "annotations": annotations}})

    assert rollout_history([revision("10", "new logo"), revision("2")]) == [(2, "<none>"), (10, "new logo")]
