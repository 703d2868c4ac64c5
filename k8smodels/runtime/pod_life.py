"""A pod from its first sync to its end: what starts, ends and starts again, and when.

The rules are those of `pod_sync`, `statuses`, `pod_phase`, `conditions` and `termination`; here is only the clock. The
kubelet looks at the pod when something has changed, at whole seconds (the period of its look at the runtime).

Not modelled: the time that calls and pulls take, liveness and readiness probes (see `probes`).

References
----------
pkg/kubelet/kubelet.go: SyncPod, plegRelistPeriod; pkg/kubelet/pod_workers.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from k8smodels.api.durations import SECOND_NS
from k8smodels.api.pod import Pod
from k8smodels.i18n import _
from k8smodels.runtime.backoff import DEFAULT_BACKOFF, BackoffSettings
from k8smodels.runtime.conditions import pod_conditions
from k8smodels.runtime.container_start import StartError
from k8smodels.runtime.cri_calls import RunPodSandbox, StartContainer, StopContainer, StopPodSandbox
from k8smodels.runtime.pod_phase import pod_phase
from k8smodels.runtime.pod_sync import PodWorker, SyncResult
from k8smodels.runtime.probe_state import ProbeState
from k8smodels.runtime.programs import SERVER, Program
from k8smodels.runtime.simulated_runtime import RUNNING, ContainerRecord, SimulatedRuntime
from k8smodels.runtime.statuses import with_container_statuses
from k8smodels.runtime.termination import terminate_pod
from k8smodels.runtime.timeline import Happening, check_seconds, seconds


@dataclass(frozen=True, slots=True)
class PodLife:
    """A pod's life.

    Attributes
    ----------
    timeline
        Starts, ends, waits, changes of phase and of conditions, in order; time counts from the first sync.
    pod
        The pod with its statuses at the end.
    """

    timeline: tuple[Happening, ...]
    pod: Pod

    def of(self, container: str) -> tuple[Happening, ...]:
        """The part of the timeline that is about one container."""
        return tuple(item for item in self.timeline if item.container == container)

    def when(self, what: str, container: str = "") -> tuple[float, ...]:
        """The seconds at which `what` happened."""
        return tuple(item.at_seconds for item in self.of(container) if item.what == what)


def pod_life(
    pod: Pod,
    programs: Mapping[str, Program] | None = None,
    *,
    images: Iterable[str] | None = None,
    until_seconds: float = 600,
    delete_at_seconds: float | None = None,
    settings: BackoffSettings = DEFAULT_BACKOFF,
) -> PodLife:
    """Let `pod` live.

    Parameters
    ----------
    programs
        What runs in the containers, by name; a name without one stands for a server.
    images
        Images on the node; all that the pod needs if not given.
    delete_at_seconds
        When the pod is deleted; None: never.

    Raises
    ------
    FieldError
        A time that is negative or longer than a day.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> from k8smodels.runtime.programs import job
    >>> pod_life(pod("web", image="a:1"), {"main": job(1, exit_code=1)}, until_seconds=60).when("started", "main")
    (0, 1, 12, 33)
    """
    check_seconds("until_seconds", until_seconds)
    check_seconds("delete_at_seconds", delete_at_seconds or 0)
    node = SimulatedRuntime({item.image for item in pod.all_containers} if images is None else images)
    life = _Life(pod, programs or {}, node, PodWorker(node, settings))
    end_seconds = until_seconds if delete_at_seconds is None else min(until_seconds, delete_at_seconds)
    life.run(round(end_seconds * SECOND_NS))
    if delete_at_seconds is not None and delete_at_seconds <= until_seconds:
        life.delete(delete_at_seconds)
    return PodLife(tuple(life.timeline), life.shown)


@dataclass(slots=True)
class _Life:
    """A life while it goes on."""

    pod: Pod
    programs: Mapping[str, Program]
    node: SimulatedRuntime
    worker: PodWorker
    timeline: list[Happening] = field(default_factory=list)
    started_ns: dict[tuple[str, int], int] = field(default_factory=dict)
    errors: dict[str, StartError] = field(default_factory=dict)
    shown: Pod = field(default_factory=Pod)
    facts: dict[str, str] = field(default_factory=dict)

    def run(self, end_ns: int) -> None:
        """Sync, and go on to the next moment at which there is something to see."""
        now_ns: int | None = 0
        while now_ns is not None and now_ns <= end_ns:
            self._exit_until(now_ns)
            result = self.worker.sync(self.pod, probes=ProbeState(self._starting(now_ns)), now_ns=now_ns)
            self._note(result, now_ns)
            self._show(now_ns)
            now_ns = None if self.shown.is_finished else self._next_look(result, now_ns)

    def delete(self, at_seconds: float) -> None:
        """Stop the pod for good."""
        self._exit_until(round(at_seconds * SECOND_NS))
        running = [item.name for item in self.node.status().with_state(RUNNING)]
        end = terminate_pod(self.pod, self.programs, running=running)
        self._say(at_seconds, "", "deleted")
        for item in end.timeline:
            self._say(at_seconds + item.at_seconds, item.container, item.what, item.why)
        for ended in end.ends:
            end_ns = round((at_seconds + ended.end_seconds) * SECOND_NS)
            self.node.exit(ended.container, ended.exit_code, end_ns)
        for sandbox in self.node.status().sandboxes:
            self.node.call(StopPodSandbox(sandbox.attempt))
        self._show(round((at_seconds + end.seconds) * SECOND_NS), is_terminal=True)

    def _say(self, at_seconds: float, container: str, what: str, why: str = "") -> None:
        self.timeline.append(Happening(at_seconds, container, what, why))

    def _program(self, name: str) -> Program:
        return self.programs.get(name, SERVER)

    def _ends(self) -> Iterator[tuple[int, ContainerRecord]]:
        """When the running containers end, if they do."""
        for record in self.node.status().with_state(RUNNING):
            run = self._program(record.name).run(record.attempt)
            if run.seconds is not None:
                yield self.started_ns[record.name, record.attempt] + round(run.seconds * SECOND_NS), record

    def _exit_until(self, now_ns: int) -> None:
        due = [(at_ns, record) for at_ns, record in self._ends() if at_ns <= now_ns]
        for at_ns, record in sorted(due, key=lambda item: (item[0], item[1].name)):
            code = self._program(record.name).run(record.attempt).exit_code
            self.node.exit(record.name, code, at_ns)
            self._say(seconds(at_ns), record.name, f"exit {code}")

    def _starting(self, now_ns: int) -> frozenset[str]:
        return frozenset(record.name for at_ns, record in self._startups() if at_ns > now_ns)

    def _startups(self) -> Iterator[tuple[int, ContainerRecord]]:
        """When the running containers that have a startup probe count as started."""
        probed = {item.name for item in self.pod.all_containers if item.startup_probe is not None}
        for record in self.node.status().with_state(RUNNING):
            if record.name in probed:
                after_ns = round(self._program(record.name).startup_seconds * SECOND_NS)
                yield self.started_ns[record.name, record.attempt] + after_ns, record

    def _note(self, result: SyncResult, now_ns: int) -> None:
        """What the sync did, as happenings."""
        for call in result.calls:
            match call:
                case RunPodSandbox():
                    self._say(seconds(now_ns), "", "RunPodSandbox")
                case StopPodSandbox():
                    self._say(seconds(now_ns), "", "StopPodSandbox", _("no container runs, and none is started again"))
                case StopContainer():
                    self._say(seconds(now_ns), call.container, "StopContainer", _("no container runs that it is for"))
                case StartContainer():
                    record = self.node.status().latest(call.container)
                    self.started_ns[call.container, record.attempt if record else 0] = now_ns
                    self.errors.pop(call.container, None)
                    self._say(seconds(now_ns), call.container, "started")
        for error in result.errors:
            if self.errors.get(error.container) != error:
                self._say(seconds(now_ns), error.container, error.reason, error.message)
            self.errors[error.container] = error

    def _show(self, now_ns: int, *, is_terminal: bool = False) -> None:
        """The pod's phase and conditions; a change of them happens too."""
        status, starting = self.node.status(), self._starting(now_ns)
        shown = with_container_statuses(self.pod, status, self.errors, starting)
        initialized = self.facts.get("Initialized") == "True"
        phase = pod_phase(shown, has_initialized=initialized, is_terminal=is_terminal)
        self._fact(now_ns, "phase", phase.phase, phase.reason)
        conditions = pod_conditions(shown, phase.phase, status)
        for item in conditions:
            self._fact(now_ns, item.type, item.status, item.message or item.reason)
        self.shown = replace(shown, status=replace(shown.status, phase=phase.phase, conditions=conditions))

    def _fact(self, now_ns: int, name: str, value: str, why: str) -> None:
        if self.facts.get(name) != value:
            self.facts[name] = value
            self._say(seconds(now_ns), "", f"{name} {value}", why)

    def _next_look(self, result: SyncResult, now_ns: int) -> int | None:
        """The next whole second at which something is to be seen or done."""
        moments = [at_ns for at_ns, _record in (*self._ends(), *self._startups()) if at_ns > now_ns]
        moments += [error.retry_at_ns for error in result.errors if error.retry_at_ns > now_ns]
        if result.calls:
            moments.append(now_ns + 1)
        return -(-min(moments) // SECOND_NS) * SECOND_NS if moments else None
