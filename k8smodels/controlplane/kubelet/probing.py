"""Probes in the cluster: the workers of `k8smodels.runtime`, on the clock of the simulation.

A worker whose last results were all the same sleeps until its program answers differently: nothing would come of the
probes in between, and a large cluster makes thousands of them a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from k8smodels.api.pod import Container
from k8smodels.controlplane.clock import Clock
from k8smodels.runtime.probe_results import WELL, Answer
from k8smodels.runtime.probe_run import Worker
from k8smodels.runtime.probe_spec import KINDS, probe_of

Decide = Callable[[str, bool], None]
"""Told of a kind of probe and its result, each time that a threshold is reached."""


@dataclass(slots=True)
class Probing:
    """The probes of one container, from one start of it to its end.

    Attributes
    ----------
    clock
        The time.
    container
        The container.
    answers
        The program's answers to a kind of probe now.
    failed
        Told of every failure: the kind and the output.
    decide
        Told of every result that counts.
    """

    clock: Clock
    container: Container
    answers: Callable[[str], Sequence[Answer]]
    failed: Callable[[str, str], None]
    decide: Decide
    started_seconds: float = 0.0
    is_started: bool = False
    is_over: bool = False
    _workers: dict[str, Worker] | None = None

    def begin(self) -> None:
        """The container runs: set up its workers."""
        self.started_seconds = self.clock.seconds
        self._workers = {
            kind: Worker(kind, spec, tick_seconds=self.clock.seconds + spec.period_seconds)
            for kind in KINDS
            if (spec := probe_of(self.container, kind)) is not None
        }
        self.is_started = "startup" not in self._workers
        for worker in self._workers.values():
            self._appoint(worker, self.clock.seconds)

    def end(self) -> None:
        """The container has ended."""
        self.is_over = True

    def wake(self) -> None:
        """The program answers differently from now on: ask at the next tick."""
        for worker in (self._workers or {}).values():
            self._appoint(worker, worker.advance(self.clock.seconds))

    def has(self, kind: str) -> bool:
        """Whether the container has a probe of that kind."""
        return probe_of(self.container, kind) is not None

    def _appoint(self, worker: Worker, at_seconds: float) -> None:
        worker.turn += 1
        turn = worker.turn
        if at_seconds == float("inf"):
            return
        delay = max(at_seconds - self.clock.seconds, 0.0)
        self.clock.later(delay, lambda: self._look(worker) if turn == worker.turn and not self.is_over else None)

    def _look(self, worker: Worker) -> None:
        now = self.clock.seconds
        if not self._asks(worker, now):
            self._appoint(worker, worker.advance(now))
            return
        answer = self._answer(worker.kind, now)
        in_time = answer.takes_seconds <= worker.spec.timeout_seconds
        success, output = answer.success and in_time, answer.output if in_time else "context deadline exceeded"
        wait = min(answer.takes_seconds, worker.spec.timeout_seconds)
        if wait:
            self.clock.later(wait, lambda: self._answered(worker, success, output))
        else:
            self._answered(worker, success, output)

    def _asks(self, worker: Worker, now: float) -> bool:
        if worker.on_hold or int(now - self.started_seconds) < worker.spec.initial_delay_seconds:
            return False
        return self.is_started != (worker.kind == "startup")

    def _answer(self, kind: str, now: float) -> Answer:
        given = [item for item in self.answers(kind) or WELL if item.from_seconds <= now - self.started_seconds]
        return given[-1] if given else Answer()

    def _answered(self, worker: Worker, success: bool, output: str) -> None:
        if self.is_over:
            return
        run, kind = worker.count(success), worker.kind
        if not success:
            self.failed(kind, output)
        threshold = worker.threshold(success)
        if run >= threshold:
            if kind == "startup" or (kind == "liveness" and not success):
                worker.on_hold, worker.run = True, 0
            if kind == "startup" and success:
                self._startup_succeeded()
            self.decide(kind, success)
        if worker.on_hold:
            return
        self._appoint(worker, self._next_useful(worker, success, run > threshold))

    def _startup_succeeded(self) -> None:
        self.is_started = True
        readiness = (self._workers or {}).get("readiness")
        if readiness is not None:
            readiness.tick_seconds = self.clock.seconds
            self._appoint(readiness, readiness.advance(self.clock.seconds))

    def _next_useful(self, worker: Worker, success: bool, is_settled: bool) -> float:
        """The next tick at which the answer may be another one; failures are told each time."""
        now = self.clock.seconds
        due = worker.advance(now)
        if not (success and is_settled):
            return due
        changes = [item.from_seconds + self.started_seconds for item in self.answers(worker.kind)]
        later = [moment for moment in changes if moment > now]
        if not later:
            return float("inf")
        while due < min(later):
            due = worker.advance(due)
        return due
