"""Exercises of the chapter on Deployments: seeded rollouts whose numbers the models compute."""

from __future__ import annotations

from dataclasses import replace

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.deployments import NEW, OLD, started, web
from k8smodels.scenes.deployments_hand import halfway, share_row, specified
from k8smodels.scenes.deployments_history import HISTORY, typed
from k8smodels.scenes.deployments_order import Sketch, order_of
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.jobs_exercises import fields_text
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import terminal
from k8smodels.workloads import resolve_fenceposts
from k8smodels.workloads.deployment.fenceposts import max_surge
from k8smodels.workloads.deployment.revisions import active, revision, size
from k8smodels.workloads.deployment.world import image_of

__all__ = ["first_step", "limits", "revisions", "shares", "who_goes"]


def limits(seed: int) -> Task:
    """Ask how many pods there may be, and how many must be available."""
    dice = dice_of(seed)
    replicas = dice.choice([3, 5, 6, 7, 9, 14])
    surge, unavailable = dice.choice(["20%", "25%", "30%", "50%"]), dice.choice(["10%", "25%", "30%", "40%"])
    found = resolve_fenceposts(surge, unavailable, replicas)
    most, least = replicas + found.surge, replicas - found.unavailable
    exact = [replicas * int(text[:-1]) / 100 for text in (surge, unavailable)]
    down, up = resolve_fenceposts(unavailable, surge, replicas)
    return Task(
        fields_text({"replicas": replicas, "maxSurge": surge, "maxUnavailable": unavailable}),
        [
            Step(
                _("At most how many pods are there at once?"),
                most,
                wrong={str(replicas + up): _("maxSurge rounds up.")} if up != found.surge else {},
                why=_("replicas + maxSurge, as a number of pods."),
            ),
            Step(
                _("At least how many are available?"),
                least,
                wrong={str(replicas - down): _("maxUnavailable rounds down.")} if down != found.unavailable else {},
                why=_("replicas − maxUnavailable, as a number of pods."),
            ),
        ],
        [
            _("Take the percentage of the replicas first; it need not be a whole number."),
            _("Surge rounds up, unavailable rounds down: both to the side on which the update moves and pods stay."),
        ],
        bullets(
            [
                _("{percent} of {n} is {exact}: up to **{pods}**").format(
                    percent=surge, n=replicas, exact=f"{exact[0]:g}", pods=found.surge
                ),
                _("{percent} of {n} is {exact}: down to **{pods}**").format(
                    percent=unavailable, n=replicas, exact=f"{exact[1]:g}", pods=found.unavailable
                ),
                _("at most {most}, at least {least}").format(most=most, least=least),
            ]
        ),
    )


def first_step(seed: int) -> Task:
    """Ask where a rollout waits whose new pods never become ready."""
    dice = dice_of(seed)
    replicas, surge, unavailable = dice.choice([4, 6, 8, 12, 20]), dice.choice([0, 1, 3]), dice.choice([1, 2, 4])
    world = halfway(replicas, surge, unavailable)
    sizes = {image_of(each): size(each) for each in world.replica_sets}
    text = _("`web:2` never becomes ready. The rollout goes on as far as it may, and waits.")
    return Task(
        join(
            [
                fields_text({"replicas": replicas, "maxSurge": surge, "maxUnavailable": unavailable}),
                el("p", inline(text)),
            ]
        ),
        [
            Step(
                _("How many old pods are left?"),
                sizes[OLD],
                wrong={str(replicas): _("Old pods may go at once: down to the least that must be available.")},
                why=_("No new pod is available. How many of the old ones must be?"),
            ),
            Step(
                _("How many new pods exist?"),
                sizes[NEW],
                wrong={str(surge): _("The old pods that went made room, too.")},
                why=_("Old and new together may be replicas + maxSurge."),
            ),
        ],
        [
            _("What must be available can only be old pods here."),
            _("The room up to replicas + maxSurge is filled with new ones."),
        ],
        bullets(
            [
                _("{replicas} − {unavailable} = **{old}** old pods must stay").format(
                    replicas=replicas, unavailable=replicas - sizes[OLD], old=sizes[OLD]
                ),
                _("{replicas} + {surge} − {old} = **{new}** new ones fit beside them").format(
                    replicas=replicas, surge=surge, old=sizes[OLD], new=sizes[NEW]
                ),
            ]
        ),
    )


