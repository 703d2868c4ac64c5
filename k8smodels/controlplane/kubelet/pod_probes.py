"""The probes of a pod's running containers, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from k8smodels.api.pod import Container, Pod
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.kubelet.probing import Probing
from k8smodels.runtime import Answer


@dataclass(slots=True)
class PodProbes:
    """The probes of one pod.

    Attributes
    ----------
    clock
        The time.
    answers
        How a container's program answers a kind of probe.
    unhealthy
        Told of every failure: the container, the kind and the output.
    changed
        Told when a container has become ready, or no longer is, or counts as started.
    give_up
        Told once of a container that is to be stopped, and of the kind of its probe.
    """

    clock: Clock
    answers: Callable[[str, str], Sequence[Answer]]
    unhealthy: Callable[[str, str, str], None]
    changed: Callable[[], None]
    give_up: Callable[[str, str], None]
    _probing: dict[str, Probing] = field(default_factory=dict)
    _ready: dict[str, bool] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)

    @property
    def starting(self) -> frozenset[str]:
        """Containers whose startup probe has not succeeded yet."""
        return frozenset(name for name, probing in self._probing.items() if not probing.is_started)

    def begin(self, container: Container) -> None:
        """A container has started."""
        name = container.name
        self._failed.discard(name)
        probing = Probing(
            self.clock,
            container,
            lambda kind: self.answers(name, kind),
            lambda kind, output: self.unhealthy(name, kind, output),
            lambda kind, success: self._decided(name, kind, success),
        )
        self._probing[name] = probing
        self._ready[name] = not probing.has("readiness")
        probing.begin()

    def end(self, container: str, *, counts_as_unready: bool = False) -> None:
        """A container has ended, or is told to end and no longer counts as ready."""
        probing = self._probing.pop(container, None)
        if probing is not None:
            probing.end()
        self._failed.discard(container)
        if counts_as_unready:
            self._ready[container] = False
        else:
            self._ready.pop(container, None)

    def end_all(self) -> None:
        """All containers have ended."""
        for name in list(self._probing):
            self.end(name)
        self._ready.clear()

    def wake(self) -> None:
        """Programs answer differently from now on."""
        for probing in self._probing.values():
            probing.wake()

    def shown(self, pod: Pod) -> Pod:
        """`pod` with the last word of readiness probes on its running containers."""
        unready = {name for name, ready in self._ready.items() if not ready}
        if not unready:
            return pod
        status = pod.status
        apps = tuple(replace(each, ready=each.ready and each.name not in unready) for each in status.container_statuses)
        return replace(pod, status=replace(status, container_statuses=apps))

    def _decided(self, container: str, kind: str, success: bool) -> None:
        """A probe's result counts."""
        if kind == "readiness":
            if self._ready.get(container) != success:
                self._ready[container] = success
                self.changed()
        elif success:
            self.changed()
        elif container not in self._failed:
            self._failed.add(container)
            self.give_up(container, kind)
