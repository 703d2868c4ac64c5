from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.container_life import ExecAction, HTTPGetAction, Probe, TCPSocketAction
from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.pod import Container, Pod, PodSpec
from k8smodels.runtime import Answer, Program, probe_errors, run_probes

EXEC = ExecAction(command=("check",))
FAILS = (Answer(success=False),)


def probed(restart_policy: str = "Always", **probes: Probe) -> Pod:
    container = Container(name="app", image="a:1", **{f"{kind}_probe": probe for kind, probe in probes.items()})
    return Pod(spec=PodSpec(containers=(container,), restart_policy=restart_policy))


def test_a_container_without_probes_is_ready_at_once() -> None:
    assert run_probes(probed(), {}).when("ready") == (0,)


def test_the_first_probe_comes_at_a_tick_of_its_worker() -> None:
    found = run_probes(probed(liveness=Probe(exec=EXEC)), {}, first_tick_seconds=7, until_seconds=30)
    assert [item.at_seconds for item in found.results] == [7, 17, 27]


def test_readiness_takes_its_successes_and_loses_them_by_its_failures() -> None:
    pod = probed(readiness=Probe(exec=EXEC, period_seconds=5, success_threshold=2))
    answers = {"readiness": (Answer(success=False), Answer(7), Answer(30, success=False))}
    found = run_probes(pod, answers, until_seconds=60)
    assert found.when("ready") == (15,)
    assert found.when("unready") == (40,)
    assert not found.when("Killing")
    assert [found.ready_at(second) for second in (14, 15, 39, 40)] == [False, True, True, False]


def test_liveness_kills_after_its_failures_and_the_container_starts_again() -> None:
    pod = probed(liveness=Probe(exec=EXEC, initial_delay_seconds=3, period_seconds=2))
    found = run_probes(pod, {"liveness": FAILS}, until_seconds=12)
    assert [result.at_seconds for result in found.results] == [4, 6, 8, 12]
    assert found.when("Killing") == (8,)
    assert found.when("running") == (0, 8)
    killing = next(item for item in found.timeline if item.what == "Killing")
    assert killing.why == "Container app failed liveness probe, will be restarted"


def test_a_second_restart_waits() -> None:
    pod = probed(liveness=Probe(exec=EXEC, period_seconds=1, failure_threshold=1))
    assert run_probes(pod, {"liveness": FAILS}, until_seconds=25).when("running") == (0, 0, 11)


def test_a_deaf_program_is_killed_after_the_grace_period_of_the_probe() -> None:
    probe = Probe(exec=EXEC, period_seconds=1, failure_threshold=3, termination_grace_period_seconds=4)
    found = run_probes(
        probed(liveness=probe), {"liveness": FAILS}, program=Program(handles_sigterm=False), until_seconds=7
    )
    assert found.when("Killing") == (2,)
    assert found.when("exit 137") == (6,)


def test_without_restart_the_story_ends() -> None:
    pod = probed("Never", liveness=Probe(exec=EXEC, period_seconds=1, failure_threshold=1))
    found = run_probes(pod, {"liveness": FAILS})
    assert found.when("running") == (0,)
    assert found.timeline[-1].what == "exit 0"


def test_the_others_ask_nothing_before_the_startup_probe_has_succeeded() -> None:
    probe = Probe(exec=EXEC, period_seconds=1)
    pod = probed(startup=replace(probe, failure_threshold=30), liveness=probe, readiness=probe)
    found = run_probes(pod, {"startup": (Answer(success=False), Answer(5))}, until_seconds=20)
    assert found.when("started") == (5,)
    assert all(result.at_seconds >= 5 for result in found.results if result.kind != "startup")
    assert all(result.at_seconds <= 5 for result in found.results if result.kind == "startup")
    assert found.when("ready") == (5,)


def test_a_startup_probe_that_never_succeeds_kills() -> None:
    pod = probed("Never", startup=Probe(exec=EXEC, period_seconds=2, failure_threshold=4))
    assert run_probes(pod, {"startup": FAILS}).when("Killing") == (6,)


