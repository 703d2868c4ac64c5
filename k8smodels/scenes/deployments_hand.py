"""Scenes about a Deployment that is moved by hand: decisions, history, pause, a new size in mid-rollout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from k8smodels.api.workload import DeploymentSpec, ReplicaSet
from k8smodels.i18n import _
from k8smodels.scenes.deployments import NEW, rolling, web, with_image
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import terminal
from k8smodels.views.workloads import PodRow, pod_squares
from k8smodels.workloads import DeploymentWorld, RollbackError, undo
from k8smodels.workloads.deployment.conditions import condition_of
from k8smodels.workloads.deployment.fenceposts import max_surge
from k8smodels.workloads.deployment.revisions import REVISION_HISTORY, active, max_replicas, revision, size, total
from k8smodels.workloads.deployment.rollout_words import rollout_history
from k8smodels.workloads.deployment.status import is_complete
from k8smodels.workloads.deployment.world import image_of

_ROUNDS = 60


def finished(world: DeploymentWorld) -> DeploymentWorld:
    """`world` when its rollout is complete, and what history no longer keeps is gone."""
    for _round in range(_ROUNDS):
        before, world = world, all_ready(world.sync().later(1)).settle()
        if (before.deployment, before.replica_sets) == (world.deployment, world.replica_sets):
            break
    return world


def all_ready(world: DeploymentWorld) -> DeploymentWorld:
    """All pods become ready."""
    for image in {image_of(pod) for pod in world.pods}:
        world = world.set_ready(image, len(world.pods), ready=True)
    return world


def specified(world: DeploymentWorld, change: Callable[[DeploymentSpec], DeploymentSpec]) -> DeploymentWorld:
    """A user edits the spec."""
    return world.edit(change(world.deployment.spec))


def asks_for(world: DeploymentWorld, image: str) -> DeploymentWorld:
    """A user sets another image."""
    return world.edit(with_image(world.deployment, image).spec)


def rows_of(world: DeploymentWorld) -> list[PodRow]:
    """ReplicaSets that have pods, the newest last."""
    wanted = image_of(world.deployment)
    return [
        PodRow(
            image_of(each),
            image_of(each) == wanted,
            each.status.available_replicas,
            each.status.replicas - each.status.available_replicas,
        )
        for each in world.replica_sets
        if each.status.replicas
    ]


# Decisions, one by one.


@dataclass(frozen=True, slots=True)
class Turn:
    """One step: what happened, and the world after it."""

    title: str
    reasons: tuple[str, ...]
    world: DeploymentWorld


@lru_cache(maxsize=8)
def turns(surge: int | str = "25%", unavailable: int | str = "25%", replicas: int = 10) -> tuple[Turn, ...]:
    """A rollout: syncs of the controller until it waits; then the new pods become ready."""
    world = finished(DeploymentWorld.of(web(replicas, **rolling(surge, unavailable))))
    world = asks_for(world, NEW).later(60)
    found = [Turn(_("The template has changed."), (), world)]
    while not is_complete(world.deployment, world.deployment.status) and len(found) < _ROUNDS:
        world, before = world.sync().later(1), world
        if world.scalings:
            reasons = tuple(f"{step.message}: {step.reason}" for step in world.scalings if step.message)
            found.append(Turn(_("The controller looks, and scales."), reasons, world))
        elif world.replica_sets == before.replica_sets and any(row.waiting for row in rows_of(world)):
            world = all_ready(world).settle()
            found.append(Turn(_("The controller waits until new pods are ready."), (), world))
    found.append(Turn(_("The rollout is complete."), (), world))
    return tuple(found)


def decision(step: int) -> Frame:
    """One of the `turns` of ten pods with the defaults."""
    turn = turns()[step]
    html = [pod_squares(rows_of(turn.world))]
    if turn.reasons:
        html.append(bullets(turn.reasons))
    return Frame(join(html), turn.title)


# History.


@dataclass(frozen=True, slots=True)
class Chapter:
    """A command, what it printed, and the world when all is complete again."""

    command: str
    answer: str
    world: DeploymentWorld


KEEPS: Mapping[int, str] = {10: "10 (default)", 1: "1", 0: "0"}
COMMANDS = ("create", "web:2", "web:3", "undo", "undo 1", "undo", "web:3")


@lru_cache(maxsize=8)
def chronicle(keeps: int) -> tuple[Chapter, ...]:
    """Images and rollbacks, one after another, with so many old ReplicaSets kept."""
    world = finished(DeploymentWorld.of(web(4, revisionHistoryLimit=keeps)))
    found = [Chapter("kubectl create -f web.yaml", "deployment.apps/web created", world)]
    for command in COMMANDS[1:]:
        world = world.later(60)
        if command.startswith("undo"):
            number = int(command[5:] or 0)
            text = "kubectl rollout undo deployment/web" + (f" --to-revision={number}" if number else "")
            try:
                deployment = undo(world.deployment, world.replica_sets, number)
            except RollbackError as error:
                found.append(Chapter(text, f"error: {error}", world))
                continue
            world = finished(replace(world, deployment=deployment))
            found.append(Chapter(text, "deployment.apps/web rolled back", world))
        else:
            world = finished(asks_for(world, command))
            found.append(
                Chapter(f"kubectl set image deployment/web web={command}", "deployment.apps/web image updated", world)
            )
    return tuple(found)


def history(keeps: int, step: int) -> Frame:
    """The ReplicaSets after one of the commands, and the history that kubectl prints."""
    chapter = chronicle(keeps)[step]
    sets = sorted(chapter.world.replica_sets, key=revision)
    shown = "\n".join(
        [f"$ {chapter.command}", chapter.answer, "$ kubectl rollout history deployment/web", history_text(sets)]
    )
    current = next(each for each in sets if size(each))
    says = _("`{image}` runs, as revision **{revision}**; {n} old ReplicaSets are kept.")
    return Frame(
        join([set_table(sets), terminal(shown, _("kubectl"))]),
        says.format(image=image_of(current), revision=revision(current), n=len(sets) - 1),
    )


def set_table(sets: list[ReplicaSet]) -> Html:
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


def history_text(sets: list[ReplicaSet]) -> str:
    """What ``kubectl rollout history`` prints."""
    lines = [f"{number:<10}{cause}" for number, cause in rollout_history(sets)]
    return "\n".join(["deployment.apps/web", "REVISION  CHANGE-CAUSE", *lines])


# Another size in the middle of a rollout.

SIZES = (5, 8, 15, 20, 30)


@lru_cache(maxsize=32)
def halfway(replicas: int = 10, surge: int | str = 3, unavailable: int | str = 2) -> DeploymentWorld:
    """A rollout that waits: no new pod is ready."""
    world = finished(DeploymentWorld.of(web(replicas, **rolling(surge, unavailable))))
    world = asks_for(world, NEW).later(60)
    for _round in range(_ROUNDS):
        before, world = world, world.sync().later(1)
        if before.replica_sets == world.replica_sets:
            break
    return world


def resized(replicas: int) -> Frame:
    """A rollout of ten pods that gets another size."""
    before = halfway()
    after = specified(before, lambda spec: replace(spec, replicas=replicas)).sync()
    limit = replicas + max_surge(after.deployment.spec)
    sizes = {each.name: each for each in after.replica_sets}
    rows = [share_row(each, size(sizes[each.name]), limit) for each in active(before.replica_sets)]
    head = [_("ReplicaSet"), _("pods before"), _("its share of {limit}").format(limit=limit), _("pods after")]
    says = _("{replicas} + 3 = **{limit}** pods are shared: {sizes}.").format(
        replicas=replicas, limit=limit, sizes=" + ".join(str(size(each)) for each in active(after.replica_sets))
    )
    return Frame(join([grid(head, rows), pod_squares(rows_of(after))]), says)


def sizes_after(replicas: int) -> dict[str, int]:
    """The ReplicaSets' sizes after that, by image."""
    after = specified(halfway(), lambda spec: replace(spec, replicas=replicas)).sync()
    return {image_of(each): size(each) for each in after.replica_sets}


