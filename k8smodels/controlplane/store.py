"""The versioned store behind the API server: objects by key, one revision for all, and watches.

Every write raises the revision, and the object's ``resourceVersion`` is the revision of its last write. Whoever watches
a kind gets its changes in order, each a little after the write. Left out: pagination, compaction by time, and the
cache of watches inside the API server.

References
----------
staging/src/k8s.io/apiserver/pkg/storage/etcd3/store.go; staging/src/k8s.io/apiserver/pkg/storage/interfaces.go (v1.37)
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.resources import kind_of, resource_of

HISTORY = 1000
"""How many changes of a kind a late watch can still ask for."""

Key = tuple[str, str, str]
"""Kind, namespace and name."""


class Change(NamedTuple):
    """One change, as a watch tells it.

    Attributes
    ----------
    type
        ``ADDED``, ``MODIFIED`` or ``DELETED``.
    item, before
        The object after the change (for ``DELETED`` its last state), and before it.
    record
        The number of the write in the journal.
    """

    type: str
    item: KubernetesObject
    before: KubernetesObject | None
    record: int

    @property
    def revision(self) -> int:
        """The store's revision after it."""
        return int(self.item.metadata.resource_version)


Deliver = Callable[[Change], None]


@dataclass(slots=True)
class Watch:
    """Somebody who watches.

    Attributes
    ----------
    component
        Who.
    deliver
        What takes the changes.
    delivered
        How many there have been.
    """

    component: str
    deliver: Deliver
    delivered: int = 0
    stopped: bool = False
    _waiting: deque[tuple[float, Change]] = field(default_factory=deque)

    def push(self, change: Change, clock: Clock, seconds: float) -> None:
        """Have `change` delivered after so many seconds, behind those that wait already."""
        self._waiting.append((clock.seconds + seconds, change))
        if len(self._waiting) == 1:
            clock.later(seconds, lambda: self._drain(clock))

    def _drain(self, clock: Clock) -> None:
        now = clock.seconds
        while self._waiting and self._waiting[0][0] <= now + 1e-9:
            change = self._waiting[0][1]
            if not self.stopped:
                self.delivered += 1
                self.deliver(change)
            self._waiting.popleft()
        if self._waiting:
            clock.later(self._waiting[0][0] - now, lambda: self._drain(clock))


class Store:
    """All objects.

    Parameters
    ----------
    clock
        The time.
    watch_seconds
        How long a change is on its way to those who watch.

    Attributes
    ----------
    revision
        The number of the last write.
    recorder
        Told of every change at once.
    """

    def __init__(self, clock: Clock, watch_seconds: float) -> None:
        self.revision = 0
        self.watch_seconds = watch_seconds
        self.recorder: Deliver | None = None
        self._clock = clock
        self._items: dict[str, dict[tuple[str, str], KubernetesObject]] = {}
        self._watches: dict[str, list[Watch]] = {}
        self._node_watches: dict[str, list[Watch]] = {}
        self._history: dict[str, deque[Change]] = {}

    def get(self, kind: str, namespace: str, name: str) -> KubernetesObject | None:
        """The object of that key."""
        return self._items.get(kind, {}).get((namespace, name))

    def objects(self, kind: str, namespace: str = "") -> list[KubernetesObject]:
        """All objects of a kind, of one namespace or of all, in the order in which they were made."""
        items = self._items.get(kind, {})
        return [item for (found, _), item in items.items() if not namespace or found == namespace]

    def kinds(self) -> Iterator[str]:
        """The kinds of which there are objects."""
        return (kind for kind, items in self._items.items() if items)

    def count(self, kind: str) -> int:
        """How many objects of a kind there are."""
        return len(self._items.get(kind, ()))

    def put(self, item: KubernetesObject, record: int) -> KubernetesObject:
        """Write `item`, new or not, and tell those who watch."""
        stored = self._versioned(item)
        kind, key = kind_of(item), self._key(item)
        items = self._items.setdefault(kind, {})
        before = items.get(key)
        items[key] = stored
        self._tell(kind, Change("MODIFIED" if before is not None else "ADDED", stored, before, record))
        return stored

    def remove(self, item: KubernetesObject, record: int) -> None:
        """Take `item` out of the store."""
        kind = kind_of(item)
        before = self._items[kind].pop(self._key(item))
        self._tell(kind, Change("DELETED", self._versioned(before), before, record))

    def watch(self, kind: str, component: str, deliver: Deliver, *, node: str = "") -> Watch:
        """Have every change of `kind` from now on delivered; for pods, those of one `node` if it is named."""
        watch = Watch(component, deliver)
        (self._node_watches.setdefault(node, []) if node else self._watches.setdefault(kind, [])).append(watch)
        return watch

    def watchers(self, kind: str) -> list[Watch]:
        """Who watches all objects of a kind."""
        return list(self._watches.get(kind, ()))

    def deliveries(self) -> Counter[str]:
        """How many changes each component has been told, kubelets together."""
        watches = (each for some in (*self._watches.values(), *self._node_watches.values()) for each in some)
        told: Counter[str] = Counter()
        for watch in watches:
            told[watch.component.partition(" ")[0]] += watch.delivered
        return told

    def changes_since(self, kind: str, revision: int) -> list[Change] | None:
        """The changes of `kind` after `revision`; None if the store no longer has all of them."""
        history = self._history.get(kind, deque())
        if len(history) == HISTORY and history[0].revision > revision + 1:
            return None
        return [change for change in history if change.revision > revision]

    def _key(self, item: KubernetesObject) -> tuple[str, str]:
        return (item.namespace if resource_of(item).namespaced else "", item.metadata.name)

    def _versioned(self, item: KubernetesObject) -> KubernetesObject:
        self.revision += 1
        return replace(item, metadata=replace(item.metadata, resource_version=str(self.revision)))

    def _tell(self, kind: str, change: Change) -> None:
        if self.recorder is not None:
            self.recorder(change)
        self._history.setdefault(kind, deque(maxlen=HISTORY)).append(change)
        for watch in self._watches.get(kind, ()):
            watch.push(change, self._clock, self.watch_seconds)
        if isinstance(change.item, Pod) and change.item.spec.node_name:
            for watch in self._node_watches.get(change.item.spec.node_name, ()):
                watch.push(change, self._clock, self.watch_seconds)
