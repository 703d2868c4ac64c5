from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime_strategies import HOOK, pods

from k8smodels.api.container_life import ExecAction, Lifecycle, LifecycleHandler, Probe
from k8smodels.api.durations import SECOND_NS
from k8smodels.api.pod import Container, Pod, PodSpec, pod
from k8smodels.runtime import PodWorker, SimulatedRuntime
from k8smodels.runtime.cri_calls import Call, CreateContainer, StartContainer, StopContainer, StopPodSandbox
from k8smodels.runtime.expansion import expand
from k8smodels.runtime.image_names import ImageNameError, with_default_tag
from k8smodels.runtime.probe_state import ProbeState

IMAGES = ("i:1", "c:1")
STEPS = st.lists(
    st.tuples(st.sampled_from(["sync", "exit", "lose"]), st.integers(0, 5), st.sampled_from([0, 1])), max_size=12
)


def names(calls: tuple[Call, ...]) -> list[str]:
    return [type(call).__name__ for call in calls]


def lived(item: Pod, steps: list[tuple[str, int, int]]) -> tuple[PodWorker, list[Call]]:
    worker, calls = PodWorker(SimulatedRuntime(IMAGES)), list[Call]()
    containers = [container.name for container in item.all_containers]
    for what, which, code in steps:
        if what == "exit":
            worker.runtime.exit(containers[which % len(containers)], code)
        elif what == "lose":
            worker.runtime.lose_sandbox()
        calls += worker.sync(item).calls
    return worker, calls


@given(pods(), STEPS)
def test_every_container_that_is_created_is_started_next(item: Pod, steps: list[tuple[str, int, int]]) -> None:
    _, calls = lived(item, steps)
    for i, call in enumerate(calls):
        if isinstance(call, CreateContainer):
            assert calls[i + 1] == StartContainer(call.container)


@given(pods(), STEPS)
def test_no_container_of_a_name_runs_twice(item: Pod, steps: list[tuple[str, int, int]]) -> None:
    worker, _ = lived(item, steps)
    running = [record.name for record in worker.runtime.status().with_state("running")]
    assert len(running) == len(set(running))


@given(pods(), STEPS)
def test_a_kill_stops_containers_then_sidecars_backwards_then_the_sandbox(
    item: Pod, steps: list[tuple[str, int, int]]
) -> None:
    worker, _ = lived(item, [*steps, ("sync", 0, 0)])
    running = {record.name for record in worker.runtime.status().with_state("running")}
    calls = worker.kill(item).calls
    stopped = [call.container for call in calls if isinstance(call, StopContainer)]
    sidecars = [container.name for container in item.spec.init_containers if container.is_sidecar]
    assert set(stopped) == running
    assert [name for name in stopped if name in sidecars] == [name for name in reversed(sidecars) if name in running]
    first_sidecar = next((i for i, name in enumerate(stopped) if name in sidecars), len(stopped))
    assert all(name in sidecars for name in stopped[first_sidecar:])
    assert isinstance(calls[-1], StopPodSandbox)


@given(pods(), STEPS, st.none() | st.integers(0, 5))
def test_every_stop_leaves_at_least_two_seconds(
    item: Pod, steps: list[tuple[str, int, int]], override: int | None
) -> None:
    worker, _ = lived(item, [*steps, ("sync", 0, 0)])
    stops = [
        call for call in worker.kill(item, grace_period_override=override).calls if isinstance(call, StopContainer)
    ]
    assert all(stop.timeout >= 2 for stop in stops)


def test_a_failed_liveness_probe_restarts_the_container_with_the_grace_of_the_probe() -> None:
    probe = Probe(exec=ExecAction(command=("x",)), termination_grace_period_seconds=7)
    spec = PodSpec(
        containers=(Container(name="app", image="c:1", liveness_probe=probe),), termination_grace_period_seconds=30
    )
    worker = PodWorker(SimulatedRuntime(IMAGES))
    worker.sync(Pod(spec=spec))
    result = worker.sync(Pod(spec=spec), probes=ProbeState(failed={"app": "liveness"}))
    assert str(result.events[0]) == "Normal Killing Container app failed liveness probe, will be restarted"
    assert StopContainer("app", 7) in result.calls
    assert names(result.calls)[-1] == "StartContainer"


def test_with_policy_never_a_failed_liveness_probe_ends_the_pod() -> None:
    item = pod("web", image="c:1", restart_policy="Never")
    worker = PodWorker(SimulatedRuntime(IMAGES))
    worker.sync(item)
    assert names(worker.sync(item, probes=ProbeState(failed={"main": "liveness"})).calls) == [
        "StopContainer",
        "StopPodSandbox",
    ]


