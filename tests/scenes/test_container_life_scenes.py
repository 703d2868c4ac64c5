"""The examples of the chapter on a container's life show what its text says they show."""

from __future__ import annotations

import pytest

from k8smodels.scenes import container_life as scenes
from k8smodels.scenes import container_life_diagnosis as diagnosis
from k8smodels.scenes import container_life_exercises as exercises
from k8smodels.scenes import container_life_own as own
from k8smodels.scenes import container_life_pods as pods

EXERCISES = [
    exercises.what_code_tells,
    exercises.how_long,
    exercises.next_restart,
    exercises.which_phase,
    exercises.earliest_kill,
    diagnosis.diagnose,
]


def test_only_the_first_process_takes_the_container_with_it() -> None:
    assert scenes.ends("nginx", 0).says.startswith("The container runs, though **nginx** has ended")
    assert scenes.ends("start.sh", 3).says.startswith("The container has ended with exit code **3**")


@pytest.mark.parametrize(
    ("signal", "sender", "fate"),
    [
        ("SIGTERM", "outside", "ignored"),
        ("SIGTERM", "inside", "ignored"),
        ("SIGKILL", "outside", "terminated"),
        ("SIGKILL", "inside", "ignored"),
    ],
)
def test_a_first_process_without_a_handler_only_hears_sigkill_from_outside(signal: str, sender: str, fate: str) -> None:
    assert scenes.signal(signal, sender).says.endswith(f"**{fate}**.")


@pytest.mark.parametrize(
    ("program", "seconds", "code"),
    [("quick", 1, 0), ("slow", 20, 0), ("deaf", 30, 137), ("shell", 30, 137), ("tini", 0, 143)],
)
def test_how_a_program_takes_sigterm_decides_its_exit_code(program: str, seconds: int, code: int) -> None:
    assert f"after **{seconds} s** with exit code **{code}**" in scenes.stopping(program, 30, 0).says


def test_less_grace_than_a_program_needs_ends_in_137() -> None:
    assert "after **10 s** with exit code **137**" in scenes.stopping("slow", 10, 0).says


def test_the_shim_keeps_the_exit_code_while_the_daemon_is_away() -> None:
    assert "**3** lies with the shim" in scenes.daemon(True, scenes.DAEMON_STEPS - 1).says
    assert "Nobody knows it now" in scenes.daemon(False, scenes.DAEMON_STEPS - 1).says


@pytest.mark.parametrize("first", ["own", "none", "tini"])
def test_every_step_of_the_zombies_says_something(first: str) -> None:
    said = [scenes.zombies(first, step).says for step in range(scenes.ZOMBIE_STEPS)]
    assert all(said)
    assert any("ombie" in line for line in said)


def test_a_sidecar_lets_a_job_succeed_and_an_ordinary_container_does_not() -> None:
    assert "phase **Succeeded**" in pods.order("sidecar", "works", "job").says
    assert "phase **Running**" in pods.order("container", "works", "job").says


def test_a_liveness_probe_kills_a_slow_start_and_startup_gives_it_time() -> None:
    assert pods.probes("slow", "liveness", 10, 3).says.startswith("**Killed 1 time**")
    assert pods.probes("slow", "all three", 10, 3).says.startswith("**Killed 0 times**")


def test_running_is_not_ready() -> None:
    frame = pods.phase("runs, not ready", "runs, ready", "Always")
    assert "Phase **Running**" in frame.says


@pytest.mark.parametrize("program", pods.restart_programs())
@pytest.mark.parametrize("policy", pods.POLICIES)
def test_every_step_of_the_restarts_says_something(program: str, policy: str) -> None:
    assert all(pods.restarts(program, policy, step).says for step in range(pods.RESTART_STEPS))


def test_a_reader_s_pod_gets_the_api_server_s_errors() -> None:
    texts = dict(own.EXAMPLES)
    with pytest.raises(ValueError, match=r"livenessProbe\.tcpSocket: Forbidden: may not specify more than 1 handler"):
        own.noticed(texts["refused"])
    assert own.noticed(texts["defaults"]).says.startswith("Accepted.")


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({(exercise(seed).text, exercise(seed).steps[0].ask) for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert len({str([step.answer for step in exercise(seed).steps]) for seed in range(20)}) > 2
