"""The journal as a sequence: every write goes to the API server, and everybody else hears of it there."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.controlplane.journal import Record
from k8smodels.i18n import _
from k8smodels.views.html import Html
from k8smodels.views.sequence import COLUMNS, Actor, Message, sequence

__all__ = ["API_SERVER", "speaker", "story"]

API_SERVER = "API server"

_SHORT = {
    "kubectl": ("kubectl", "proc"),
    "deployment-controller": ("Deployment controller", "cp"),
    "replicaset-controller": ("ReplicaSet controller", "cp"),
    "endpointslice-controller": ("EndpointSlice controller", "cp"),
    "node-lifecycle-controller": ("node lifecycle", "cp"),
    "taint-eviction-controller": ("taint eviction", "cp"),
    "garbage-collector": ("garbage collector", "cp"),
    "job-controller": ("Job controller", "cp"),
    "cronjob-controller": ("CronJob controller", "cp"),
    "horizontal-pod-autoscaler": ("autoscaler", "cp"),
    "default-scheduler": ("scheduler", "cp"),
}
"""How components are called in a narrow column, with the class of their glyph."""

_HEADS = {
    "Deployment controller": "deploy controller",
    "ReplicaSet controller": "rs controller",
    "EndpointSlice controller": "slice controller",
}
"""The same above a column, where long words do not fit: kubectl's own short names."""


def speaker(component: str) -> Actor:
    """A component as an actor of a sequence; all kubelets look alike."""
    if component.startswith("kubelet"):
        return Actor(component, "node")
    name, kind = _SHORT.get(component, (component, "cp"))
    return Actor(name, kind, _HEADS.get(name, ""))


def story(records: Sequence[Record], now: int, *, since_seconds: float = 0.0) -> Html:
    """One row a record, number `now` marked.

    Parameters
    ----------
    records
        What is told, in order; at most five components among them.
    now
        The number of the one that is told.
    since_seconds
        The moment that counts as 0.

    Raises
    ------
    ValueError
        More components than a sequence has places for.
    """
    actors = list(dict.fromkeys(speaker(record.component) for record in records))
    if len(actors) >= COLUMNS:
        raise ValueError(f"a story has at most {COLUMNS - 1} components, not {len(actors)}")
    actors.insert(min(1, len(actors)), Actor(API_SERVER, "cp"))
    messages = [
        Message(
            speaker(record.component).name,
            _receiver(record),
            _words(record),
            f"{record.at_seconds - since_seconds:.3f} s",
        )
        for record in records
    ]
    return sequence(actors, messages, now)


def _receiver(record: Record) -> str:
    """A write goes to the API server; what is no write happens at the component itself."""
    return API_SERVER if record.revision else speaker(record.component).name


def _words(record: Record) -> str:
    line = _("{verb} `{object}`").format(verb=record.verb, object=record.object)
    return _("{line}: {note}").format(line=line, note=record.note) if record.note else line
