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


def event_objects(call: Call, namespace: str = "") -> Iterator[Unstructured]:
    """All events of a namespace, or of all; those of objects without one are in ``default``."""
    for event in call.cluster.events:
        if namespace in ("", event.namespace or "default"):
            yield event_object(event)


def event_object(event: ObjectEvent) -> Unstructured:
    """One event. Its name is that of the object, and the moment at which it came first."""
    first = START + timedelta(seconds=event.first_seconds)
    name = f"{event.name}.{int(first.timestamp()) * 10**9 + round(event.first_seconds % 1 * 10**9):x}"
    namespace = event.namespace or "default"
    stamp = format_time(first)
    content = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": stamp},
        "involvedObject": {"kind": event.kind, "name": event.name, "uid": event.uid}
        | ({"namespace": event.namespace} if event.namespace else {}),
        "type": event.type,
        "reason": event.reason,
        "message": event.message,
        "count": event.count,
        "firstTimestamp": stamp,
        "lastTimestamp": format_time(START + timedelta(seconds=event.last_seconds)),
        "source": {"component": event.component},
        "reportingComponent": event.component,
    }
    metadata = ObjectMeta(name=name, namespace=namespace, creation_timestamp=stamp)
    return Unstructured(metadata=metadata, content=content)
