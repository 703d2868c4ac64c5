"""Five recorded rollouts of a real cluster, and the same ones in the simulated cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from k8smodels.api.workload import ReplicaSet
from k8smodels.controlplane import Behaviour, Cluster, Timing
from k8smodels.controlplane.store import Change
from k8smodels.i18n import _
from k8smodels.runtime import Program
from k8smodels.scenes.deployments import NEW, OLD, USER, complete, rolling, set_image, web
from k8smodels.views.frame import Frame
from k8smodels.views.isolation import grid
from k8smodels.views.workloads.comparison_figure import Line
from k8smodels.workloads.deployment.revisions import size
from k8smodels.workloads.deployment.world import image_of

Recording: TypeAlias = Mapping[str, Any]
_BINDING_SECONDS = 0.02
"""Bindings followed each other by so much where the recordings were made."""
_NODES, _REST_SECONDS = 10, 0.3


@dataclass(frozen=True, slots=True)
class Sizes:
    """What two ReplicaSets were asked for, over time.

    Attributes
    ----------
    old, new
        Seconds and pods wanted.
    seconds
        Until the rollout was complete.
    """

    old: Line
    new: Line
    seconds: float

    @property
    def lines(self) -> Mapping[str, Line]:
        """Both by name."""
        return {"old": self.old, "new": self.new}


def recordings(text: str) -> list[Recording]:
    """The rollouts of the file `recorded-rollouts.json`."""
    return list(json.loads(text)["rollouts"])


def recorded(record: Recording) -> Sizes:
    """The sizes of a recording; the new ReplicaSet is the one that was made first."""
    new = record["sizes"][0][1]
    replicas = record["replicas"]
    lines: dict[bool, list[tuple[float, int]]] = {True: [(0.0, 0)], False: [(0.0, replicas)]}
    for at, name, pods in record["sizes"]:
        if lines[name == new][-1][1] != pods:
            lines[name == new].append((at, pods))
    return Sizes(lines[False], lines[True], record["seconds"])


@lru_cache(maxsize=4)
def replayed(text: str) -> tuple[Sizes, ...]:
    """The same rollouts one after another in one simulated cluster, as they were recorded."""
    records = recordings(text)
    behaviour = Behaviour(program=Program(stop_seconds=records[0]["term_s"]))
    timing = Timing(
        image_pull_seconds=0.0, scheduling_cycle_seconds=_BINDING_SECONDS, pod_start_seconds=records[0]["ready_s"]
    )
    cluster = Cluster.of(_NODES, behaviours={OLD: behaviour, NEW: behaviour}, timing=timing)
    return tuple(_rolled(cluster, record) for record in records)


def _rolled(cluster: Cluster, record: Recording) -> Sizes:
    """One of them; the Deployment is gone afterwards."""
    replicas = record["replicas"]
    cluster.create(web(replicas, probe=False, **rolling(record["maxSurge"], record["maxUnavailable"])))
    cluster.run_until(complete)
    cluster.run(_REST_SECONDS)
    start, lines = cluster.seconds, {OLD: [(0.0, replicas)], NEW: [(0.0, 0)]}

    def seen(change: Change) -> None:
        item = change.item
        if isinstance(item, ReplicaSet) and lines[image_of(item)][-1][1] != size(item):
            lines[image_of(item)].append((cluster.seconds - start, size(item)))

    watch = cluster.store.watch(ReplicaSet.kind, "observer", seen)
    set_image(cluster)
    cluster.run_until(complete, step_seconds=0.05)
    watch.stopped = True
    seconds = cluster.seconds - start
    cluster.server.delete("Deployment", "default", "web", USER, policy="Foreground")
    cluster.run_until(lambda each: not each.pods() and not each.store.objects("Deployment"))
    return Sizes(lines[OLD], lines[NEW], seconds)


def title(record: Recording) -> str:
    """Its limits."""
    return _("maxSurge {surge}, maxUnavailable {unavailable}").format(
        surge=record["maxSurge"], unavailable=record["maxUnavailable"]
    )


def panels(text: str, count: int) -> dict[str, tuple[Mapping[str, Line], Mapping[str, Line]]]:
    """What `comparison` draws of the first `count` rollouts."""
    pairs = zip(recordings(text)[:count], replayed(text), strict=False)
    return {title(record): (recorded(record).lines, ours.lines) for record, ours in pairs}


def times(text: str) -> Frame:
    """How long each rollout took, and the first sizes of its ReplicaSets."""
    pairs = [(record, recorded(record), ours) for record, ours in zip(recordings(text), replayed(text), strict=True)]
    rows = [
        (
            title(record),
            _("{n} s").format(n=f"{real.seconds:.1f}"),
            _("{n} s").format(n=f"{ours.seconds:.1f}"),
            _first_sizes(real),
            _first_sizes(ours),
        )
        for record, real, ours in pairs
    ]
    head = [_("limits"), _("real"), _("model"), _("first sizes, real"), _("model")]
    apart = max(abs(ours.seconds / real.seconds - 1) for _record, real, ours in pairs)
    says = _("Both begin with the same sizes. Their times differ by **{n} %** at most.")
    return Frame(grid(head, rows), says.format(n=round(100 * apart)))


def _first_sizes(sizes: Sizes) -> str:
    """The first size of the new ReplicaSet, and the first smaller one of the old."""
    words = _("new {new}, old {old}")
    return words.format(new=sizes.new[1][1], old=next(pods for _at, pods in sizes.old if pods < sizes.old[0][1]))
