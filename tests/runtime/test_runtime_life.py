from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime_strategies import HOOK, PROBE, pods, programs

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Container, Pod, PodSpec, pod
from k8smodels.runtime import Program, Run, job, pod_life, terminate_pod

DEAF = Program(handles_sigterm=False)
PROGRAMS = st.dictionaries(st.sampled_from(["i0", "i1", "i2", "c0", "c1", "c2"]), programs)


def with_sidecars(*names: str, grace: int = 30) -> Pod:
    sidecars = tuple(Container(name=name, image="s:1", restart_policy="Always") for name in names)
    return pod("web", image="a:1", init_containers=sidecars, termination_grace_period_seconds=grace)


def test_a_first_process_without_a_handler_is_killed_when_the_grace_period_is_over() -> None:
    end = terminate_pod(pod("web"), {"main": DEAF}).end("main")
    assert (end.stop_seconds, end.end_seconds, end.exit_code) == (0, 30, 137)


def test_an_init_passes_the_signal_on() -> None:
    end = terminate_pod(pod("web"), {"main": Program(handles_sigterm=False, under_init=True)}).end("main")
    assert (end.end_seconds, end.exit_code) == (0, 143)


def test_a_handler_that_is_quick_enough_decides_the_exit_code() -> None:
    program = Program(stop_seconds=10, stop_exit_code=3)
    assert terminate_pod(pod("web"), {"main": program}).end("main").exit_code == 3
    assert terminate_pod(pod("web"), {"main": program}, grace_period_override=5).end("main").exit_code == 137


def test_the_hook_takes_from_the_grace_period_and_two_seconds_remain() -> None:
    item = Pod(spec=PodSpec(containers=(Container(name="a", lifecycle=HOOK),), termination_grace_period_seconds=10))
    quick = terminate_pod(item, {"a": Program(pre_stop_seconds=4)}).end("a")
    endless = terminate_pod(item, {"a": Program(pre_stop_seconds=100, handles_sigterm=False)}).end("a")
    assert (quick.stop_seconds, quick.timeout_seconds) == (4, 6)
    assert (endless.stop_seconds, endless.timeout_seconds, endless.end_seconds) == (10, 2, 12)


def test_without_grace_there_is_no_hook_and_still_two_seconds() -> None:
    item = Pod(spec=PodSpec(containers=(Container(name="a", lifecycle=HOOK),), termination_grace_period_seconds=0))
    end = terminate_pod(item, {"a": DEAF}).end("a")
    assert [item.what for item in end.happenings] == ["SIGTERM", "SIGKILL", "exit 137"]
    assert end.end_seconds == 2


def test_sidecars_stop_after_the_containers_the_last_one_first() -> None:
    found = terminate_pod(
        with_sidecars("proxy", "logs"), {"main": Program(stop_seconds=5), "logs": Program(stop_seconds=3)}
    )
    assert [end.container for end in found.ends] == ["main", "logs", "proxy"]
    assert [end.stop_seconds for end in found.ends] == [0, 5, 8]
    assert [end.timeout_seconds for end in found.ends] == [30, 25, 22]


def test_a_sidecar_waits_no_longer_than_the_grace_period() -> None:
    found = terminate_pod(with_sidecars("proxy", grace=10), {"main": DEAF, "proxy": DEAF})
    assert [(end.stop_seconds, end.end_seconds) for end in found.ends] == [(0, 10), (10, 12)]


@given(pods(), PROGRAMS)
def test_a_termination_ends_with_the_sandbox_and_within_the_grace_periods(
    item: Pod, running: dict[str, Program]
) -> None:
    found = terminate_pod(item, running)
    grace = item.spec.termination_grace_period_seconds or 0
    sidecars = sum(container.is_sidecar for container in item.spec.init_containers)
    assert found.timeline[-1].what == "StopPodSandbox"
    assert all(end.end_seconds <= grace + 2 * (sidecars + 1) for end in found.ends)
    assert [item.at_seconds for item in found.timeline] == sorted(item.at_seconds for item in found.timeline)


