"""Scenes about the pods that a ReplicaSet deletes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from k8smodels.api.container_status import ContainerState, ContainerStateRunning
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import ContainerStatus, Pod, PodCondition, PodSpec, PodStatus
from k8smodels.api.times import format_time
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el
from k8smodels.views.isolation import grid
from k8smodels.views.jobs import human_duration
from k8smodels.workloads import Doomed, pods_to_delete
from k8smodels.workloads.deployment.world import EPOCH
from k8smodels.workloads.replicaset.deletion_rules import DELETION_COST, age_power

NOW = EPOCH + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A pod by what the rules look at.

    Attributes
    ----------
    name
        Its name, and its UID.
    node
        Where it runs; empty: nowhere yet.
    phase, ready_seconds
        For how long it has been ready; None: it is not.
    restarts, cost
        Of its container; in its annotation.
    """

    name: str
    node: str = "node-1"
    phase: str = "Running"
    ready_seconds: int | None = 600
    restarts: int = 0
    cost: int = 0


def pod_of(sketch: Sketch) -> Pod:
    """The pod."""
    age = sketch.ready_seconds if sketch.ready_seconds is not None else 60
    at = format_time(NOW - timedelta(seconds=age))
    ready = PodCondition(
        type="Ready", status="False" if sketch.ready_seconds is None else "True", last_transition_time=at
    )
    running = ContainerStatus(
        name="web", restart_count=sketch.restarts, state=ContainerState(running=ContainerStateRunning())
    )
    annotations = {DELETION_COST: str(sketch.cost)} if sketch.cost else {}
    return Pod(
        metadata=ObjectMeta(name=sketch.name, uid=sketch.name, creation_timestamp=at, annotations=annotations),
        spec=PodSpec(node_name=sketch.node),
        status=PodStatus(phase=sketch.phase, conditions=(ready,), container_statuses=(running,)),
    )


CASES: Mapping[str, str] = {
    "mixed": "a bit of everything",
    "ready": "readiness",
    "cost": "pod-deletion-cost",
    "node": "pods on the same node",
    "age": "time since ready",
    "close": "nearly the same time",
    "restarts": "restarts",
}
_SKETCHES: Mapping[str, Sequence[Sketch]] = {
    "mixed": (
        Sketch("web-a", ready_seconds=3600),
        Sketch("web-b", node="", phase="Pending", ready_seconds=None),
        Sketch("web-c", "node-2", ready_seconds=None, restarts=4),
        Sketch("web-d", "node-2", ready_seconds=86000, cost=-10),
        Sketch("web-e", "node-3", ready_seconds=40),
        Sketch("web-f", ready_seconds=1200),
    ),
    "ready": (
        Sketch("web-a", "node-1"),
        Sketch("web-b", "node-2", ready_seconds=None),
        Sketch("web-c", "node-3", phase="Pending", ready_seconds=None),
        Sketch("web-d", node="", phase="Pending", ready_seconds=None),
    ),
    "cost": (
        Sketch("web-a", "node-1", cost=100),
        Sketch("web-b", "node-2"),
        Sketch("web-c", "node-3", cost=-5),
        Sketch("web-d", "node-4", cost=20),
    ),
    "node": (
        Sketch("web-a", "node-1", ready_seconds=7000),
        Sketch("web-b", "node-2", ready_seconds=900),
        Sketch("web-c", "node-2", ready_seconds=7000),
        Sketch("web-d", "node-3", ready_seconds=60),
    ),
    "age": (
        Sketch("web-a", "node-1", ready_seconds=30),
        Sketch("web-b", "node-2", ready_seconds=80000),
        Sketch("web-c", "node-3", ready_seconds=600),
        Sketch("web-d", "node-4", ready_seconds=5000),
    ),
    "close": (
        Sketch("web-a", "node-1", ready_seconds=3400),
        Sketch("web-b", "node-2", ready_seconds=3300),
        Sketch("web-c", "node-3", ready_seconds=3200),
        Sketch("web-d", "node-4", ready_seconds=2300),
    ),
    "restarts": (
        Sketch("web-a", "node-1", restarts=1),
        Sketch("web-b", "node-2", restarts=7),
        Sketch("web-c", "node-3"),
        Sketch("web-d", "node-4", restarts=2),
    ),
}
LABELS: Mapping[str, str] = {
    "Unassigned < assigned": "not yet on a node",
    "PodPending < PodUnknown < PodRunning": "not yet running",
    "Not ready < ready": "not ready",
    "lower pod-deletion-cost < higher pod-deletion cost": "lower pod-deletion-cost",
    "Doubled up < not doubled up": "more pods of this Deployment on its node",
    "Been ready for empty time < less time < more time": "ready for less time",
    "Pods with containers with higher restart counts < lower restart counts": "more restarts",
    "Empty creation time pods < newer pods < older pods": "newer",
}
"""The rules in short words, by Kubernetes' own."""


_AGE = "Been ready for empty time < less time < more time"


def order_of(sketches: Sequence[Sketch]) -> tuple[Doomed, ...]:
    """The pods in the order in which they go, but for the last one."""
    pods = [pod_of(sketch) for sketch in sketches]
    return pods_to_delete(pods, pods, len(pods) - 1, NOW)


def order(case: str, fewer: int) -> Frame:
    """Which pods go if there are so many too many."""
    sketches = {sketch.name: sketch for sketch in _SKETCHES[case]}
    doomed = order_of(list(sketches.values()))
    names = [each.pod.name for each in doomed]
    last = next(name for name in sketches if name not in names)
    ordered = [sketches[name] for name in (*names, last)]
    reasons = [_reason(each.reason, *pair) for each, pair in zip(doomed, pairwise(ordered), strict=True)]
    rows = [
        _row(sketch, reason, gone=place < fewer)
        for place, (sketch, reason) in enumerate(zip(ordered, [*reasons, _("goes last")], strict=True))
    ]
    head = [_("pod"), _("node"), _("ready for"), _("restarts"), _("cost"), _("before the next one because")]
    says = _("First to go: {names}.").format(names=", ".join(f"**{name}**" for name in names[:fewer]))
    return Frame(grid(head, rows, range(fewer)), says)


def _reason(rule: str, one: Sketch, other: Sketch) -> str:
    """The rule in short words; of ages that count as equal it is the UID that decides."""
    ages = [timedelta(seconds=each.ready_seconds or 0) for each in (one, other)]
    if rule == _AGE and age_power(ages[0]) == age_power(ages[1]):
        return _("ages count as equal; the UID decides")
    return _(LABELS[rule])


def _row(sketch: Sketch, reason: str, *, gone: bool) -> tuple[Html, ...]:
    name = el("span", el("b", sketch.name), class_="v nw no" if gone else "v nw ok")
    ready = _("no") if sketch.ready_seconds is None else human_duration(timedelta(seconds=sketch.ready_seconds))
    cells = (sketch.node or "–", ready, str(sketch.restarts), str(sketch.cost), reason)
    return name, *(el("span", cell) for cell in cells)
