"""Scenes about a Deployment that is moved by hand: decisions, and a new size in mid-rollout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from k8smodels.api.workload import DeploymentSpec, ReplicaSet
from k8smodels.i18n import _
from k8smodels.scenes.deployments import NEW, rolling, web, with_image
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, bullets, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.workloads import PodRow, pod_squares
from k8smodels.workloads import DeploymentWorld
from k8smodels.workloads.deployment.fenceposts import max_surge
from k8smodels.workloads.deployment.revisions import active, max_replicas, size
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
    return Frame(grid(head, rows), says)


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
