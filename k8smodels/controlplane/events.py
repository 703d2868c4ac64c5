"""Events: what components tell users about an object.

Equal events are counted, as ``kubectl describe`` shows them: ``12s (x4 over 1m)``. Left out: that they are objects of
the API with a request each, their limit of rates (see `k8smodels.workloads.Correlator`), and that they vanish after an
hour.

References
----------
staging/src/k8s.io/client-go/tools/record/events_cache.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.resources import kind_of

MAX_EVENTS = 100_000
"""More events than this push the oldest ones out."""


@dataclass(frozen=True, slots=True)
class ObjectEvent:
    """Something that happened to an object, once or often.

    Attributes
    ----------
    first_seconds, last_seconds
        When it came first and last, in seconds since the start.
    component
        Who says so.
    kind, namespace, name, uid
        The object.
    type
        ``Normal`` or ``Warning``.
    reason, message
        Kubernetes' own words.
    count
        How often.
    field_path
        The part of the object that it is about, such as ``spec.containers{main}``; empty for all of it.
    """

    first_seconds: float
    last_seconds: float
    component: str
    kind: str
    namespace: str
    name: str
    uid: str
    type: str
    reason: str
    message: str
    count: int = 1
    field_path: str = ""


class Events:
    """All events.

    Parameters
    ----------
    clock
        The time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: dict[tuple[str, ...], ObjectEvent] = {}

    def __iter__(self) -> Iterator[ObjectEvent]:
        return iter(self._events.values())

    def post(
        self,
        component: str,
        item: KubernetesObject,
        reason: str,
        message: str,
        *,
        warning: bool = False,
        field_path: str = "",
    ) -> None:
        """Add an event about `item`, or a part of it, or count it once more."""
        meta, kind, now = item.metadata, kind_of(item), self._clock.seconds
        key = (component, meta.uid or f"{kind}/{meta.namespace}/{meta.name}", field_path, reason, message)
        known = self._events.pop(key, None)
        if known is not None:
            self._events[key] = replace(known, last_seconds=now, count=known.count + 1)
            return
        if len(self._events) >= MAX_EVENTS:
            del self._events[next(iter(self._events))]
        kind_of_event = "Warning" if warning else "Normal"
        self._events[key] = ObjectEvent(
            now,
            now,
            component,
            kind,
            meta.namespace,
            meta.name,
            meta.uid,
            kind_of_event,
            reason,
            message,
            field_path=field_path,
        )

    def about(self, item: KubernetesObject) -> list[ObjectEvent]:
        """The events about `item`, the one that came last the last."""
        return [event for event in self._events.values() if event.uid == item.metadata.uid and event.name == item.name]
