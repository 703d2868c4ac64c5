"""runc makes, signals and ends containers as the models of the runtime say."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from k8smodels.runtime import Process, ProcessTree, SimulatedRuntime, effect, explain_exit_code
from k8smodels.runtime.cri_calls import CreateContainer, RemoveContainer, RunPodSandbox, StartContainer
from k8smodels.runtime.shim import SHIM, node_processes, start_container
from k8smodels.runtime.signals import NUMBERS

pytestmark = pytest.mark.reality

OCI_STATUS = {"created": "created", "running": "running", "exited": "stopped"}
"""The OCI's word for each state of the CRI."""
FORCED = ("SIGKILL", "SIGSTOP")
DEAF = ["/bin/sleep", "1000"]
HANDLED = " ".join(str(number) for name, number in NUMBERS.items() if name not in FORCED)
HEARS = f'for n in {HANDLED}; do trap "echo $n" $n; done; echo ready; sleep 1000 & while :; do wait; done'
RUN = (("create",), ("start",))
SHELL_CODES = {
    "ends well": "exit 0",
    "its own code": "exit 7",
    "an unknown command": "none",
    "what is no program": "/proc",
    "a code above 255": "exit 300",
    "a child that SIGSEGV ends": "sleep 1000 & kill -SEGV $!; wait $!",
    "itself by SIGKILL": "kill -KILL $$; exit 4",
}
WANTED_CODES = {
    "ends well": 0,
    "its own code": 7,
    "an unknown command": 127,
    "what is no program": 126,
    "a code above 255": 300 % 256,
    "a child that SIGSEGV ends": effect("SIGSEGV").exit_code,
    "itself by SIGKILL": effect("SIGKILL", is_init=True, from_inside=True).exit_code or 4,
}
"""What the models say; 126, 127 and the 256 are the shell's own."""


def _signals(target: str, names: Any, *, exec_each: bool = False) -> list[tuple[Any, ...]]:
    steps: list[tuple[Any, ...]] = []
    for name in names:
        process = name if exec_each else target
        steps += [("exec", process, *DEAF)] if exec_each else []
        steps.append(("signal", process, NUMBERS[name]))
    return steps


CONTAINERS: Mapping[str, tuple[list[str], list[tuple[Any, ...]]]] = {
    "life": (DEAF, [*RUN, ("signal", "init", 9), ("delete",)]),
    "parent": (DEAF, [("create",), ("parent_is_shim", "init")]),
    "deaf": (DEAF, [*RUN, *_signals("init", [n for n in NUMBERS if n not in FORCED])]),
    "hears": (["/bin/sh", "-c", HEARS], [*RUN, ("ready",), *_signals("init", [n for n in NUMBERS if n not in FORCED])]),
    "forced": (DEAF, [*RUN, *_signals("init", ["SIGSTOP", "SIGCONT", "SIGKILL"])]),
    "inside": (DEAF, [*RUN, *(("signal_inside", NUMBERS[name]) for name in (*FORCED, "SIGTERM"))]),
    "second": (DEAF, [*RUN, *_signals("", NUMBERS, exec_each=True)]),
    "all": (DEAF, [*RUN, ("exec", "two", *DEAF), ("exec", "three", *DEAF), ("signal", "init", 9), ("wait", "three")]),
    **{name: (["/bin/sh", "-c", script], [*RUN, ("wait", "init")]) for name, script in SHELL_CODES.items()},
}


@pytest.fixture(scope="module")
def kernel(measure: Callable[..., dict[str, Any]], programs: Callable[..., dict[str, str]]) -> dict[str, Any]:
    """Each container's steps and what came out."""
    containers = {name: {"args": args, "steps": steps} for name, (args, steps) in CONTAINERS.items()}
    request = {"programs": programs("runc", "busybox"), "containers": containers}
    return dict(measure("oci_runtime", request)["containers"])


def _reactions(steps: list[dict[str, Any]], name: str) -> dict[str, str]:
    """What each signal of a container's script did."""
    numbers = {number: signal for signal, number in NUMBERS.items()}
    calls = zip(CONTAINERS[name][1], steps, strict=True)
    return {numbers[call[-1]]: step["answer"] for call, step in calls if call[0].startswith("signal")}


