"""The queue of a controller: each key once, and not while somebody works on it.

A key that comes again while it waits is one piece of work; one that comes while it is worked on is done again
afterwards. A key whose work failed comes back later: after 5 ms, doubled each time, at most 1000 s.

References
----------
staging/src/k8s.io/client-go/util/workqueue/queue.go, default_rate_limiters.go (v1.37)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import TYPE_CHECKING

from k8smodels.controlplane.clock import Clock

if TYPE_CHECKING:
    from simpy.events import Event

BASE_DELAY_SECONDS = 0.005
MAX_DELAY_SECONDS = 1000.0


class WorkQueue:
    """Keys that wait for a worker.

    Parameters
    ----------
    clock
        The time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._order: deque[Hashable] = deque()
        self._waiting: dict[Hashable, int] = {}
        self._working: set[Hashable] = set()
        self._failures: dict[Hashable, int] = {}
        self._idle: deque[Event] = deque()
        self._looks: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, key: Hashable, because: int = -1) -> None:
        """Have `key` worked on; of several causes the first one counts."""
        known = key in self._waiting
        self._waiting.setdefault(key, because)
        if not known and key not in self._working:
            self._order.append(key)
            self._wake()

    def add_after(self, key: Hashable, seconds: float, because: int = -1) -> None:
        """The same, later; of several appointments of one key the earliest counts."""
        due = self._clock.seconds + seconds
        if self._looks.get(key, float("inf")) <= due:
            return
        self._looks[key] = due
        self._clock.later(seconds, lambda: self._due(key, due, because))

    def retry(self, key: Hashable, because: int = -1) -> None:
        """Have `key` worked on again after a failure."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        self.add_after(key, min(BASE_DELAY_SECONDS * 2.0**failures, MAX_DELAY_SECONDS), because)

    def forget(self, key: Hashable) -> None:
        """Its work went well: failures count anew."""
        self._failures.pop(key, None)

    def next(self) -> Event:
        """An event of SimPy that comes with the next key and its cause."""
        event = self._clock.environment.event()
        self._idle.append(event)
        self._wake()
        return event

    def done(self, key: Hashable) -> None:
        """The work on `key` is over."""
        self._working.discard(key)
        if key in self._waiting:
            self._order.append(key)
            self._wake()

    def _due(self, key: Hashable, due: float, because: int) -> None:
        if self._looks.get(key) == due:
            del self._looks[key]
            self.add(key, because)

    def _wake(self) -> None:
        while self._order and self._idle:
            key = self._order.popleft()
            self._working.add(key)
            self._idle.popleft().succeed((key, self._waiting.pop(key)))
