"""Five recorded rollouts of a real cluster, and the same ones in the simulated cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from k8smodels.controlplane import Behaviour, Cluster, Timing
from k8smodels.i18n import _
from k8smodels.runtime import Program
from k8smodels.scenes.deployments import NEW, OLD, complete, rolling, set_image, web
from k8smodels.views.frame import Frame
from k8smodels.views.isolation import grid
from k8smodels.views.workloads.comparison_figure import Line
from k8smodels.workloads import resolve_fenceposts
from k8smodels.workloads.deployment.fenceposts import wanted_replicas
from k8smodels.workloads.deployment.world import image_of

Recording: TypeAlias = Mapping[str, Any]
_BINDING_SECONDS = 0.02
"""Bindings followed each other by so much where the recordings were made."""
_NODES = 10


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
    for at, name, size in record["sizes"]:
        if lines[name == new][-1][1] != size:
            lines[name == new].append((at, size))
    return Sizes(lines[False], lines[True], record["seconds"])


@lru_cache(maxsize=8)
def simulated(surge: int | str, unavailable: int | str, replicas: int, ready: float, stop: float) -> Sizes:
    """The same rollout in the simulated cluster."""
    behaviour = Behaviour(program=Program(stop_seconds=stop))
    timing = Timing(image_pull_seconds=0.0, scheduling_cycle_seconds=_BINDING_SECONDS, pod_start_seconds=ready)
    cluster = Cluster.of(_NODES, behaviours={OLD: behaviour, NEW: behaviour}, timing=timing)
    cluster.create(web(replicas, probe=False, **rolling(surge, unavailable)))
    cluster.run_until(complete)
    cluster.run(5)
    start = cluster.seconds
    lines: dict[str, list[tuple[float, int]]] = {OLD: [(0.0, replicas)], NEW: [(0.0, 0)]}

    def seen(change: Any) -> None:
        item = change.item
        image, size = image_of(item), wanted_replicas(item.spec)
        if lines[image][-1][1] != size:
            lines[image].append((cluster.seconds - start, size))

    watch = cluster.store.watch("ReplicaSet", "observer", seen)
    set_image(cluster)
    cluster.run_until(complete, step_seconds=0.05)
    watch.stopped = True
    return Sizes(lines[OLD], lines[NEW], cluster.seconds - start)


def again(record: Recording) -> Sizes:
    """The simulation of a recording."""
    return simulated(
        record["maxSurge"], record["maxUnavailable"], record["replicas"], record["ready_s"], record["term_s"]
    )


def title(record: Recording) -> str:
    """Its limits."""
    return _("maxSurge {surge}, maxUnavailable {unavailable}").format(
        surge=record["maxSurge"], unavailable=record["maxUnavailable"]
    )


def panels(records: Sequence[Recording]) -> dict[str, tuple[Mapping[str, Line], Mapping[str, Line]]]:
    """What `comparison` draws."""
    return {title(record): (recorded(record).lines, again(record).lines) for record in records}


def times(text: str) -> Frame:
    """How long each rollout took, and how large the old ReplicaSet was after the first cut."""
    rows = []
    for record in recordings(text):
        real, ours = recorded(record), again(record)
        limits = resolve_fenceposts(record["maxSurge"], record["maxUnavailable"], record["replicas"])
        rows.append(
            (
                title(record),
                f"{limits.surge} / {limits.unavailable}",
                f"{real.seconds:.1f} s",
                f"{ours.seconds:.1f} s",
                _first_sizes(real),
                _first_sizes(ours),
            )
        )
    head = [_("limits"), _("as pods"), _("real"), _("model"), _("first sizes, real"), _("model")]
    apart = max(abs(again(each).seconds / recorded(each).seconds - 1) for each in recordings(text))
    says = _("Both begin with the same sizes. Their times differ by **{n} %** at most.")
    return Frame(grid(head, rows), says.format(n=round(100 * apart)))


def _first_sizes(sizes: Sizes) -> str:
    """The first size of the new ReplicaSet, and the first smaller one of the old."""
    words = _("new {new}, old {old}")
    return words.format(new=sizes.new[1][1], old=next(size for _at, size in sizes.old if size < sizes.old[0][1]))
