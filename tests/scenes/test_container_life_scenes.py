"""The examples of the chapter on a container's life show what its text says they show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from k8smodels.api.container_life import ExecAction, Probe
from k8smodels.api.kinds import load_file
from k8smodels.api.pod import Container, Pod, pod
from k8smodels.explore import Explorer, Text
from k8smodels.runtime import Answer, crash_loop, pod_phase, run_probes
from k8smodels.scenes import container_life as scenes
from k8smodels.scenes import container_life_diagnosis as diagnosis
from k8smodels.scenes import container_life_exercises as exercises
from k8smodels.scenes import container_life_own as own
from k8smodels.scenes import container_life_pods as pods

ROOT = Path(__file__).parents[2]
FILES = ROOT / "book" / "files"
EXERCISES = [
    exercises.what_code_tells,
    exercises.how_long,
    exercises.next_restart,
    exercises.which_phase,
    exercises.earliest_kill,
    diagnosis.diagnose,
]


def test_a_script_that_ends_well_takes_its_server_with_it_again_and_again() -> None:
    frame = scenes.puzzle()
    assert "CrashLoopBackOff   3" in frame.html
    assert frame.says == "After 40 s: 4 starts, each of them ended with exit code 0."


def test_only_the_first_process_takes_the_container_with_it() -> None:
    assert "The container runs" in scenes.ends("nobody", 0).says
    assert "The container runs" in scenes.ends("nginx", 3).says
    assert "exit code **3**" in scenes.ends("start.sh", 3).says
    assert "exit 137" in scenes.ends("start.sh", 3).html


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
    ("program", "grace", "hook", "seconds", "code"),
    [
        ("quick", 30, 0, 1, 0),
        ("slow", 30, 0, 20, 0),
        ("slow", 10, 0, 10, 137),
        ("deaf", 30, 0, 30, 137),
        ("shell", 30, 0, 30, 137),
        ("tini", 30, 0, 0, 143),
        ("quick", 30, 10, 11, 0),
        ("deaf", 30, 40, 32, 137),
        ("quick", 30, 40, 31, 0),
    ],
)
def test_hook_and_stop_share_one_grace_period(program: str, grace: int, hook: int, seconds: float, code: int) -> None:
    end = scenes.stopped(program, grace, hook).end("main")
    assert (end.end_seconds, end.exit_code) == (seconds, code)
    assert f"after **{seconds} s** with exit code **{code}**" in scenes.stopping(program, grace, hook).says


@pytest.mark.parametrize(("first", "count"), [("own", 2), ("none", 4), ("tini", 0)])
def test_who_never_waits_for_strangers_has_zombies(first: str, count: int) -> None:
    assert len(scenes.zombie_story(first)[4].zombies) == count
    assert not scenes.zombie_story(first)[5].zombies


def test_the_helper_of_a_dead_worker_goes_to_process_1() -> None:
    assert scenes.zombie_story("own")[2].process("helper").parent == "app"
    assert scenes.zombie_story("tini")[2].process("helper").parent == "tini"


def test_the_shim_keeps_what_a_dead_daemon_cannot_learn() -> None:
    assert "collects exit code **3** and tells containerd" in scenes.daemon(True, False, 3).says
    assert "reports **255**, `Unknown`" in scenes.daemon(True, True, 3).says
    for away in (True, False):
        assert "Nobody knows it now" in scenes.daemon(False, away, 3).says
        assert scenes.daemon_story(True, away)[1].process("app").parent == "containerd-shim-runc-v2"
        assert scenes.daemon_story(False, away)[1].process("app").parent == "systemd"


def test_after_the_fifth_failure_the_kubelet_waits_80_seconds() -> None:
    assert crash_loop([0] * 5)[-1].waited_ns == 80 * 10**9


@pytest.mark.parametrize(
    ("program", "policy", "status", "phase"),
    [
        ("fails", "Always", "CrashLoopBackOff", "Running"),
        ("fails", "OnFailure", "CrashLoopBackOff", "Running"),
        ("fails", "Never", "Error", "Failed"),
        ("done", "Always", "CrashLoopBackOff", "Running"),
        ("done", "OnFailure", "Completed", "Succeeded"),
        ("rule", "Never", "CrashLoopBackOff", "Running"),
    ],
)
def test_the_policy_decides_whether_a_container_is_finished(program: str, policy: str, status: str, phase: str) -> None:
    frame = pods.restarts(program, policy, 8)
    assert status in frame.html
    assert f"**{phase}**" in frame.says


def test_a_long_run_begins_the_waits_anew() -> None:
    assert "<td>14 s</td><td>714 s</td><td>exit 1</td><td>0 s</td>" in pods.restarts("long", "Always", 9).html


def test_a_proxy_that_is_no_sidecar_keeps_its_job_from_ending() -> None:
    assert "phase **Running**" in pods.order("container", "works", "job").says
    assert "phase **Succeeded**" in pods.order("sidecar", "works", "job").says
    assert "**Init:1/2**" in pods.order("init", "works", "server").says


def test_a_sidecar_is_told_to_stop_when_the_containers_have_ended() -> None:
    life = pods.ordered("sidecar", "works", "server")
    assert life.when("SIGTERM", "proxy") == life.when("exit 0", "app")


@pytest.mark.parametrize("first_tick_seconds", [0, 0.1, 3, 5, 9.9])
def test_a_start_that_needs_60_seconds_never_answers_whenever_the_first_probe_comes(first_tick_seconds: float) -> None:
    late = (Answer(0, False), Answer(60))
    probed = run_probes(
        pods.probed_pod(["liveness"], 10, 3),
        {"liveness": late},
        first_tick_seconds=first_tick_seconds,
        until_seconds=3000,
    )
    assert not any(item.success for item in probed.results)
    assert 20 <= probed.when("Killing")[0] < 30


@pytest.mark.parametrize("seed", range(6))
def test_what_is_asked_of_a_slow_start_holds_whenever_the_first_probe_comes(seed: int) -> None:
    task = exercises.earliest_kill(seed)
    first, earliest, surely, saving = (step.answer for step in task.steps)
    delay, period, failures, needs = (int(n) for n in re.findall(r"(?:: |first )(\d+)", task.text))
    late = (Answer(0, False), Answer(needs))

    def run(phase: float, threshold: int):
        probe = Probe(
            exec=ExecAction(command=("check",)),
            initial_delay_seconds=delay,
            period_seconds=period,
            failure_threshold=threshold,
        )
        web = pod("web", containers=(Container(name="main", image="web:1", liveness_probe=probe),))
        return run_probes(web, {"liveness": late}, first_tick_seconds=phase, until_seconds=400)

    phases = [n * period / 8 for n in range(8)]
    found = [run(phase, failures) for phase in [*phases, delay % period]]
    assert min(item.results[0].at_seconds for item in found) == first
    kills = [item.when("Killing")[0] for item in found]
    assert min(kills) == earliest
    assert max(kills) < surely
    assert not any(run(phase, saving).when("Killing") for phase in phases)
    assert run(delay % period, saving - 1).when("Killing")


def test_overload_is_killed_by_liveness_and_spared_by_readiness() -> None:
    assert pods.probes("busy", "readiness", 10, 3).says.startswith("**Killed 0 times**")
    assert pods.probes("busy", "liveness", 5, 1).says.startswith("**Killed 2 times**")
    assert pods.probes("slow", "all three", 10, 3).says.startswith("**Killed 0 times**")


def test_a_startup_probe_holds_the_others_back() -> None:
    probed = run_probes(
        pods.probed_pod(["startup", "liveness"], 10, 3), {"startup": (Answer(0, False), Answer(25))}, until_seconds=60
    )
    assert min(item.at_seconds for item in probed.results if item.kind == "liveness") >= 30


def test_running_is_not_ready_and_completed_is_not_succeeded() -> None:
    assert "1/2     Running" in pods.phase("runs, not ready", "runs, ready", "Always").html
    assert "**Running**" in pods.phase("waits to restart", "ended with 1", "Always").says
    assert "Completed" in pods.phase("ended with 0", "ended with 0", "Always").html


def test_the_kernel_stopped_each_program_as_the_model_says() -> None:
    measured = json.loads((FILES / "measured-life.json").read_text())
    frame = scenes.against_the_kernel(measured["stops"], measured["graceSeconds"])
    assert frame.says.startswith("5 of 5 agree")
    assert list(measured["zombies"].values()) == [5, 0]


def test_the_book_tells_of_the_recorded_node_what_the_models_are_held_to() -> None:
    told = json.loads((FILES / "recorded-life.json").read_text())["startedSeconds"]
    held = json.loads((ROOT / "tests" / "runtime" / "crash_loop_recording.json").read_text())["startedSeconds"]
    assert told == held


def test_the_statuses_of_the_file_have_the_phases_that_they_claim() -> None:
    found = [item for item in load_file(FILES / "life.yaml") if isinstance(item, Pod)]
    assert [pod_phase(item).phase for item in found] == [item.status.phase for item in found]


def test_a_hanging_program_is_noticed_between_two_times() -> None:
    assert "<td>21 to 31 s</td><td>51 to 61 s</td>" in own.noticed(own.EXAMPLES["defaults"]).html
    assert "nobody restarts worker" in own.noticed(own.EXAMPLES["nobody looks"]).says


def test_the_solution_of_the_own_input_keeps_its_promise() -> None:
    text = own.EXAMPLES["quick"].replace("periodSeconds: 5\n      timeoutSeconds: 2", "periodSeconds: 2")
    text = text.replace(
        "terminationGracePeriodSeconds: 5\n", "failureThreshold: 2\n      terminationGracePeriodSeconds: 3\n"
    )
    assert "<td>3 to 5 s</td><td>6 to 8 s</td>" in own.noticed(text).html


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (own.EXAMPLES["refused"], "livenessProbe.successThreshold: Invalid value: 2: must be 1"),
        ("[", "error converting YAML"),
        ("{apiVersion: v1, kind: Node, metadata: {name: a}}", "Give one Pod."),
        (
            own.EXAMPLES["defaults"]
            .replace("/healthz", "/x")
            .replace("8080}\n    l", "8080}\n      periodSeconds: 1000000000\n    l"),
            "looks 7200 s",
        ),
    ],
)
def test_bad_input_is_answered_and_not_raised(text: str, says: str) -> None:
    explorer = Explorer(own.noticed, title="Own", text=Text(cases=own.EXAMPLES))
    assert says in explorer.frame(text=text).html


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_gives_the_same_task_for_a_seed_and_others_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(12)}) > 3


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_answers_of_an_exercise_vary(exercise) -> None:
    assert max(len({str(task.steps[i].answer) for task in map(exercise, range(20))}) for i in range(2)) > 2


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_explanation_of_a_wrong_answer_stands_for_the_right_one(exercise) -> None:
    steps = [step for seed in range(20) for step in exercise(seed).steps]
    right = [f"{step.answer:g}" if isinstance(step.answer, int | float) else str(step.answer) for step in steps]
    assert not [answer for answer, step in zip(right, steps, strict=True) if answer in step.wrong]
