from __future__ import annotations

from dataclasses import replace

import pytest

from k8smodels.api.container_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
)
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodCondition, PodStatus, pod
from k8smodels.runtime import Program, Run, job, pod_columns, pod_life

WITH_INIT = pod(
    "web",
    containers=(Container(name="app", image="app"),),
    init_containers=(
        Container(name="migrate", image="tool"),
        Container(name="proxy", image="proxy", restart_policy="Always"),
    ),
)
RUNS = ContainerState(running=ContainerStateRunning())


def ended(code: int, reason: str = "", signal: int = 0) -> ContainerState:
    return ContainerState(terminated=ContainerStateTerminated(exit_code=code, reason=reason, signal=signal))


def seen(*states: ContainerState, ready: bool = False) -> Pod:
    containers = tuple(Container(name=f"c{i}") for i in range(len(states)))
    statuses = tuple(
        ContainerStatus(name=f"c{i}", state=state, ready=state is RUNS, restart_count=i)
        for i, state in enumerate(states)
    )
    conditions = (PodCondition(type="Ready", status="True" if ready else "False"),)
    status = PodStatus(phase="Running", container_statuses=statuses, conditions=conditions)
    return replace(pod("web", containers=containers), status=status)


@pytest.mark.parametrize(
    ("until", "wanted"),
    [
        (0, ("0/2", "Init:0/2", 0)),
        (5, ("1/2", "PodInitializing", 0)),
        (6, ("2/2", "Running", 0)),
        (12, ("2/2", "Running", 1)),
        (13, ("1/2", "CrashLoopBackOff", 1)),
    ],
)
def test_a_pod_shows_how_far_it_is(until: int, wanted: tuple[str, str, int]) -> None:
    programs = {"migrate": job(5), "app": Program(runs=(Run(6), Run(1)))}
    found = pod_columns(pod_life(WITH_INIT, programs, until_seconds=until).pod)
    assert (found.ready, found.status, found.restarts) == wanted


def test_a_failing_init_container_is_named_with_init_before_its_word() -> None:
    life = pod_life(WITH_INIT, {"migrate": job(1, exit_code=1)}, until_seconds=5)
    assert pod_columns(life.pod).status == "Init:CrashLoopBackOff"


@pytest.mark.parametrize(
    ("states", "ready", "status"),
    [
        ([ended(0, "Completed"), RUNS], True, "Running"),
        ([ended(0, "Completed"), RUNS], False, "NotReady"),
        ([ended(0, "Completed"), ended(1, "Error")], False, "Error"),
        ([ended(0, "Completed"), ended(0, "Completed")], False, "Completed"),
        ([ended(137, "OOMKilled"), RUNS], False, "OOMKilled"),
        ([ended(3)], False, "ExitCode:3"),
        ([ended(137, signal=9)], False, "Signal:9"),
        ([RUNS, ContainerState(waiting=ContainerStateWaiting(reason="ErrImagePull"))], False, "ErrImagePull"),
        ([RUNS, RUNS], False, "Running"),
    ],
)
def test_the_word_is_that_of_the_first_container_that_does_not_run(
    states: list[ContainerState], ready: bool, status: str
) -> None:
    assert pod_columns(seen(*states, ready=ready)).status == status


def test_a_pod_that_is_deleted_is_terminating_until_it_has_ended() -> None:
    item = seen(RUNS)
    item = replace(item, metadata=replace(item.metadata, deletion_timestamp="2026-11-25T11:00:00Z"))
    assert pod_columns(item).status == "Terminating"
    assert pod_columns(replace(item, status=replace(item.status, phase="Failed"))).status == "Failed"


def test_restarts_are_those_of_all_containers() -> None:
    assert pod_columns(seen(RUNS, RUNS, RUNS)).restarts == 3
