"""containerd, asked by calls of the CRI, pulls, runs, stops and forgets as the models of images and runtime say."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from k8smodels.api.pod import pod
from k8smodels.images import (
    Image,
    ImageReference,
    NodeStore,
    Registry,
    build_image,
    diff,
    file,
    file_tree,
    image_layer,
    symlink,
    write_layout_directory,
)
from k8smodels.runtime import (
    Process,
    Program,
    SimulatedRuntime,
    explain_exit_code,
    job,
    node_processes,
    start_container,
    terminate_pod,
)
from k8smodels.runtime.cri_calls import (
    CreateContainer,
    RemoveContainer,
    RunPodSandbox,
    StartContainer,
    StopContainer,
    StopPodSandbox,
)
from k8smodels.runtime.exit_codes import START_ERROR
from k8smodels.runtime.shim import DAEMON, SANDBOX, SHIM, exit_code_after_return

pytestmark = pytest.mark.reality

PORT, GRACE_S, LIMIT_BYTES = 5000, 2, 16 << 20
PAUSE, APP = f"localhost:{PORT}/pause:1", f"localhost:{PORT}/app:1"
LATE_S = 1.5
"""How much later than in the model a stop may be done on a busy machine."""

STOPPED: Mapping[str, tuple[str, Program]] = {
    "a handler that ends it": ("trap 'exit 3' TERM; {}", Program(stop_exit_code=3)),
    "a handler that takes a second": ("trap 'sleep 1; exit 4' TERM; {}", Program(stop_seconds=1, stop_exit_code=4)),
    "a handler that takes too long": ("trap 'sleep 9; exit 5' TERM; {}", Program(stop_seconds=9, stop_exit_code=5)),
    "no handler": ("echo ready; exec sleep 1000", Program(handles_sigterm=False)),
    "no handler, under an init": (
        "sleep 1000 & trap 'kill $!' TERM; echo ready; wait; wait $!",
        Program(handles_sigterm=False, under_init=True),
    ),
}
WAIT = "echo ready; sleep 1000 & wait"
ENDED: Mapping[str, tuple[str, Program]] = {
    "it ends well": ("exit 0", job(0)),
    "it fails": ("exit 7", job(0, 7)),
    "it calls itself killed": ("exit 137", job(0, 137)),
}
OVER_MEMORY = "x=a; while true; do x=$x$x; done"


def _images(busybox: bytes) -> dict[str, Image]:
    """Two images that share their lowest layer."""
    links = {f"bin/{name}": symlink("busybox") for name in ("sh", "sleep", "kill")}
    base = file_tree({"bin/busybox": file(busybox, 0o755), **links, **dict.fromkeys(("proc/", "dev/", "sys/"), "")})
    lowest, added = image_layer(diff({}, base)), image_layer(diff(base, {**base, "app": file("text")}), "gzip")
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    return {
        PAUSE: build_image([lowest], config={"Entrypoint": ["/bin/sleep", "100000"]}, architecture=architecture),
        APP: build_image([lowest, added], architecture=architecture),
    }


def _repository(name: str) -> str:
    return ImageReference.parse(name).path


def _shell(script: str, **more: int) -> dict[str, Any]:
    return {"args": ["/bin/sh", "-c", script], **more}


def _containers() -> dict[str, Any]:
    return {
        **{name: _shell(script) for name, (script, _program) in ENDED.items()},
        **{name: _shell(script.format(WAIT), stop_seconds=GRACE_S) for name, (script, _program) in STOPPED.items()},
        "no such program": {"args": ["/bin/none"]},
        "over its memory": _shell(OVER_MEMORY, memory_bytes=LIMIT_BYTES),
    }


@pytest.fixture(scope="module")
def images(programs: Callable[..., dict[str, str]]) -> dict[str, Image]:
    return _images(Path(programs("busybox")["busybox"]).read_bytes())


@pytest.fixture(scope="module")
def kernel(
    images: dict[str, Image],
    measure: Callable[..., dict[str, Any]],
    programs: Callable[..., dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    """What containerd did."""
    layouts = {_repository(name): tmp_path_factory.mktemp("layout") for name in images}
    for name, image in images.items():
        write_layout_directory(image, layouts[_repository(name)])
    request = {
        "programs": programs("containerd", "containerd-shim-runc-v2", "runc", "crictl"),
        "port": PORT,
        "layouts": {repository: str(path) for repository, path in layouts.items()},
        "pulls": [*images],
        "pause": PAUSE,
        "image": APP,
        "containers": _containers(),
    }
    return measure("cri", request)


def _runtime() -> SimulatedRuntime:
    runtime = SimulatedRuntime()
    runtime.call(RunPodSandbox("default/web", 0, "", {}))
    return runtime


def _create(attempt: int = 0) -> CreateContainer:
    return CreateContainer("main", attempt, APP, None, None, "", str(attempt), {})


def _state(runtime: SimulatedRuntime) -> str | None:
    record = runtime.status().latest("main")
    return f"CONTAINER_{record.state.upper()}" if record else None


def _sandbox_state(runtime: SimulatedRuntime) -> str:
    return "SANDBOX_READY" if runtime.status().sandboxes[0].ready else "SANDBOX_NOTREADY"


def test_a_pulled_image_has_the_names_and_the_size_of_the_model(images: Any, kernel: Any, compared: Any) -> None:
    predicted = {
        name: {
            "id": image.id,
            "digests": [f"{name.rpartition(':')[0]}@{image.digest}"],
            "size": str(image.blob_bytes),
        }
        for name, image in images.items()
    }
    measured = {name: {key: pull[key] for key in predicted[name]} for name, pull in kernel["pulls"].items()}
    compared(3 * len(images), "bytes of the image app", measured[APP]["size"], predicted[APP]["size"])
    assert measured == predicted


def test_a_pull_asks_for_the_layers_that_the_node_has_not(images: Any, kernel: Any, compared: Any) -> None:
    registry, node, predicted = Registry(), NodeStore(), {}
    for name, image in images.items():
        registry = registry.push(name, image)
        pull = node.pull(registry, name)
        node = pull.store
        moved = [layer.digest for layer in pull.layers if layer.verdict == "pulled"]
        predicted[name] = sorted([image.id, *moved])
    measured = {name: pull["asked"] for name, pull in kernel["pulls"].items()}
    compared(len(predicted), "blobs of the second image", len(measured[APP]), len(predicted[APP]))
    assert measured == predicted


@pytest.mark.parametrize("name", STOPPED)
def test_a_container_that_is_stopped_ends_as_the_model_says(name: str, kernel: Any, compared: Any) -> None:
    predicted = terminate_pod(pod("web", termination_grace_period_seconds=GRACE_S), {"main": STOPPED[name][1]}).end(
        "main"
    )
    measured, runtime = kernel["containers"][name], _runtime()
    states = []
    for call in (_create(), StartContainer("main"), StopContainer("main", GRACE_S), RemoveContainer("main", 0)):
        runtime.call(call)
        states.append(_state(runtime))
    reason = explain_exit_code(predicted.exit_code).reason
    compared(len(states) + 3, f"exit code with {name}", measured["exit_code"], predicted.exit_code)
    assert (measured["exit_code"], measured["reason"]) == (predicted.exit_code, reason)
    assert predicted.end_seconds <= measured["seconds"] + 0.05
    assert measured["seconds"] < predicted.end_seconds + LATE_S
    assert measured["states"] == states


@pytest.mark.parametrize("name", ENDED)
def test_a_container_that_ends_has_the_code_and_the_reason_of_the_model(name: str, kernel: Any, compared: Any) -> None:
    code = ENDED[name][1].run(0).exit_code
    predicted, measured = (code, explain_exit_code(code).reason), kernel["containers"][name]
    compared(2, name, measured["reason"], predicted[1])
    assert (measured["exit_code"], measured["reason"]) == predicted


def test_a_container_over_its_memory_limit_is_oom_killed(kernel: Any, compared: Any) -> None:
    measured, predicted = kernel["containers"]["over its memory"], explain_exit_code(137, oom_killed=True)
    compared(2, "reason", measured["reason"], predicted.reason)
    assert (measured["exit_code"], measured["reason"]) == (predicted.code, predicted.reason)


def test_a_program_that_is_not_there_is_a_start_error(kernel: Any, compared: Any) -> None:
    measured = kernel["containers"]["no such program"]
    compared(1, "exit code", measured["exit_code"], START_ERROR)
    assert (measured["exit_code"], measured["reason"]) == (START_ERROR, "StartError")
    assert measured["reason"] in explain_exit_code(START_ERROR).meaning
    assert "/bin/none: no such file or directory" in measured["error"]


def test_all_processes_of_a_pod_are_children_of_one_shim(kernel: Any, compared: Any) -> None:
    tree = start_container(start_container(node_processes(), "stays"), "leaves")
    found = kernel["without_daemon"]
    predicted = {name: tree.process(name).parent == SHIM for name in ("stays", "leaves", SANDBOX)}
    compared(len(predicted) + 2, "the shim's name, as far as the kernel keeps it", found["shim"], SHIM[:15])
    assert found["parents_are_shim"] == predicted
    assert found["shim"] == SHIM[:15]
    assert found["shim_parent_is_first"] == (tree.process(SHIM).parent == tree.processes[0].name)


def test_containers_outlive_containerd_but_an_end_without_it_is_unknown(kernel: Any, compared: Any) -> None:
    tree = start_container(start_container(node_processes(), "stays"), "leaves").kill(DAEMON).exit("leaves", 9)
    found = kernel["without_daemon"]
    alive = [name for name in ("leaves", "stays") if tree.find(name)]
    code = exit_code_after_return(tree, "leaves")
    compared(5, "exit code of what ended meanwhile", found["after"]["leaves"][1], code)
    assert found["alive_without_containerd"] == alive
    assert exit_code_after_return(tree, "stays") is None
    assert found["after"]["stays"][0] == "CONTAINER_RUNNING"
    assert found["after"]["leaves"] == ["CONTAINER_EXITED", code, "Unknown"]


def test_a_restart_is_a_new_container_beside_the_ended_one(kernel: Any, compared: Any) -> None:
    runtime = _runtime()
    for attempt in (0, 1):
        runtime.call(_create(attempt))
        runtime.call(StartContainer("main"))
        if attempt == 0:
            runtime.exit("main", 9)
    records = reversed(runtime.status().containers)
    predicted = [[record.attempt, f"CONTAINER_{record.state.upper()}"] for record in records]
    compared(2 * len(predicted), "state of attempt 0", kernel["restart"][0][1], predicted[0][1])
    assert kernel["restart"] == predicted


@pytest.mark.parametrize("pid_namespace", ["own", "shared"])
def test_the_sandbox_process_takes_with_it_who_shares_its_pid_namespace(
    pid_namespace: str, kernel: Any, compared: Any
) -> None:
    tree, runtime, states = node_processes(), _runtime(), []
    if pid_namespace == "shared":
        tree = tree.start(Process("app", SHIM, namespace=tree.process(SANDBOX).namespace))
    else:
        tree = start_container(tree, "app")
    states.append(_sandbox_state(runtime))
    runtime.call(StopPodSandbox(0))
    states.append(_sandbox_state(runtime))
    found, runs_on = kernel["loss"][pid_namespace], tree.kill(SANDBOX).find("app") is not None
    compared(7, f"a container runs on, its PID namespace {pid_namespace}", found["runs_on"], runs_on)
    assert found["runs_on"] == runs_on
    assert found["states"] == states
    assert found["end"] == ["CONTAINER_EXITED", 137, explain_exit_code(137).reason]
    assert found["removed"] == [None, None]
