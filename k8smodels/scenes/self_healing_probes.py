"""A probe that heals and one that harms: what three Pods do while their database is away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from k8smodels.api.pod import Pod
from k8smodels.controlplane import Behaviour, Cluster
from k8smodels.i18n import _
from k8smodels.runtime import Answer, pod_columns
from k8smodels.scenes.self_healing import IMAGE, deployment
from k8smodels.views.controlplane.board import short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime.spans import Span, span_bars
from k8smodels.views.tables import table

__all__ = ["OUTAGES", "PROBES", "Outage", "asks_database", "outage"]

PROBES: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "readiness": ("readiness",),
    "liveness": ("liveness",),
}
"""Which probes fail while the database is away."""
OUTAGES: Mapping[int, str] = {20: "20 s", 120: "2 min", 600: "10 min"}
_START_SECONDS, _STEP, _START_UP_SECONDS = 60, 1, 15
_AFTER_SECONDS = 420


@dataclass(frozen=True, slots=True)
class Outage:
    """What the Pods did.

    Attributes
    ----------
    words
        By name of the Pod, each second from the beginning of the outage: ``ready``, ``not ready``, or what
        kubectl says.
    restarts
        By name.
    late_seconds
        How long after the database was back the last Pod was ready; 0 if all were.
    """

    words: Mapping[str, tuple[str, ...]]
    restarts: Mapping[str, int]
    late_seconds: float


def _behaviour(failing: tuple[str, ...]) -> Behaviour:
    """A server that needs a while to start, and whose probes of these kinds fail."""
    refused = Answer(success=False, output="no database")
    starting = Answer(success=False, output="starting")
    answers = {"readiness": (starting, Answer(from_seconds=_START_UP_SECONDS))}
    return Behaviour(answers={**answers, **dict.fromkeys(failing, (refused,))})


@lru_cache(maxsize=16)
def outage(probes: str, seconds: int) -> Outage:
    """Take the database away from three Pods for so long.

    Parameters
    ----------
    probes
        A key of `PROBES`.
    """
    well = _behaviour(())
    cluster = Cluster.of(3, behaviours={IMAGE: well})
    probe = {"httpGet": {"port": 80}, "periodSeconds": 5}
    container: dict[str, Any] = {"name": "server", "image": IMAGE, "readinessProbe": probe}
    container["livenessProbe"] = {**probe, "periodSeconds": 10}
    cluster.create(deployment(3, containers=[container]))
    cluster.run(_START_SECONDS)
    cluster.failures.change_program(IMAGE, _behaviour(PROBES[probes]))
    seen: dict[str, list[str]] = {short_name(pod): [] for pod in cluster.pods()}
    ready_at = 0.0
    for at in range(0, seconds + _AFTER_SECONDS, _STEP):
        if at == seconds:
            cluster.failures.change_program(IMAGE, well)
        words = {short_name(pod): _word(pod) for pod in cluster.pods()}
        for name, word in words.items():
            seen[name].append(word)
        if set(words.values()) != {_("ready")}:
            ready_at = at + _STEP
        cluster.run(_STEP)
    restarts = {short_name(pod): pod_columns(pod).restarts for pod in cluster.pods()}
    return Outage({name: tuple(words) for name, words in seen.items()}, restarts, max(ready_at - seconds, 0))


def _word(pod: Pod) -> str:
    columns = pod_columns(pod)
    if columns.status != "Running":
        return columns.status
    return _("ready") if columns.ready == "1/1" else _("not ready")


def asks_database(probes: str, seconds: int) -> Frame:
    """Bars of the three Pods, restarts, and when all served again.

    Parameters
    ----------
    probes, seconds
        A key of `PROBES`, and of `OUTAGES`.
    """
    found, end = outage(probes, seconds), seconds + _AFTER_SECONDS
    rows = {"db": [Span(0, seconds, "bad", _("away")), Span(seconds, end, "well", _("back"))]}
    names = [_("Pod {n}").format(n=n) for n in range(1, len(found.words) + 1)]
    rows |= {name: _spans(words) for name, words in zip(names, found.words.values(), strict=True)}
    restarts = zip(names, found.restarts.values(), strict=True)
    numbers = {name: _("{n} restarts").format(n=count) for name, count in restarts}
    scale = el("p", _("The bars go from 0 to {end} s.").format(end=end), class_="muted")
    return Frame(join([span_bars(rows, end, numbers), scale, _summary(found)]), _says(found))


def _spans(words: tuple[str, ...]) -> list[Span]:
    spans, at = [], 0
    for word, same in groupby(words):
        length = _STEP * len(list(same))
        kind = "well" if word == _("ready") else "waits" if word == _("not ready") else "bad"
        spans.append(Span(at, at + length, kind, word))
        at += length
    return spans


def _summary(found: Outage) -> Html:
    late = _("{n} s").format(n=f"{found.late_seconds:g}")
    rows = [
        (_("restarts of all three"), sum(found.restarts.values())),
        (_("until all are ready, after the database is back"), late),
    ]
    return table([_("what it cost"), ""], rows)


def _says(found: Outage) -> str:
    if any(found.restarts.values()):
        return _("The restarts helped nobody: the database was away. The last Pod is ready **{n} s** after it.").format(
            n=f"{found.late_seconds:g}"
        )
    if all(set(words) == {_("ready")} for words in found.words.values()):
        return _("All Pods count as ready, and answer as well as they can: pages without a database, or errors.")
    return _("No Pod is killed. They get no requests while the database is away, and serve again at their next probe.")