def share_row(each: ReplicaSet, after: int, limit: int) -> tuple[Html, str, str, str]:
    """What a ReplicaSet's share is, as a sum."""
    whole = max_replicas(each) or 1
    share = Fraction(size(each) * limit, whole)
    words = _("{size} × {limit} / {whole} = {share}")
    total_text = words.format(size=size(each), limit=limit, whole=whole, share=f"{float(share):.2f}")
    return el("code", image_of(each)), str(size(each)), total_text, str(after)


# Pause.

PAUSES = ("rest", "pause", "image", "scale", "resume", "done")


@lru_cache(maxsize=1)
def paused() -> tuple[Chapter, ...]:
    """A Deployment that is paused, changed, scaled and resumed."""
    world = finished(DeploymentWorld.of(web(4)))
    found = [Chapter("kubectl get deployment web", "", world)]

    def then(command: str, answer: str, changed: DeploymentWorld) -> DeploymentWorld:
        found.append(Chapter(command, answer, changed))
        return changed.later(10)

    world = specified(world.later(60), lambda spec: replace(spec, paused=True)).sync()
    world = then("kubectl rollout pause deployment/web", "deployment.apps/web paused", world)
    world = asks_for(world, NEW).sync()
    world = then("kubectl set image deployment/web web=web:2", "deployment.apps/web image updated", world)
    world = all_ready(specified(world, lambda spec: replace(spec, replicas=6)).sync()).settle().sync()
    world = then("kubectl scale deployment/web --replicas=6", "deployment.apps/web scaled", world)
    world = specified(world, lambda spec: replace(spec, paused=False)).sync()
    world = then("kubectl rollout resume deployment/web", "deployment.apps/web resumed", world)
    then("kubectl rollout status deployment/web", 'deployment "web" successfully rolled out', finished(world))
    return tuple(found)


def pausing(step: int) -> Frame:
    """One of the steps of `paused`."""
    chapter = paused()[step]
    world = chapter.world
    progressing = condition_of(world.deployment.status, "Progressing")
    line = _("Progressing: {status}, {reason}")
    text = line.format(status=progressing.status, reason=progressing.reason) if progressing else ""
    shown = f"$ {chapter.command}\n{chapter.answer}".rstrip()
    html = join([terminal(shown, _("kubectl")), pod_squares(rows_of(world)), el("p", inline(text))])
    says = _("The template asks for `{image}`; **{n}** pods run it.")
    wanted = image_of(world.deployment)
    count = total(each for each in world.replica_sets if image_of(each) == wanted)
    return Frame(html, says.format(image=wanted, n=count))
