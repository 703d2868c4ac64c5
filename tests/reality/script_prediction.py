"""A script of system calls, and what the model says will come out, in the words of the lab ``scripts``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from k8smodels.isolation.machine import Call, Ended, File, Scene, Step, boot, run

TREE = {"/secret": "SECRET", "/rootfs/app": "program", "/data/a/b": "text"}


@dataclass(frozen=True)
class Script:
    """Files of a node, and the calls of its processes: ``[process, call, ...]``."""

    calls: tuple[tuple[Any, ...], ...]
    tree: Mapping[str, str] = field(default_factory=lambda: TREE)

    def request(self) -> dict[str, Any]:
        """The script as the lab reads it."""
        return {"tree": dict(self.tree), "calls": [list(call) for call in self.calls]}

    def predict(self) -> list[dict[str, Any]]:
        """The model's answer for each call.

        It ends where a process has unmounted its own root: what mount and pivot_root answer then (EINVAL or ENOENT) has
        changed between kernels.
        """
        machine = boot({path: File(text) for path, text in self.tree.items()})
        calls = [Call(process, name, tuple(args)) for process, name, *args in self.calls]
        return [_predicted(step) for step in takewhile(_has_roots, run(machine, calls))]


def comparable(measured: Mapping[str, Any]) -> dict[str, Any]:
    """A step of the lab, with its namespaces numbered in the order of their first appearance."""
    processes = {name: dict(process) for name, process in measured["processes"].items()}
    _renumber(processes)
    return {**measured, "processes": processes}


def _has_roots(step: Step) -> bool:
    machine = step.scene.machine
    return all(machine.mounts[process.root.mount].namespace for process in machine.processes.values())


def _predicted(step: Step) -> dict[str, Any]:
    processes = _processes(step.scene)
    _renumber(processes)
    return {
        "errno": step.refused.errno if step.refused else None,
        "answer": _answer(step),
        "listing": list(step.listing),
        "cwd": step.cwd,
        "processes": processes,
    }


def _answer(step: Step) -> Any:
    if step.call.name == "connect":
        return None
    if isinstance(step.answer, Ended):
        return [step.answer.pid, step.answer.status.code, step.answer.status.signal]
    return list(step.answer) if isinstance(step.answer, tuple) else step.answer


def _processes(scene: Scene) -> dict[str, Any]:
    names = {pid: name for name, pid in scene.names.items()}
    found = {}
    for name, pid in scene.names.items():
        process = scene.machine.processes.get(pid)
        if process:
            seen = {
                "pids": list(process.pids.values()),
                "parent": names.get(process.parent, ""),
                "state": process.state,
            }
            found[name] = seen if process.status else seen | {"namespaces": dict(process.namespaces)}
    return found


def _renumber(processes: dict[str, Any]) -> None:
    first: dict[Any, int] = {}
    for process in processes.values():
        for kind, namespace in process.get("namespaces", {}).items():
            process["namespaces"][kind] = first.setdefault((kind, namespace), len(first))


def differences(script: Script, measured: list[dict[str, Any]]) -> list[str]:
    """Where kernel and model differ, in words: the call, then each part that is not the same."""
    found = []
    for call, wanted, step in zip(script.calls, script.predict(), measured, strict=False):
        kernel = comparable(step)
        found += [
            f"{call}: {part}: model {wanted[part]}, kernel {kernel[part]}"
            for part in wanted
            if wanted[part] != kernel[part]
        ]
    return found


def comparison(script: Script, measured: list[dict[str, Any]]) -> tuple[int, str, Any, Any]:
    """How many calls are compared; and one of them, a refused one if there is one, with both answers."""
    predicted = script.predict()
    refused = (place for place, step in enumerate(predicted) if step["errno"])
    place = next(refused, 0)
    kernel, model = measured[place], predicted[place]
    what = " ".join("-" if word is None else str(word) for word in script.calls[place])
    return len(predicted), what, kernel["errno"] or "done", model["errno"] or "done"
