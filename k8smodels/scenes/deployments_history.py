"""Scenes about a Deployment's history, the way back, and pauses: what is typed, and what the simulated cluster does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane import Cluster
from k8smodels.i18n import _
from k8smodels.scenes.deployments import complete, started, stored, web
from k8smodels.scenes.deployments_bad import replica_sets
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import terminal
from k8smodels.views.workloads import PodRow, pod_squares
from k8smodels.workloads.deployment.conditions import condition_of
from k8smodels.workloads.deployment.revisions import REVISION_HISTORY, revision, size
from k8smodels.workloads.deployment.world import image_of

_REST_SECONDS, _SOON_SECONDS = 10, 0.5


@dataclass(frozen=True, slots=True)
class Typed:
    """A command, what it printed, and what there is afterwards.

    Attributes
    ----------
    shown
        The terminal.
    deployment, sets
        The objects; ReplicaSets by revision.
    """

    shown: str
    deployment: Deployment
    sets: tuple[ReplicaSet, ...]


def typed(cluster: Cluster, *lines: str, seconds: float = 0.0) -> Typed:
    """Type `lines`; let `seconds` pass after the first of them, or the time until the rollout is complete."""
    shown = list[str]()
    for number, line in enumerate(lines):
        shown += [f"$ kubectl {line}", str(cluster.kubectl(line)).rstrip()]
        if number == 0:
            if not seconds:
                cluster.run_until(complete)
            cluster.run(seconds or _REST_SECONDS)
    sets = tuple(sorted(replica_sets(cluster), key=revision))
    return Typed("\n".join(shown), stored(cluster), sets)


# History.

KEEPS: Mapping[int, str] = {10: "10 (default)", 1: "1", 0: "0"}
COMMANDS = (
    "get deployment web",
    "set image deployment/web web=web:2",
    "set image deployment/web web=web:3",
    "rollout undo deployment/web",
    "rollout undo deployment/web --to-revision=1",
    "rollout undo deployment/web",
    "set image deployment/web web=web:3",
)
HISTORY = "rollout history deployment/web"


@lru_cache(maxsize=8)
def chronicle(keeps: int) -> tuple[Typed, ...]:
    """Images and rollbacks, one after another, with so many old ReplicaSets kept."""
    cluster = started(web(4, revisionHistoryLimit=keeps), {})
    return tuple(typed(cluster, line, HISTORY) for line in COMMANDS)


def history(keeps: int, step: int) -> Frame:
    """The ReplicaSets after one of the commands, and the history that kubectl prints."""
    found = chronicle(keeps)[step]
    current = next(each for each in found.sets if size(each))
    says = _("`{image}` runs, as revision **{revision}**; old ReplicaSets that are kept: {n}.")
    return Frame(
        join([set_table(found.sets), terminal(found.shown, "kubectl")]),
        says.format(image=image_of(current), revision=revision(current), n=len(found.sets) - 1),
    )


def set_table(sets: Sequence[ReplicaSet]) -> Html:
    """ReplicaSets with their revisions; those with pods stand out."""
    rows = [
        (
            el("code", each.name),
            el("code", image_of(each)),
            str(size(each)),
            str(revision(each)),
            each.metadata.annotations.get(REVISION_HISTORY, "–"),
        )
        for each in sets
    ]
    marked = [i for i, each in enumerate(sets) if size(each)]
    return grid([_("ReplicaSet"), _("image"), _("pods"), _("revision"), _("earlier revisions")], rows, marked)


# Pause.

PAUSE = (
    "get deployment web",
    "rollout pause deployment/web",
    "set image deployment/web web=web:2",
    "scale deployment/web --replicas=6",
    "rollout resume deployment/web",
    "rollout status deployment/web --watch=false",
)


@lru_cache(maxsize=1)
def paused() -> tuple[Typed, ...]:
    """A Deployment that is paused, changed, scaled and resumed."""
    cluster = started(web(4), {})
    waits = {"rollout resume deployment/web": _SOON_SECONDS}
    return tuple(typed(cluster, line, seconds=waits.get(line, _REST_SECONDS)) for line in PAUSE)


def pausing(step: int) -> Frame:
    """One of the steps of `paused`."""
    found = paused()[step]
    wanted = image_of(found.deployment)
    rows = [_row(each, image_of(each) == wanted) for each in found.sets if each.status.replicas]
    progressing = condition_of(found.deployment.status, "Progressing")
    line = _("Progressing: {status}, {reason}")
    text = line.format(status=progressing.status, reason=progressing.reason) if progressing else ""
    html = join([terminal(found.shown, "kubectl"), pod_squares(rows), el("p", inline(text))])
    count = sum(size(each) for each in found.sets if image_of(each) == wanted)
    return Frame(html, _("The template asks for `{image}`; **{n}** pods run it.").format(image=wanted, n=count))


def _row(each: ReplicaSet, is_new: bool) -> PodRow:
    status = each.status
    return PodRow(image_of(each), is_new, status.available_replicas, status.replicas - status.available_replicas)
