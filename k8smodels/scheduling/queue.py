"""The pods that wait for the scheduler: who is next, and who has to wait after a failure.

A pod that waits is in one of three places::

    add ──────▶ active ──────▶ pop ──▶ a cycle ──▶ its node
                  ▲                      │ fails
          flush   │                      ▼
               backoff ◀─── event ─── unschedulable

- *active*: to be tried, the most important first, then the one that came first;
- *backoff*: worth another try, but not yet: the wait doubles with each failure;
- *unschedulable*: no try until an event makes one worthwhile, or five minutes have passed.

Time is in seconds and comes from the caller. Not modelled: events that come while a pod is in its cycle, changes of
waiting pods, pod groups.

References
----------
pkg/scheduler/backend/queue: scheduling_queue.go, backoff_queue.go, active_queue.go;
pkg/scheduler/framework/plugins/queuesort/priority_sort.go (v1.37)
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from k8smodels.api.pod import Pod
from k8smodels.scheduling.queue_events import ANY, Event, is_interested

Place = Literal["active", "backoff", "unschedulable"]
"""Where a waiting pod is."""

INITIAL_BACKOFF_SECONDS = 1
MAX_BACKOFF_SECONDS = 10
MAX_IN_UNSCHEDULABLE_SECONDS = 300
"""How long a pod waits for an event before it is tried again without one."""

SCHEDULING_GATES = "SchedulingGates"


@dataclass(frozen=True, slots=True)
class QueuedPod:
    """A pod that waits.

    Attributes
    ----------
    pod
        The pod.
    timestamp
        When it came, or last failed; in seconds.
    unschedulable_count
        How many cycles it has failed because plugins refused all nodes.
    consecutive_errors
        How many cycles in a row it has failed because something went wrong.
    rejected_by
        The plugins that refused it in its last cycle; none after an error.
    """

    pod: Pod
    timestamp: float
    unschedulable_count: int = 0
    consecutive_errors: int = 0
    rejected_by: frozenset[str] = frozenset()

    @property
    def priority(self) -> int:
        """How important the pod is; 0 unless it says so."""
        return self.pod.spec.priority or 0

    @property
    def is_gated(self) -> bool:
        """Whether somebody holds the pod back."""
        return bool(self.pod.spec.scheduling_gates)

    def failed(self, now: float, rejected_by: Iterable[str]) -> QueuedPod:
        """The pod after a cycle that failed at `now`; without anybody in `rejected_by` it was an error."""
        plugins = frozenset(rejected_by)
        if not plugins:
            return replace(self, timestamp=now, consecutive_errors=self.consecutive_errors + 1, rejected_by=plugins)
        count = self.unschedulable_count + 1
        return replace(self, timestamp=now, unschedulable_count=count, consecutive_errors=0, rejected_by=plugins)


def priority_sort(queued: QueuedPod) -> tuple[int, float]:
    """The key by which PrioritySort orders pods: the higher priority first, then the earlier time."""
    return -queued.priority, queued.timestamp


def backoff_seconds(failures: int, initial: int = INITIAL_BACKOFF_SECONDS, maximum: int = MAX_BACKOFF_SECONDS) -> int:
    """How long to wait after so many failures: `initial`, doubled each time, at most `maximum` seconds.

    Examples
    --------
    >>> [backoff_seconds(failures) for failures in range(7)]
    [0, 1, 2, 4, 8, 10, 10]
    """
    if failures == 0:
        return 0
    # Nothing grows beyond the maximum's own number of bits.
    return min(initial << min(failures - 1, maximum.bit_length()), maximum)


@dataclass(frozen=True)
class SchedulingQueue:
    """The pods that wait. It never changes: each step gives a new one.

    Attributes
    ----------
    active, backoff, unschedulable
        The pods in each place; the first two in the order in which they are taken.
    initial_backoff_seconds, max_backoff_seconds
        The first wait, and the longest.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> queue = SchedulingQueue().add(pod("web"), 0.0).add(pod("db", priority=10), 1.0)
    >>> [queued.pod.name for queued in queue.active]
    ['db', 'web']
    """

    active: tuple[QueuedPod, ...] = ()
    backoff: tuple[QueuedPod, ...] = ()
    unschedulable: tuple[QueuedPod, ...] = ()
    initial_backoff_seconds: int = INITIAL_BACKOFF_SECONDS
    max_backoff_seconds: int = MAX_BACKOFF_SECONDS

    def add(self, pod: Pod, now: float) -> SchedulingQueue:
        """The queue with a new `pod`; one with scheduling gates is put aside."""
        queued = QueuedPod(pod, now)
        if queued.is_gated:
            queued = replace(queued, rejected_by=frozenset({SCHEDULING_GATES}))
        return self._with(queued, self._next_place(queued, now))

    def pop(self) -> tuple[QueuedPod, SchedulingQueue]:
        """The pod to be tried next, and the queue without it.

        When no pod is active, one is taken out of backoff early rather than let the scheduler idle; not one that has
        failed by an error.

        Raises
        ------
        LookupError
            No pod can be tried.
        """
        if self.active:
            return self.active[0], replace(self, active=self.active[1:])
        for i, queued in enumerate(self.backoff):
            if queued.rejected_by:
                return queued, replace(self, backoff=self.backoff[:i] + self.backoff[i + 1 :])
        raise LookupError("no pod can be scheduled now")

    def fail(self, queued: QueuedPod, now: float, rejected_by: Iterable[str] = ()) -> SchedulingQueue:
        """The queue after the cycle of `queued` has failed at `now`.

        A pod that plugins have refused waits for an event. After an error nobody knows what to wait for, so that the
        pod is tried again after its backoff.
        """
        after = queued.failed(now, rejected_by)
        return self._with(after, "unschedulable" if after.rejected_by else self._next_place(after, now))

    def move(self, now: float, event: Event = ANY) -> SchedulingQueue:
        """The queue after `event`: pods for which it may change something become active, or back off first."""
        interested = [item for item in self.unschedulable if is_interested(item.rejected_by, event)]
        return self._moved((item, self._next_place(item, now)) for item in interested)

    def activate(self, name: str, namespace: str = "default") -> SchedulingQueue:
        """The queue with the waiting pod of that name made active, whatever its backoff; gated pods stay."""
        waiting = (*self.backoff, *self.unschedulable)
        named = [item for item in waiting if (item.pod.namespace, item.pod.name) == (namespace, name)]
        return self._moved((item, "unschedulable" if item.is_gated else "active") for item in named)

    def remove(self, name: str, namespace: str = "default") -> SchedulingQueue:
        """The queue without the waiting pod of that name: it was deleted, or somebody else has bound it."""

        def without(waiting: tuple[QueuedPod, ...]) -> tuple[QueuedPod, ...]:
            return tuple(item for item in waiting if (item.pod.namespace, item.pod.name) != (namespace, name))

        return replace(
            self,
            active=without(self.active),
            backoff=without(self.backoff),
            unschedulable=without(self.unschedulable),
        )

    def flush(self, now: float) -> SchedulingQueue:
        """The queue after the passing of time: who has backed off, or waited five minutes for an event, moves on."""
        done = [item for item in self.backoff if not self.is_backing_off(item, now)]
        stale = [item for item in self.unschedulable if now - item.timestamp > MAX_IN_UNSCHEDULABLE_SECONDS]
        return self._moved((item, self._next_place(item, now)) for item in (*done, *stale))

    def backoff_until(self, queued: QueuedPod) -> int | None:
        """The second up to which `queued` backs off, cut down to a whole one; None if it has not failed yet.

        After an error the errors in a row count, otherwise all the times that plugins have refused the pod.
        """
        failures = queued.consecutive_errors or queued.unschedulable_count
        if not failures:
            return None
        wait = backoff_seconds(failures, self.initial_backoff_seconds, self.max_backoff_seconds)
        return math.floor(queued.timestamp) + wait

    def is_backing_off(self, queued: QueuedPod, now: float) -> bool:
        """Whether `queued` has to wait at `now`: until the second in which its backoff ends is over."""
        until = self.backoff_until(queued)
        return until is not None and until >= math.floor(now)

    def place_of(self, name: str, namespace: str = "default") -> Place | None:
        """Where the pod of that name waits; None if it does not."""
        places: tuple[tuple[Place, tuple[QueuedPod, ...]], ...] = (
            ("active", self.active),
            ("backoff", self.backoff),
            ("unschedulable", self.unschedulable),
        )
        for place, pods in places:
            if any((item.pod.namespace, item.pod.name) == (namespace, name) for item in pods):
                return place
        return None

    def _next_place(self, queued: QueuedPod, now: float) -> Place:
        """Where a pod goes that is worth another try."""
        if queued.is_gated:
            return "unschedulable"
        return "backoff" if self.is_backing_off(queued, now) else "active"

    def _with(self, queued: QueuedPod, place: Place) -> SchedulingQueue:
        """The queue with one pod more."""
        if place == "active":
            return replace(self, active=_inserted(self.active, queued, priority_sort))
        if place == "backoff":
            return replace(self, backoff=_inserted(self.backoff, queued, self._backoff_sort))
        return replace(self, unschedulable=(*self.unschedulable, queued))

    def _moved(self, pods: Iterable[tuple[QueuedPod, Place]]) -> SchedulingQueue:
        """The queue after `pods`, whether they waited before or not, have come to their places."""
        arriving = list(pods)
        moving = {id(item) for item, _ in arriving}

        def at(place: Place, waiting: Iterable[QueuedPod]) -> list[QueuedPod]:
            staying = [item for item in waiting if id(item) not in moving]
            return staying + [item for item, target in arriving if target == place]

        return replace(
            self,
            active=tuple(sorted(at("active", self.active), key=priority_sort)),
            backoff=tuple(sorted(at("backoff", self.backoff), key=self._backoff_sort)),
            unschedulable=tuple(at("unschedulable", self.unschedulable)),
        )

    def _backoff_sort(self, queued: QueuedPod) -> tuple[int, int, float]:
        """Pods whose backoff ends in the same second are ordered like active ones."""
        return self.backoff_until(queued) or 0, *priority_sort(queued)


def _inserted(
    waiting: tuple[QueuedPod, ...], queued: QueuedPod, key: Callable[[QueuedPod], tuple[float, ...]]
) -> tuple[QueuedPod, ...]:
    """`waiting`, which is in the order of `key`, with `queued` behind those that are equal."""
    place = bisect_right(waiting, key(queued), key=key)
    return (*waiting[:place], queued, *waiting[place:])