def _effects(names: Any, **process: bool) -> dict[str, str]:
    """What the model says; whether a core is written is a matter of limits."""
    return {name: effect(name, **process).what.replace("core dumped", "terminated") for name in names}


def test_a_container_goes_through_the_states_of_the_model(kernel: Any, compared: Any) -> None:
    runtime, states = SimulatedRuntime(), []
    runtime.call(RunPodSandbox("default/web", 0, "", {}))
    create = CreateContainer("main", 0, "busybox", None, None, "", "0", {})
    changes = [
        lambda: runtime.call(create),
        lambda: runtime.call(StartContainer("main")),
        lambda: runtime.exit("main", 137),
        lambda: runtime.call(RemoveContainer("main", 0)),
    ]
    for change in changes:
        change()
        record = runtime.status().latest("main")
        states.append(OCI_STATUS[record.state] if record else None)
    measured = [step["status"] for step in kernel["life"]]
    compared(len(states), "after create", measured[0], states[0])
    assert measured == states


def test_the_runtime_leaves_the_first_process_to_the_shim(kernel: Any, compared: Any) -> None:
    child_of_shim = start_container(node_processes(), "app").process("app").parent == SHIM
    measured = kernel["parent"][1]["answer"]
    compared(1, "the first process is a child of the shim", measured, child_of_shim)
    assert measured == child_of_shim


@pytest.mark.parametrize("name", ["deaf", "hears"])
def test_the_first_process_gets_only_signals_that_it_has_a_handler_for(name: str, kernel: Any, compared: Any) -> None:
    measured = _reactions(kernel[name], name)
    predicted = _effects(measured, is_init=True, handler=name == "hears")
    compared(len(predicted), "SIGTERM without a handler", measured["SIGTERM"], predicted["SIGTERM"])
    assert measured == predicted


def test_no_first_process_is_safe_from_force_from_outside(kernel: Any, compared: Any) -> None:
    stopped, continued, killed = (step["answer"] for step in kernel["forced"][2:])
    predicted = _effects(FORCED, is_init=True)
    compared(3, "SIGKILL", killed, predicted["SIGKILL"])
    assert {"SIGSTOP": stopped, "SIGKILL": killed} == predicted
    assert continued == effect("SIGCONT").what
    assert kernel["forced"][-1]["ended"] == {"init": effect("SIGKILL", is_init=True).exit_code}


def test_the_first_process_is_safe_from_its_own_namespace(kernel: Any, compared: Any) -> None:
    measured = _reactions(kernel["inside"], "inside")
    predicted = _effects(measured, is_init=True, from_inside=True)
    compared(len(predicted), "SIGKILL", measured["SIGKILL"], predicted["SIGKILL"])
    assert measured == predicted


def test_a_signal_does_to_any_other_process_what_its_default_is(kernel: Any, compared: Any) -> None:
    measured, codes = _reactions(kernel["second"], "second"), kernel["second"][-1]["ended"]
    predicted = _effects(NUMBERS, orphaned_group=True) | {"SIGCONT": "ignored"}  # of a process that is not stopped
    wanted_codes = {name: code for name in NUMBERS if (code := effect(name).exit_code)}
    compared(len(predicted) + len(wanted_codes), "exit code of SIGSEGV", codes["SIGSEGV"], wanted_codes["SIGSEGV"])
    assert measured == predicted
    assert codes == wanted_codes


def test_the_end_of_the_first_process_ends_all(kernel: Any, compared: Any) -> None:
    tree = ProcessTree().start(Process("shim", waits="all")).start(Process("init", "shim", namespace="app"))
    for name in ("two", "three"):
        tree = tree.start(Process(name, "init", namespace="app"))
    predicted = {item.process: item.exit_code for item in tree.kill("init").collected}
    measured = kernel["all"][-1]["ended"]
    compared(len(predicted), "exit code of another process", measured["two"], predicted["two"])
    assert measured == predicted


@pytest.mark.parametrize("name", SHELL_CODES)
def test_an_exit_code_tells_how_the_program_ended(name: str, kernel: Any, compared: Any) -> None:
    measured = kernel[name][-1]["ended"]["init"]
    compared(1, name, measured, WANTED_CODES[name])
    assert measured == WANTED_CODES[name]
    assert explain_exit_code(measured).signal == ("SIGSEGV" if "SIGSEGV" in name else "")