def test_an_answer_after_the_timeout_is_a_failure() -> None:
    pod = probed(readiness=Probe(exec=EXEC, timeout_seconds=1, period_seconds=5))
    slow = run_probes(pod, {"readiness": (Answer(takes_seconds=1.5),)}, until_seconds=20)
    assert not slow.when("ready")
    assert slow.results[0].done_seconds == 1
    assert slow.results[0].output == "no answer within 1 s"
    assert run_probes(pod, {"readiness": (Answer(takes_seconds=0.5),)}, until_seconds=20).when("ready") == (0.5,)


def test_ticks_that_a_slow_answer_misses_become_one() -> None:
    pod = probed(readiness=Probe(exec=EXEC, timeout_seconds=10, period_seconds=2))
    asked = [
        result.at_seconds
        for result in run_probes(pod, {"readiness": (Answer(takes_seconds=5),)}, until_seconds=20).results
    ]
    assert asked == [0, 5, 10, 15]


@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_ready_changes_only_at_a_threshold(well: list[bool], successes: int, failures: int) -> None:
    probe = Probe(exec=EXEC, period_seconds=1, success_threshold=successes, failure_threshold=failures)
    answers = tuple(Answer(second, success=success) for second, success in enumerate(well))
    found = run_probes(probed(readiness=probe), {"readiness": answers}, until_seconds=len(well) - 1)
    assert [result.success for result in found.results] == well
    ready, run = False, 0
    for second, success in enumerate(well):
        run = run + 1 if second and success is well[second - 1] else 1
        if run >= (successes if success else failures):
            ready = success
        assert found.ready_at(second) is ready


@pytest.mark.parametrize(
    ("kind", "probe", "message"),
    [
        ("liveness", Probe(), "spec.containers[0].livenessProbe: Required value: must specify a handler type"),
        (
            "liveness",
            Probe(exec=EXEC, success_threshold=2),
            "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
        ),
        (
            "readiness",
            Probe(exec=EXEC, period_seconds=-1),
            "spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0",
        ),
        (
            "readiness",
            Probe(exec=EXEC, termination_grace_period_seconds=3),
            "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3:"
            " must not be set for readinessProbes",
        ),
        (
            "startup",
            Probe(exec=EXEC, termination_grace_period_seconds=0),
            "spec.containers[0].startupProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0",
        ),
        ("startup", Probe(exec=ExecAction()), "spec.containers[0].startupProbe.exec.command: Required value"),
        (
            "startup",
            Probe(http_get=HTTPGetAction(port=0)),
            "spec.containers[0].startupProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive",
        ),
        (
            "startup",
            Probe(http_get=HTTPGetAction(port="http", scheme="FTP")),
            'spec.containers[0].startupProbe.httpGet.scheme: Unsupported value: "FTP":'
            ' supported values: "HTTP", "HTTPS"',
        ),
        (
            "startup",
            Probe(exec=EXEC, tcp_socket=TCPSocketAction(port=80)),
            "spec.containers[0].startupProbe.tcpSocket: Forbidden: may not specify more than 1 handler type",
        ),
        (
            "startup",
            Probe(tcp_socket=TCPSocketAction(port="a--b")),
            'spec.containers[0].startupProbe.tcpSocket.port: Invalid value: "a--b":'
            " must not contain consecutive hyphens",
        ),
    ],
)
def test_a_probe_that_makes_no_sense_is_refused_in_the_words_of_the_api_server(
    kind: str, probe: Probe, message: str
) -> None:
    pod = probed(**{kind: probe})
    assert [str(error) for error in probe_errors(pod)] == [message]
    with pytest.raises(InvalidObject):
        run_probes(pod, {})


def test_an_init_container_that_is_no_sidecar_has_no_probes() -> None:
    init = Container(name="i", image="i:1", liveness_probe=Probe(exec=EXEC))
    pod = Pod(spec=PodSpec(init_containers=(init,)))
    path = "spec.initContainers[0].livenessProbe"
    assert [str(error) for error in probe_errors(pod)] == [
        f"{path}: Forbidden: may not be set for init containers without restartPolicy=Always"
    ]


@pytest.mark.parametrize("arguments", [{"until_seconds": -1}, {"until_seconds": 1e9}, {"container": "nobody"}])
def test_what_cannot_be_computed_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(FieldError):
        run_probes(probed(), {}, **arguments)  # type: ignore[arg-type]
