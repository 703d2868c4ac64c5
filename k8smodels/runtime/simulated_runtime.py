"""A container runtime that does what the CRI asks, in no time, and writes down what it was asked.

Not modelled: calls that fail (except `PullImage`), and calls that only look (`ListContainers`, `PodSandboxStatus`...),
which the list of calls leaves out; `ImageStatus` is in it.

References
----------
staging/src/k8s.io/cri-api/pkg/apis/testing: FakeRuntimeService, FakeImageService (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from k8smodels.runtime.cri_calls import (
    Call,
    CreateContainer,
    ImageStatus,
    PullImage,
    RemoveContainer,
    RunPodSandbox,
    StartContainer,
    StopContainer,
    StopPodSandbox,
)

CREATED, RUNNING, EXITED = "created", "running", "exited"


@dataclass(frozen=True, slots=True)
class SandboxRecord:
    """A sandbox as the runtime knows it."""

    attempt: int
    ready: bool = True


@dataclass(frozen=True, slots=True)
class ContainerRecord:
    """A container as the runtime knows it.

    Attributes
    ----------
    sandbox_attempt
        The sandbox that it belongs to.
    state
        `CREATED`, `RUNNING` or `EXITED`.
    finished_ns
        When it ended.
    """

    name: str
    attempt: int
    image: str
    sandbox_attempt: int
    state: str = CREATED
    exit_code: int = 0
    finished_ns: int = 0


@dataclass(frozen=True, slots=True)
class RuntimeStatus:
    """What the runtime tells of a pod at one moment; the newest first."""

    sandboxes: tuple[SandboxRecord, ...]
    containers: tuple[ContainerRecord, ...]

    def latest(self, name: str) -> ContainerRecord | None:
        """The newest container of that name."""
        return next((item for item in self.containers if item.name == name), None)

    @property
    def active(self) -> RuntimeStatus:
        """The same with only the containers of the newest sandbox, and none if that is not ready."""
        newest = self.sandboxes[0] if self.sandboxes else None
        if newest is None or not newest.ready:
            return replace(self, containers=())
        inside = (item for item in self.containers if item.sandbox_attempt == newest.attempt)
        return replace(self, containers=tuple(inside))

    def with_state(self, state: str) -> tuple[ContainerRecord, ...]:
        """The containers in that state."""
        return tuple(item for item in self.containers if item.state == state)


class SimulatedRuntime:
    """The runtime of a node that holds one pod.

    Parameters
    ----------
    images
        Images that the node has at the start.
    image_bytes
        What each image weighs.

    Attributes
    ----------
    calls
        Every call so far.
    failing_pulls
        Messages with which the next pulls fail, in order.
    """

    def __init__(self, images: Iterable[str] = (), *, image_bytes: int = 0) -> None:
        self.images, self.image_bytes = set(images), image_bytes
        self.calls: list[Call] = []
        self.failing_pulls: list[str] = []
        self._sandboxes: list[SandboxRecord] = []
        self._containers: list[ContainerRecord] = []

    def status(self) -> RuntimeStatus:
        """What `ListPodSandbox`, `ListContainers` and the status calls would say now."""
        return RuntimeStatus(tuple(self._sandboxes), tuple(self._containers))

    def call(self, call: Call, now_ns: int = 0) -> str:
        """Do what `call` asks.

        Returns
        -------
        str
            For `ImageStatus` the image's reference, empty if it is missing; for `PullImage` the error, empty if it
            went well; empty for the others.
        """
        self.calls.append(call)
        match call:
            case RunPodSandbox():
                self._sandboxes.insert(0, SandboxRecord(call.attempt))
            case StopPodSandbox():
                self._sandboxes = [
                    replace(item, ready=item.ready and item.attempt != call.attempt) for item in self._sandboxes
                ]
            case CreateContainer():
                record = ContainerRecord(call.container, call.attempt, call.image, self._sandboxes[0].attempt)
                self._containers.insert(0, record)
            case StartContainer():
                newest = self.status().latest(call.container)
                self._change(lambda item: item is newest, state=RUNNING)
            case StopContainer():
                self._change(lambda item: _runs(item, call.container), state=EXITED, finished_ns=now_ns)
            case RemoveContainer():
                gone = (call.container, call.attempt)
                self._containers = [item for item in self._containers if (item.name, item.attempt) != gone]
            case ImageStatus():
                return call.image if call.image in self.images else ""
            case PullImage():
                return self._pull(call.image)
        return ""

    def exit(self, container: str, exit_code: int, now_ns: int = 0) -> bool:
        """The running container of that name ends by itself; whether there was one."""
        runs = any(_runs(item, container) for item in self._containers)
        self._change(lambda item: _runs(item, container), state=EXITED, exit_code=exit_code, finished_ns=now_ns)
        return runs

    def lose_sandbox(self, now_ns: int = 0) -> None:
        """The sandbox dies, and all that runs in it is killed, as when the machine starts anew.

        If only the sandbox's process dies, containers with PID namespaces of their own go on until `StopPodSandbox`.
        """
        self._sandboxes = [replace(item, ready=False) for item in self._sandboxes]
        self._change(lambda item: item.state == RUNNING, state=EXITED, exit_code=137, finished_ns=now_ns)

    def _pull(self, image: str) -> str:
        if self.failing_pulls:
            return self.failing_pulls.pop(0)
        self.images.add(image)
        return ""

    def _change(self, which: Callable[[ContainerRecord], bool], **new: str | int) -> None:
        self._containers = [replace(item, **new) if which(item) else item for item in self._containers]  # type: ignore[arg-type]


def _runs(item: ContainerRecord, container: str) -> bool:
    return item.name == container and item.state == RUNNING