def shares(seed: int) -> Task:
    """Ask for the sizes of two ReplicaSets after a Deployment was scaled in mid-rollout."""
    dice = dice_of(seed)
    replicas, wanted = dice.choice([8, 10, 12]), dice.choice([16, 18, 24])
    before = halfway(replicas, 3, 2)
    after = specified(before, lambda spec: replace(spec, replicas=wanted)).sync()
    sizes = {image_of(each): size(each) for each in active(after.replica_sets)}
    old = {image_of(each): size(each) for each in active(before.replica_sets)}
    limit = wanted + max_surge(after.deployment.spec)
    text = _("{replicas} replicas, maxSurge 3, maxUnavailable 2. The rollout waits with {old} old and {new} new pods.")
    scaled = _("Somebody scales to {wanted}.").format(wanted=wanted)
    rows = [share_row(each, sizes[image_of(each)], limit) for each in active(before.replica_sets)]
    head = [_("ReplicaSet"), _("before"), _("share"), _("after")]
    return Task(
        inline(" ".join([text.format(replicas=replicas, old=old[OLD], new=old[NEW]), scaled])),
        [
            Step(
                _("How many pods will there be together?"),
                limit,
                wrong={str(wanted): _("The rollout still runs: the surge counts.")},
                why=_("The new replicas, and the surge."),
            ),
            Step(
                _("How many of them does the old ReplicaSet get?"),
                sizes[OLD],
                why=_("Its part of all pods stays the same, rounded to whole pods."),
            ),
            Step(_("And the new one?"), sizes[NEW], why=_("Both together have what the first answer says.")),
        ],
        [
            _("Before, {n} pods were shared.").format(n=old[OLD] + old[NEW]),
            _("Old × new total / old total, rounded."),
        ],
        grid(head, rows),
    )


def revisions(seed: int) -> Task:
    """Ask for the revisions after a few images and rollbacks."""
    dice = dice_of(seed)
    lines = [f"set image deployment/web web=web:{number}" for number in (2, 3, 4)[: dice.choice([2, 3])]]
    back = dice.choice([(0,), (1,), (0, 0), (1, 0)])
    lines += ["rollout undo deployment/web" + (f" --to-revision={to}" if to else "") for to in back]
    cluster = started(web(2), {})
    found = [typed(cluster, line) for line in lines][-1]
    sets = found.sets
    current = next(each for each in sets if size(each))
    images = sorted(image_of(each) for each in sets)
    listed = [str(revision(each)) for each in sets]
    return Task(
        terminal("\n".join(f"$ kubectl {line}" for line in ("create -f web.yaml   # web:1", *lines)), _("kubectl")),
        [
            Step(
                _("Which image runs now?"),
                image_of(current),
                options=images,
                why=_("Without a number, undo goes to the revision before the latest one, whatever it is."),
            ),
            Step(
                _("Which revision is it?"),
                revision(current),
                wrong={image_of(current)[4:]: _("A rollback is a change like others: it gets a new number.")},
                why=_("The highest number so far, and one."),
            ),
            Step(
                _("Which revisions does `kubectl rollout history` list?").replace("`", ""),
                frozenset(listed),
                options=[str(number) for number in range(1, revision(current) + 1)],
                why=_("Each ReplicaSet has one revision: its latest."),
            ),
        ],
        [
            _("There is one ReplicaSet for each template; going back takes the old one again."),
            _("A ReplicaSet that becomes the current one gets a new number, and its old one is gone from the list."),
        ],
        terminal(cluster.kubectl(HISTORY).rstrip(), f"kubectl {HISTORY}"),
    )


def who_goes(seed: int) -> Task:
    """Ask which pods of a ReplicaSet are deleted."""
    dice = dice_of(seed)
    names = ["web-a", "web-b", "web-c", "web-d", "web-e"]
    kinds = [
        Sketch("", "node-1", ready_seconds=dice.choice([30, 70])),
        Sketch("", "node-2", ready_seconds=7000, cost=dice.choice([-1, 50])),
        Sketch("", "node-3", ready_seconds=None, restarts=dice.choice([0, 3])),
        Sketch("", "node-4", ready_seconds=dice.choice([50000, 80000]), restarts=5),
        dice.choice([Sketch("", "", "Pending", None), Sketch("", "node-5", "Pending", None)]),
    ]
    dice.shuffle(kinds)
    sketches = [replace(kind, name=name) for kind, name in zip(kinds, names, strict=True)]
    order = [each.pod.name for each in order_of(sketches)]
    order.append(next(name for name in names if name not in order))
    fewer = dice.choice([2, 3])
    return Task(
        join([_table(sketches), el("p", _("The ReplicaSet has {n} pods too many.").format(n=fewer))]),
        [
            Step(
                _("Which pod goes first?"), order[0], options=names, why=_("Has one of them no node, or not started?")
            ),
            Step(
                _("Which pods go in all?"),
                frozenset(order[:fewer]),
                options=names,
                why=_("Not yet running, then not ready, then by cost; only after that by time."),
            ),
            Step(
                _("Which pod would go last?"),
                order[-1],
                options=names,
                why=_("Of the ready ones: first compare the cost, only then the time."),
            ),
        ],
        [
            _("Go through the rules in order; the first that tells two pods apart decides."),
            _("Restarts are asked only of pods that have been ready for equally long."),
        ],
        bullets([_("The order: {names}").format(names=", ".join(order))]),
    )


def _table(sketches: list[Sketch]) -> Html:
    ready = [_("no") if each.ready_seconds is None else _("{n} s").format(n=each.ready_seconds) for each in sketches]
    rows = [
        (each.name, each.node or "–", each.phase, since, str(each.restarts), str(each.cost))
        for each, since in zip(sketches, ready, strict=True)
    ]
    return grid([_("pod"), _("node"), _("phase"), _("ready for"), _("restarts"), _("cost")], rows)
