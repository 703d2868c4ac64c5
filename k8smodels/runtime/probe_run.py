"""A container and the workers of its probes while time goes on.

A worker for each probe looks every period, from its first tick on. The startup probe goes first: the
others ask nothing before it has succeeded. Readiness is asked once more at the moment at which the container counts as
started.

References
----------
pkg/kubelet/prober/worker.go: run, doProbe; pkg/kubelet/prober/prober_manager.go: UpdatePodStatus (v1.37)
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from k8smodels.api.container_life import Probe
from k8smodels.api.durations import SECOND_NS
from k8smodels.api.pod import Container, Pod
from k8smodels.i18n import _
from k8smodels.runtime.backoff import Backoff
from k8smodels.runtime.grace import grace_period_seconds
from k8smodels.runtime.probe_results import WELL, Answer, ProbeResult
from k8smodels.runtime.probe_spec import KINDS, probe_of
from k8smodels.runtime.programs import Program
from k8smodels.runtime.termination import end_container
from k8smodels.runtime.timeline import Happening, seconds

_FIRST, _EXIT, _START = 0, 1, 2
_ORDER = {"liveness": 3, "readiness": 4, "startup": 5}


@dataclass(slots=True)
class Worker:
    """One worker's memory.

    Attributes
    ----------
    last, run
        The last result, and how many times in a row it came.
    on_hold
        It asks nothing until there is a new container.
    tick_seconds
        Its next tick; ticks that come while it is busy become one.
    turn
        Number of its last appointment; older ones in the queue no longer count.
    busy
        Whether it waits for an answer.
    """

    kind: str
    spec: Probe
    last: bool | None = None
    run: int = 0
    on_hold: bool = False
    tick_seconds: float = 0
    turn: int = 0
    busy: bool = False

    def count(self, success: bool) -> int:
        """Take in a result; how many of its kind there are in a row."""
        self.run = self.run + 1 if success is self.last else 1
        self.last = success
        return self.run

    def threshold(self, success: bool) -> int:
        """How many results in a row count."""
        return self.spec.success_threshold if success else self.spec.failure_threshold

    def advance(self, now_seconds: float) -> float:
        """The moment of the next question after one that is answered at `now_seconds`."""
        missed = now_seconds > self.tick_seconds
        due = now_seconds if missed else self.tick_seconds
        while self.tick_seconds <= due:
            self.tick_seconds += self.spec.period_seconds
        return due


@dataclass(slots=True)
class ProbeRun:
    """The container, its workers, and a queue of what comes next."""

    pod: Pod
    container: Container
    answers: Mapping[str, Sequence[Answer]]
    program: Program
    first_tick_seconds: float = 0
    results: list[ProbeResult] = field(default_factory=list)
    timeline: list[Happening] = field(default_factory=list)
    _queue: list[tuple[float, int, int, Callable[[float], None]]] = field(default_factory=list)
    _workers: dict[str, Worker] = field(default_factory=dict)
    _backoff: Backoff = field(default_factory=Backoff)
    _running_since: float | None = None
    _attempt: int = 0
    _started: bool = False
    _ready: bool = False
    _entries: int = 0

    def until(self, end_seconds: float) -> None:
        """Go through all that happens up to `end_seconds`."""
        for kind in KINDS:
            spec = probe_of(self.container, kind)
            if spec is not None:
                self._workers[kind] = Worker(kind, spec, tick_seconds=self.first_tick_seconds + spec.period_seconds)
        for worker in self._workers.values():
            self._appoint(worker, self.first_tick_seconds)
        self._start(0)
        while self._queue and self._queue[0][0] <= end_seconds:
            at_seconds, _order, _entry, action = heapq.heappop(self._queue)
            action(at_seconds)

    def _at(self, at_seconds: float, order: int, action: Callable[[float], None]) -> None:
        self._entries += 1
        heapq.heappush(self._queue, (at_seconds, order, self._entries, action))

    def _say(self, at_seconds: float, what: str, why: str = "") -> None:
        self.timeline.append(Happening(at_seconds, self.container.name, what, why))

    def _appoint(self, worker: Worker, at_seconds: float) -> None:
        """Have `worker` look next at that time, and not at the time that was planned before."""
        worker.turn += 1
        turn = worker.turn
        self._at(at_seconds, _ORDER[worker.kind], lambda now: self._look(worker, now) if turn == worker.turn else None)

    def _look(self, worker: Worker, now: float) -> None:
        """One tick of a worker: ask, if it is time to."""
        if not self._asks(worker, now):
            self._appoint(worker, worker.advance(now))
            return
        answer = self._answer(worker.kind, now)
        in_time = answer.takes_seconds <= worker.spec.timeout_seconds
        done = now + min(answer.takes_seconds, worker.spec.timeout_seconds)
        success, output = answer.success and in_time, answer.output if in_time else _late(worker.spec)
        worker.busy, attempt = True, self._attempt
        self._at(done, _FIRST, lambda at: self._answered(worker, now, at, (success, output), attempt))

    def _asks(self, worker: Worker, now: float) -> bool:
        if worker.on_hold or self._running_since is None:
            return False
        if int(now - self._running_since) < worker.spec.initial_delay_seconds:
            return False
        return self._started != (worker.kind == "startup")

    def _answer(self, kind: str, now: float) -> Answer:
        since = now - (self._running_since or 0)
        given = [answer for answer in self.answers.get(kind, WELL) if answer.from_seconds <= since]
        return given[-1] if given else Answer()

    def _answered(self, worker: Worker, asked: float, now: float, answer: tuple[bool, str], attempt: int) -> None:
        """Count a result; one that reaches its threshold counts for the container, if it is still the same one."""
        success, output = answer
        worker.busy = False
        run, kind = worker.count(success), worker.kind
        result = ProbeResult(asked, now, kind, success, run, worker.threshold(success), output)
        self.results.append(result)
        if not success:
            self._say(now, "Unhealthy", f"{kind.capitalize()} probe failed: {output}")
        if result.decides and attempt == self._attempt:
            if kind == "startup" or (kind == "liveness" and not success):
                worker.on_hold, worker.run = True, 0
            self._decide(kind, success, now)
        self._appoint(worker, worker.advance(now))

    def _decide(self, kind: str, success: bool, now: float) -> None:
        if kind == "readiness":
            self._set_ready(success, now, "readiness probe")
        elif not success:
            self._kill(kind, now)
        elif kind == "startup":
            self._set_started(now)

    def _set_started(self, now: float) -> None:
        """The container counts as started; without a readiness probe it is ready."""
        self._started = True
        self._say(now, "started", "startup probe" if "startup" in self._workers else "")
        readiness = self._workers.get("readiness")
        if readiness is None:
            self._set_ready(True, now, "")
            return
        readiness.tick_seconds = now
        if not readiness.busy:
            self._appoint(readiness, readiness.advance(now))

    def _set_ready(self, ready: bool, now: float, why: str) -> None:
        if ready is not self._ready:
            self._ready = ready
            self._say(now, "ready" if ready else "unready", why)

    def _start(self, now: float) -> None:
        """A new container: workers on hold go on."""
        self._running_since, self._started = now, False
        for worker in self._workers.values():
            worker.on_hold = False
        self._say(now, "running")
        if "startup" not in self._workers:
            self._set_started(now)

    def _kill(self, kind: str, now: float) -> None:
        """Stop the container for a failed probe."""
        policy = self.container.restart_policy or self.pod.spec.restart_policy
        message = f"Container {self.container.name} failed {kind} probe"
        self._say(now, "Killing", message if policy == "Never" else f"{message}, will be restarted")
        end = end_container(self.container, self.program, grace_period_seconds(self.pod, self.container, kind))
        self._at(now + end.end_seconds, _EXIT, lambda at: self._exit(at, end.exit_code, restarts=policy != "Never"))

    def _exit(self, now: float, exit_code: int, *, restarts: bool) -> None:
        self._running_since, self._started = None, False
        self._attempt += 1
        self._set_ready(False, now, "the container has ended")
        self._say(now, f"exit {exit_code}")
        if restarts:
            exited_ns = round(now * SECOND_NS)
            wait_ns = self._backoff.delay_ns if self._backoff.waits(exited_ns, exited_ns) else 0
            self._backoff = self._backoff.restarted(exited_ns, exited_ns + wait_ns)
            self._at(now + seconds(wait_ns), _START, self._start)
        else:
            self._queue.clear()


def _late(spec: Probe) -> str:
    return _("no answer within {seconds} s").format(seconds=spec.timeout_seconds)
