"""Events as objects of the API, as ``kubectl get events`` asks for them.

References
----------
staging/src/k8s.io/client-go/tools/record/event.go: makeEvent; staging/src/k8s.io/api/core/v1/types.go: Event (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from k8smodels.api.meta import ObjectMeta, Unstructured
from k8smodels.api.times import format_time
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.events import ObjectEvent
from k8smodels.controlplane.kubectl.call import Call

SCHEDULER = "default-scheduler"
"""The component that writes events of the newer API: they have no time of the last one, and are sorted first."""


def event_objects(call: Call, namespace: str = "") -> Iterator[Unstructured]:
    """All events of a namespace, or of all; those of objects without one are in ``default``."""
    for event in call.cluster.events:
        if namespace in ("", event.namespace or "default"):
            yield event_object(event)


def event_object(event: ObjectEvent) -> Unstructured:
    """One event. Its name is that of the object, and the moment at which it came first."""
    first = START + timedelta(seconds=event.first_seconds)
    name = f"{event.name}.{int(first.timestamp()) * 10**9 + round(event.first_seconds % 1 * 10**9):x}"
    namespace, stamp = event.namespace or "default", format_time(first)
    about = {"kind": event.kind, "namespace": event.namespace, "name": event.name, "uid": event.uid}
    content = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": stamp},
        "involvedObject": {key: value for key, value in (about | {"fieldPath": event.field_path}).items() if value},
        "type": event.type,
        "reason": event.reason,
        "message": event.message,
        "reportingComponent": event.component,
        **(_newer(event) if event.component == SCHEDULER else _older(event, stamp)),
    }
    metadata = ObjectMeta(name=name, namespace=namespace, creation_timestamp=stamp)
    return Unstructured(metadata=metadata, content=content)


def _older(event: ObjectEvent, first: str) -> dict[str, object]:
    """What the recorder of core/v1 writes."""
    last = format_time(START + timedelta(seconds=event.last_seconds))
    times = {"firstTimestamp": first, "lastTimestamp": last, "count": event.count}
    return {**times, "eventTime": None, "source": {"component": event.component}}


def _newer(event: ObjectEvent) -> dict[str, object]:
    """What the recorder of events.k8s.io/v1 writes: a first time, and a series if there were more."""
    series = {"count": event.count, "lastObservedTime": _precise(event.last_seconds)}
    times = {"firstTimestamp": None, "lastTimestamp": None, "eventTime": _precise(event.first_seconds)}
    return {**times, "source": {}, **({"series": series} if event.count > 1 else {})}


def _precise(seconds: float) -> str:
    return f"{START + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}Z"
