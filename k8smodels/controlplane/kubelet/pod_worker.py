"""One pod on one node, from its arrival to its end.

What is started, stopped and started again is decided by `k8smodels.runtime`; here is the clock, and the way to the API
server. Left out: volumes and their mounts, hooks that fail, resizes in place.

References
----------
pkg/kubelet/pod_workers.go; pkg/kubelet/kubelet.go: SyncPod, SyncTerminatingPod; pkg/kubelet/status/status_manager.go
(v1.37)
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

from k8smodels.api.durations import SECOND_NS
from k8smodels.api.pod import Pod
from k8smodels.controlplane.behaviour import Behaviour
from k8smodels.controlplane.kubelet.pod_probes import PodProbes
from k8smodels.controlplane.kubelet.statuses import with_times
from k8smodels.runtime import Answer, PodWorker, SimulatedRuntime, SyncResult, pod_conditions, pod_phase, terminate_pod
from k8smodels.runtime.container_start import StartError
from k8smodels.runtime.cri_calls import PullImage, StartContainer, StopContainer
from k8smodels.runtime.grace import grace_period_seconds
from k8smodels.runtime.probe_state import ProbeState
from k8smodels.runtime.simulated_runtime import RUNNING, ContainerRecord
from k8smodels.runtime.statuses import with_container_statuses
from k8smodels.runtime.termination import end_container
from k8smodels.workloads.readiness import ready_condition

if TYPE_CHECKING:
    from k8smodels.controlplane.kubelet.kubelet import Kubelet

BACK_OFF_SECONDS = 10
"""When a sync that has failed is tried again: ``backOffPeriod`` of pkg/kubelet/kubelet.go, without its jitter."""
RECONCILE_SECONDS = 10.0
"""How often the kubelet compares the statuses that the API server has with its own."""


class PodOnNode:
    """A pod that a kubelet takes care of.

    Parameters
    ----------
    kubelet
        The kubelet.
    pod
        The pod, bound to its node.
    because
        The record that told the kubelet of it.

    Attributes
    ----------
    pod
        As the API server has it, as far as the kubelet knows.
    shown
        With the kubelet's own status.
    address
        Its IP address; empty until its sandbox has one.
    own_behaviour
        What the programs of this one pod do, if it is something else than those of its images.
    """

    def __init__(self, kubelet: Kubelet, pod: Pod, because: int) -> None:
        self.kubelet, self.pod, self.shown, self.because = kubelet, pod, pod, because
        self.clock = kubelet.clock
        self.address = ""
        self.is_over = False
        self.own_behaviour: Behaviour | None = None
        self._runtime = SimulatedRuntime(kubelet.images)
        self._worker = PodWorker(self._runtime)
        self._probes = PodProbes(self.clock, self._answers, self._unhealthy, self._probes_changed, self._stop_container)
        self._started: dict[tuple[str, int], float] = {}
        self._errors: dict[str, StartError] = {}
        self._wake = self.clock.environment.event()
        self._deleting = self._reconciling = False
        self._has_initialized = self._has_ended = False
        self.clock.environment.process(self._run())

    def changed(self, pod: Pod, because: int) -> None:
        """The API server has another version of the pod."""
        self.pod = pod
        if pod.is_terminating and not self._deleting:
            self.because = because
            self._deleting = True
            self.poke()
        elif _readiness(pod) != _readiness(self.shown) and not self._reconciling:
            self._reconciling = True
            self.clock.later(RECONCILE_SECONDS, self._reconcile)

    def _reconcile(self) -> None:
        """Somebody else has written the pod's status: the kubelet knows better."""
        self._reconciling = False
        if not self.is_over and _readiness(self.pod) != _readiness(self.shown):
            self.kubelet.report(self, self.shown.status)

    def kill(self, container: str, exit_code: int) -> bool:
        """End a container from outside, which the kubelet sees when it looks at the runtime next; whether it ran."""
        ended = self._runtime.exit(container, exit_code, self.clock.nanoseconds)
        if ended:
            self._ended(container)
            self.clock.later(ceil(self.clock.seconds) - self.clock.seconds, self.poke)
        return ended

    def _ended(self, container: str) -> None:
        """A container is no longer there: its probes end, and the next look has something to tell."""
        self._probes.end(container)
        self._has_ended = True

    def lose_power(self) -> None:
        """The node goes down: nothing of the pod is left but its disk; its next sandbox has another address."""
        self._runtime.lose_sandbox(self.clock.nanoseconds)
        self._probes.end_all()
        self.kubelet.free_address(self.address)
        self.address = ""

    @property
    def is_running(self) -> bool:
        """Whether a container runs, whatever the API server has been told."""
        return bool(self._runtime.status().with_state(RUNNING))

    def answers_changed(self) -> None:
        """Programs answer probes differently from now on."""
        self._probes.wake()

    def behaviour(self, container: str) -> Behaviour:
        """What the program in that container does."""
        if self.own_behaviour is not None:
            return self.own_behaviour
        image = next(item.image for item in self.pod.all_containers if item.name == container)
        return self.kubelet.behaviour(self.pod, image)

    def abandon(self) -> None:
        """The API server has dropped the pod without waiting: stop at once, and tell nobody."""
        self.is_over = self._deleting = True
        self._probes.end_all()
        self.kubelet.free_address(self.address)

    def poke(self) -> None:
        """Look at the pod again now."""
        if not self._wake.triggered:
            self._wake.succeed()

    def _run(self) -> Generator[Any, Any, None]:
        environment, timing = self.clock.environment, self.kubelet.timing
        self._report()
        yield environment.timeout(timing.pod_start_seconds)
        yield from self._pull()
        while not self._deleting:
            yield from self.kubelet.power.wait()
            if self._deleting:
                break
            wait = self._sync()
            if self.shown.is_finished and wait is None and not self._deleting:
                break
            self._wake = environment.event() if self._wake.triggered else self._wake
            yield self._wake if wait is None else environment.any_of([self._wake, environment.timeout(wait)])
        while not self._deleting:
            yield self._wake
            self._wake = environment.event()
        if not self.is_over:
            yield from self._terminate()

    def _pull(self) -> Generator[Any, Any, None]:
        """The time that missing images take; whether they come at all, the runtime says later."""
        missing = {
            item.image
            for item in self.pod.all_containers
            if item.image not in self.kubelet.images and not self.behaviour(item.name).pull_error
        }
        if missing:
            yield self.clock.environment.timeout(self.kubelet.timing.image_pull_seconds)

    def _sync(self) -> float | None:
        """One look at the pod; how many seconds later the next one is due."""
        now_ns = self.clock.nanoseconds
        self._exit_due(now_ns)
        if self._has_ended:  # what is not ready any more is said before anything starts again
            self._report()
        self._has_ended = False
        self._runtime.failing_pulls = [
            behaviour.pull_error
            for item in self.pod.all_containers
            if (behaviour := self.behaviour(item.name)).pull_error
        ]
        probes = ProbeState(self._probes.starting)
        result = self._worker.sync(self.pod, probes=probes, now_ns=now_ns)
        self._note(result)
        self._report()
        return self._next_look(result, now_ns)

    def _exit_due(self, now_ns: int) -> None:
        for at_ns, record in sorted(self._ends(), key=lambda item: (item[0], item[1].name)):
            if at_ns <= now_ns:
                code = self.behaviour(record.name).program.run(record.attempt).exit_code
                self._runtime.exit(record.name, code, at_ns)
                self._ended(record.name)

    def _ends(self) -> Iterator[tuple[int, ContainerRecord]]:
        """When the running containers end by themselves."""
        for record in self._runtime.status().with_state(RUNNING):
            run = self.behaviour(record.name).program.run(record.attempt)
            started = self._started.get((record.name, record.attempt))
            if run.seconds is not None and started is not None:
                yield round((started + run.seconds) * SECOND_NS), record

    def _note(self, result: SyncResult) -> None:
        """What the sync did: starts, pulls, events."""
        for call in result.calls:
            if isinstance(call, StartContainer):
                self._began(call.container)
            elif isinstance(call, StopContainer):
                self._probes.end(call.container)
            elif isinstance(call, PullImage) and call.image in self._runtime.images:
                self.kubelet.images.add(call.image)
        for event in result.events:
            warning = event.type == "Warning"
            self.kubelet.event(self.pod, event.reason, event.message, warning=warning, container=event.container)
        for error in result.errors:
            self._errors[error.container] = error

    def _began(self, container: str) -> None:
        record = self._runtime.status().latest(container)
        self._started[container, record.attempt if record else 0] = self.clock.seconds
        self._errors.pop(container, None)
        self.kubelet.log(self.pod, container, self.behaviour(container).log)
        self._probes.begin(next(item for item in self.pod.all_containers if item.name == container))

    def _answers(self, container: str, kind: str) -> Sequence[Answer]:
        return self.behaviour(container).answers.get(kind, ())

    def _probes_changed(self) -> None:
        self._report()
        self.poke()

    def _unhealthy(self, container: str, kind: str, output: str) -> None:
        if self.kubelet.power.is_on:
            message = f"{kind.capitalize()} probe failed: {output}"
            self.kubelet.event(self.pod, "Unhealthy", message, warning=True, container=container)

    def _stop_container(self, container: str, kind: str) -> None:
        """A container that has failed its probe is told to end; the next look at the pod starts it again."""
        spec = next(item for item in self.pod.all_containers if item.name == container)
        policy = spec.restart_policy or self.pod.spec.restart_policy
        message = f"Container {container} failed {kind} probe"
        message += "" if policy == "Never" else ", will be restarted"
        self.kubelet.event(self.pod, "Killing", message, container=container)
        program = self.behaviour(container).program
        end = end_container(spec, program, grace_period_seconds(self.pod, spec, kind))
        self.clock.later(end.end_seconds, lambda: self._stopped(container, end.exit_code))

    def _stopped(self, container: str, exit_code: int) -> None:
        if not self._deleting and self._runtime.exit(container, exit_code, self.clock.nanoseconds):
            self._ended(container)
            self.poke()

    def _report(self, *, is_terminal: bool = False) -> None:
        """Work out the pod's status, and send it if it has changed."""
        status = self._runtime.status()
        if status.sandboxes and not self.address:
            self.address = self.kubelet.new_address()
        shown = with_container_statuses(self.pod, status, self._errors, self._probes.starting)
        shown = self._probes.shown(shown)
        phase = pod_phase(shown, is_terminal=is_terminal, has_initialized=self._has_initialized)
        conditions = pod_conditions(shown, phase.phase, status)
        self._has_initialized |= any(each.type == "Initialized" and each.status == "True" for each in conditions)
        shown = replace(shown, status=replace(shown.status, phase=phase.phase, conditions=conditions))
        shown = with_times(shown, self.shown, self._started, self.address, self.clock)
        if shown.status != self.shown.status:
            self.shown = shown
            self.kubelet.report(self, shown.status)

    def _next_look(self, result: SyncResult, now_ns: int) -> float | None:
        """Seconds to the next look that finds something: the kubelet looks at the runtime every whole second."""
        moments = [max(at_ns, now_ns + 1) for at_ns, _record in self._ends()]
        moments += [error.retry_at_ns for error in result.errors if error.retry_at_ns > now_ns]
        if any(error.reason == "ErrImagePull" for error in result.errors):
            moments.append(now_ns + BACK_OFF_SECONDS * SECOND_NS)
        if result.calls and len(self.pod.spec.init_containers) > 0:
            moments.append(now_ns + 1)
        if not moments:
            return None
        due_ns = -(-min(moments) // SECOND_NS) * SECOND_NS
        return (due_ns - now_ns) / SECOND_NS

    def _terminate(self) -> Generator[Any, Any, None]:
        """Stop all containers, in order and with their grace, and tell the API server that the pod is over."""
        running = [item.name for item in self._runtime.status().with_state(RUNNING)]
        programs = {name: self.behaviour(name).program for name in running}
        end = terminate_pod(self.pod, programs, running=running)
        for name in running:
            self.kubelet.event(self.pod, "Killing", f"Stopping container {name}", container=name)
        for ended in end.ends:
            self._probes.end(ended.container, counts_as_unready=True)
        if running:
            self._report()
        yield self.clock.environment.timeout(end.seconds)
        yield from self.kubelet.power.wait()
        for ended in end.ends:
            self._runtime.exit(ended.container, ended.exit_code, self.clock.nanoseconds)
        self._probes.end_all()
        self.is_over = True
        self._report(is_terminal=True)
        self.kubelet.free_address(self.address)
        yield from self.kubelet.remove(self)


def _readiness(pod: Pod) -> str:
    condition = ready_condition(pod)
    return condition.status if condition else ""
