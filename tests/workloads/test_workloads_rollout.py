"""Rollouts of a Deployment, moved one sync at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.workload import Deployment, DeploymentSpec
from k8smodels.workloads.deployment.fenceposts import max_surge, min_available
from k8smodels.workloads.deployment.history import RollbackError, undo
from k8smodels.workloads.deployment.revisions import REVISION_HISTORY, revision, size, total
from k8smodels.workloads.deployment.sync import sync_deployment
from k8smodels.workloads.deployment.world import DeploymentWorld, image_of
from k8smodels.workloads.readiness import is_ready

limits = st.integers(0, 4) | st.integers(0, 100).map(lambda percent: f"{percent}%")


def web(replicas: int = 3, surge: int | str = 1, unavailable: int | str = 0, **spec: object) -> DeploymentWorld:
    fields = {
        "replicas": replicas,
        "strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "A"}]}},
        **spec,
    }
    return DeploymentWorld.of(Deployment.from_json({"metadata": {"name": "web"}, "spec": fields}))


def with_image(spec: DeploymentSpec, image: str) -> DeploymentSpec:
    (container,) = spec.template.spec.containers
    pod = replace(spec.template.spec, containers=(replace(container, image=image),))
    return replace(spec, template=replace(spec.template, spec=pod))


def rolled_out(world: DeploymentWorld, image: str) -> DeploymentWorld:
    for _ in range(30):
        world = world.later(1).sync().later(1).set_ready(image, 2, ready=True).settle()
    return world.later(1).sync()


def updated(world: DeploymentWorld, image: str) -> DeploymentWorld:
    return rolled_out(world.edit(with_image(world.deployment.spec, image)), image)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), limits, limits, st.lists(st.integers(1, 3), min_size=1, max_size=12))
def test_a_rolling_update_stays_between_its_limits(
    replicas: int, surge: int | str, unavailable: int | str, ready: list[int]
) -> None:
    world = web(replicas, surge, unavailable).sync().set_ready("A", replicas, ready=True).settle().later(1).sync()
    world = world.edit(with_image(world.deployment.spec, "B"))
    for count in ready:
        world = world.later(1).sync()
        spec = world.deployment.spec
        assert len(world.pods) == total(world.replica_sets) <= replicas + max_surge(spec)
        assert sum(map(is_ready, world.pods)) >= min_available(spec)
        world = world.set_ready("B", count, ready=True).settle()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 9), limits, limits)
def test_every_rollout_ends_with_new_pods_only(replicas: int, surge: int | str, unavailable: int | str) -> None:
    world = updated(rolled_out(web(replicas, surge, unavailable), "A"), "B")
    assert [image_of(pod) for pod in world.pods] == ["B"] * replicas
    assert [each.reason for each in world.deployment.status.conditions if each.type == "Progressing"] == [
        "NewReplicaSetAvailable"
    ]


def test_a_sync_says_what_it_scaled_and_why() -> None:
    world = rolled_out(web(), "A")
    world = world.edit(with_image(world.deployment.spec, "B")).sync()
    (created,) = world.scalings
    assert created.message == f"Scaled up replica set {created.replica_set.name} from 0 to 1"
    assert created.reason == "at most 4 pods together, 3 so far; 3 wanted of the new ones"


def test_an_old_pod_that_is_on_its_way_out_is_not_counted_twice() -> None:
    """Nine old pods are wanted; their status still says ten are available. Without a stop 10 + 2 - 10 = 2 would go."""
    world = web(10, 3, 0).sync().set_ready("A", 10, ready=True).settle().later(1).sync()
    world = world.edit(with_image(world.deployment.spec, "B")).later(1).sync().set_ready("B", 1, ready=True).settle()
    old, new = sync_deployment(world.deployment, world.replica_sets, world.pods, world.now).replica_sets
    lagging = replace(new, status=replace(new.status, ready_replicas=2, available_replicas=2))
    result = sync_deployment(world.deployment, (old, lagging), world.pods, world.now)
    assert (size(old), old.status.available_replicas) == (9, 10)
    assert [step.replica_set.name for step in result.scalings if step.after < step.before] == []


def test_undo_goes_back_to_the_revision_before_the_latest() -> None:
    world = updated(updated(rolled_out(web(), "A"), "B"), "C")
    before = undo(world.deployment, world.replica_sets)
    assert image_of(before) == "B"
    world = rolled_out(replace(world, deployment=before), "B")
    (again,) = [each for each in world.replica_sets if image_of(each) == "B"]
    assert (revision(again), again.metadata.annotations[REVISION_HISTORY]) == (4, "2")
    assert image_of(undo(world.deployment, world.replica_sets, 1)) == "A"


@pytest.mark.parametrize(
    ("to", "paused", "words"),
    [
        (7, False, "unable to find specified revision 7 in history"),
        (-1, False, "unable to find specified revision -1 in history"),
        (2, False, "current template already matches revision 2"),
        (1, True, "cannot rollback a paused deployment"),
    ],
)
def test_undo_says_why_it_cannot(to: int, paused: bool, words: str) -> None:
    world = updated(rolled_out(web(), "A"), "B")
    deployment = replace(world.deployment, spec=replace(world.deployment.spec, paused=paused))
    with pytest.raises(RollbackError, match=words):
        undo(deployment, world.replica_sets, to)


def test_a_first_revision_has_nothing_to_go_back_to() -> None:
    world = rolled_out(web(), "A")
    with pytest.raises(RollbackError, match='no rollout history found for deployment "web"'):
        undo(world.deployment, world.replica_sets)


def test_history_keeps_as_many_revisions_as_its_limit_says() -> None:
    world = rolled_out(web(1, revisionHistoryLimit=1), "A")
    for image in "BCD":
        world = updated(world, image)
    assert [image_of(each) for each in world.replica_sets] == ["C", "D"]


def test_recreate_runs_no_two_versions_at_once() -> None:
    world = rolled_out(web(strategy={"type": "Recreate"}), "A")
    world = world.edit(with_image(world.deployment.spec, "B"))
    for _ in range(5):
        world = world.later(1).sync()
        assert len({image_of(pod) for pod in world.pods}) <= 1
    assert {image_of(pod) for pod in world.pods} == {"B"}


def test_no_progress_deadline_means_no_progressing_condition() -> None:
    world = web(progressDeadlineSeconds=2**31 - 1).sync().later(10_000).sync()
    assert [each.type for each in world.deployment.status.conditions] == ["Available"]


def test_a_deployment_that_is_deleted_only_counts() -> None:
    world = rolled_out(web(), "A")
    metadata = replace(world.deployment.metadata, deletion_timestamp="2000-01-01T00:00:00Z")
    spec = replace(world.deployment.spec, replicas=9)
    world = replace(world, deployment=replace(world.deployment, metadata=metadata, spec=spec)).sync()
    assert [size(each) for each in world.replica_sets] == [3]


@pytest.mark.parametrize("replicas", [-1, 1001])
def test_a_world_has_no_room_for_too_many_pods_nor_for_fewer_than_none(replicas: int) -> None:
    with pytest.raises(InvalidObject, match="must be between 0 and 1000 here"):
        web(replicas)
    with pytest.raises(InvalidObject):
        web(1).edit(replace(web(1).deployment.spec, replicas=replicas))


def test_a_strategy_that_is_none_is_refused() -> None:
    with pytest.raises(FieldError, match='Unsupported value: "Sudden": supported values: "Recreate", "RollingUpdate"'):
        web(strategy={"type": "Sudden"}).sync()