def test_init_containers_go_one_by_one_and_sidecars_start_on_the_way() -> None:
    inits = (
        Container(name="migrate", image="m:1"),
        Container(name="proxy", image="p:1", restart_policy="Always", startup_probe=PROBE),
    )
    life = pod_life(
        pod("web", image="a:1", init_containers=inits),
        {"migrate": Program(runs=(Run(2.5, 1), Run(2.5))), "proxy": Program(startup_seconds=3)},
    )
    assert life.when("started", "migrate") == (0, 3)
    assert life.when("started", "proxy") == (6,)
    assert life.when("started", "main") == (9,)
    assert life.when("Initialized True") == (9,)
    assert life.when("Ready True") == (9,)
    assert life.pod.status.phase == "Running"


def test_a_pod_that_never_restarts_ends() -> None:
    for code, phase in ((0, "Succeeded"), (1, "Failed")):
        life = pod_life(pod("job", image="a:1", restart_policy="Never"), {"main": job(5, exit_code=code)})
        assert life.pod.status.phase == phase
        assert life.timeline[-1].at_seconds == 5


def test_an_init_container_that_fails_for_good_fails_the_pod() -> None:
    item = pod("job", image="a:1", restart_policy="Never", init_containers=(Container(name="i", image="i:1"),))
    life = pod_life(item, {"i": job(1, exit_code=1)})
    assert life.pod.status.phase == "Failed"
    assert not life.when("started", "main")


def test_a_crash_loop_shows_in_the_status_between_the_starts() -> None:
    life = pod_life(pod("web", image="a:1"), {"main": job(1, exit_code=1)}, until_seconds=100)
    assert [later - earlier for earlier, later in pairwise(life.when("started", "main"))] == [1, 11, 21, 41]
    status = life.pod.status.container_statuses[0]
    assert status.state.waiting is not None
    assert status.state.waiting.reason == "CrashLoopBackOff"
    assert status.last_state.terminated is not None
    assert status.last_state.terminated.exit_code == 1
    assert (status.restart_count, life.pod.status.phase) == (4, "Running")


def test_a_deleted_pod_stops_in_order_and_then_has_a_final_phase() -> None:
    life = pod_life(with_sidecars("proxy"), {"main": Program(stop_seconds=2)}, delete_at_seconds=20)
    assert life.when("SIGTERM", "main") == (20,)
    assert life.when("SIGTERM", "proxy") == (22,)
    assert life.pod.status.phase == "Succeeded"


def test_an_image_that_is_missing_is_pulled() -> None:
    assert pod_life(pod("web", image="a:1"), images=(), until_seconds=1).when("started", "main") == (0,)
    never = Pod(spec=PodSpec(containers=(Container(name="main", image="a:1", image_pull_policy="Never"),)))
    life = pod_life(never, images=(), until_seconds=1)
    waiting = life.pod.status.container_statuses[0].state.waiting
    assert waiting is not None
    assert waiting.reason == "ErrImageNeverPull"
    assert life.pod.status.phase == "Pending"


@given(pods(), PROGRAMS, st.none() | st.integers(0, 40))
def test_a_life_is_in_order_and_the_same_each_time(item: Pod, running: dict[str, Program], deleted: int | None) -> None:
    life = pod_life(item, running, until_seconds=60, delete_at_seconds=deleted)
    times = [happening.at_seconds for happening in life.timeline]
    assert times == sorted(times)
    assert life == pod_life(item, running, until_seconds=60, delete_at_seconds=deleted)
    assert deleted is None or not any(status.state.running for status in life.pod.status.container_statuses)


@pytest.mark.parametrize("until_seconds", [-1, 10**9])
def test_a_time_out_of_bounds_is_refused(until_seconds: float) -> None:
    with pytest.raises(FieldError, match="until_seconds: Invalid value"):
        pod_life(pod("web"), until_seconds=until_seconds)