def test_the_next_container_waits_for_a_sidecar_that_is_starting() -> None:
    sidecar = Container(name="proxy", image="i:1", restart_policy="Always", startup_probe=Probe())
    item = pod("web", image="c:1", init_containers=(sidecar,))
    worker = PodWorker(SimulatedRuntime(IMAGES))
    worker.sync(item)
    assert not worker.sync(item, probes=ProbeState(starting=frozenset({"proxy"}))).calls
    assert StartContainer("main") in worker.sync(item).calls


def test_hooks_run_right_after_the_start_and_before_the_stop_of_each() -> None:
    lifecycle = Lifecycle(post_start=LifecycleHandler(exec=ExecAction(command=("hello",))), pre_stop=HOOK.pre_stop)
    sidecar = Container(name="proxy", image="i:1", restart_policy="Always", lifecycle=HOOK)
    app = Container(name="app", image="c:1", lifecycle=lifecycle)
    item = Pod(spec=PodSpec(containers=(app,), init_containers=(sidecar,), termination_grace_period_seconds=9))
    worker = PodWorker(SimulatedRuntime(IMAGES))
    worker.sync(item)
    assert names(worker.sync(item).calls)[-2:] == ["StartContainer", "ExecSync"]
    assert names(worker.kill(item).calls) == [
        "ExecSync",
        "StopContainer",
        "ExecSync",
        "StopContainer",
        "StopPodSandbox",
    ]


def test_a_wait_ends_by_itself_when_time_goes_on() -> None:
    item, worker = pod("web", image="c:1"), PodWorker(SimulatedRuntime(IMAGES))
    for _ in range(2):
        worker.sync(item)
        worker.runtime.exit("main", 1)
    waits = worker.sync(item, now_ns=9 * SECOND_NS)
    assert waits.errors[0].reason == "CrashLoopBackOff"
    assert waits.errors[0].retry_at_ns == 10 * SECOND_NS
    assert not worker.sync(item, now_ns=10 * SECOND_NS).errors


@pytest.mark.parametrize(
    ("policy", "present", "reason", "asked"),
    [
        ("Never", False, "ErrImageNeverPull", ["ImageStatus"]),
        ("IfNotPresent", False, "ErrImagePull", ["ImageStatus", "PullImage"]),
        ("Always", True, "ErrImagePull", ["PullImage"]),
    ],
)
def test_each_pull_policy_fails_in_its_own_way(policy: str, present: bool, reason: str, asked: list[str]) -> None:
    runtime = SimulatedRuntime(["c:1"] if present else [])
    runtime.failing_pulls.append("manifest unknown")
    result = PodWorker(runtime).sync(
        Pod(spec=PodSpec(containers=(Container(name="a", image="c:1", image_pull_policy=policy),)))
    )
    assert [error.reason for error in result.errors] == [reason]
    assert names(result.calls)[1:] == asked


def test_after_a_failed_pull_the_kubelet_waits_and_then_tries_again() -> None:
    item, runtime = pod("web", image="c:1"), SimulatedRuntime()
    runtime.failing_pulls.append("manifest unknown")
    worker = PodWorker(runtime)
    worker.sync(item)
    error = worker.sync(item, now_ns=9 * SECOND_NS).errors[0]
    assert error.message == 'Back-off pulling image "c:1": ErrImagePull: manifest unknown'
    assert error.reason == "ImagePullBackOff"
    assert StartContainer("main") in worker.sync(item, now_ns=error.retry_at_ns).calls


@pytest.mark.parametrize(
    ("text", "expanded"),
    [("$(A)$(A)", "11"), ("$(B)", "$(B)"), ("$$(A)", "$(A)"), ("$(A", "$(A"), ("$A $", "$A $"), ("$$$(A)", "$1")],
)
def test_variables_expand_as_in_the_api(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1"}) == expanded


@pytest.mark.parametrize("image", ["", " ", "a//b", "nginx:", "nginx@sha256:abc", "http://nginx", "-a"])
def test_a_name_that_no_image_can_have_is_refused(image: str) -> None:
    with pytest.raises(ImageNameError, match=r"couldn't parse image name .*: invalid reference format$"):
        with_default_tag(image)


def test_a_host_with_a_port_is_no_tag() -> None:
    assert with_default_tag("localhost:5000/app") == "localhost:5000/app:latest"
    assert with_default_tag("gcr.io/a/b@sha256:" + "0" * 64) == "gcr.io/a/b@sha256:" + "0" * 64
