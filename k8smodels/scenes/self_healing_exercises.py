"""Exercises of the chapter *Self-healing*, answered by the models of node health and by simulated clusters."""

from __future__ import annotations

from datetime import timedelta

from k8smodels.api.affinity import Toleration
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node, NodeCondition, NodeStatus
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.node_health import (
    MonitorState,
    UpdateNodeStatus,
    ZoneCount,
    eviction_rate,
    monitor_node_health,
    zone_state,
)
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.self_healing_own import TAINTS, leaves_after
from k8smodels.views.html import bullets, el, join
from k8smodels.views.services import terminal

__all__ = ["first_match", "noticed", "pace", "silence"]

_LOOK_SECONDS = 5
_WATCHED_SECONDS = 655


def noticed(renewed_seconds: int) -> tuple[int, int]:
    """The look that sees a node's last renewal, and the one that calls it Unknown; looks are at 0, 5, 10, ... s."""
    name, renewed = "node-1", START + timedelta(seconds=renewed_seconds)
    ready = NodeCondition(type="Ready", status="True", reason="KubeletReady")
    node = Node(metadata=ObjectMeta(name=name), status=NodeStatus(conditions=(ready,)))
    state, seen, at = MonitorState(), -1, 0
    while True:
        now = START + timedelta(seconds=at)
        renewals = {name: min(renewed, START + timedelta(seconds=max(_renewal(renewed_seconds, at), 0)))}
        done = monitor_node_health(state, [node], renewals, now)
        state = done.state
        if any(isinstance(write, UpdateNodeStatus) for write in done.writes):
            return seen, at
        if seen < 0 and at >= renewed_seconds:
            seen = at
        at += _LOOK_SECONDS


def _renewal(last: int, at: int) -> int:
    """The newest renewal by then: one every ten seconds up to the last."""
    return last if at >= last else last - 10 * -(-(last - at) // 10)


def silence(seed: int) -> Task:
    """Ask for the moments of a node that falls silent."""
    dice = dice_of(seed)
    renewed = dice.choice([number for number in range(61, 200) if number % 5])
    stay = dice.choice([0, 30, 60, 300])
    seen, unknown = noticed(renewed)
    text = _(
        "A node's Lease is renewed at {at} s for the last time. The node lifecycle controller looks at 0, 5, 10, … s;"
        " its flags have their defaults. The Pod on the node has `tolerationSeconds: {stay}` for `unreachable`."
    )
    return Task(
        text.format(at=renewed, stay=stay),
        [
            Step(
                _("Which look sees this renewal?"),
                seen,
                unit="s",
                wrong={str(renewed): _("Nobody looks at that second.")},
                why=_("The first look at or after the renewal."),
            ),
            Step(
                _("Which look calls the node Unknown?"),
                unknown,
                unit="s",
                wrong={
                    str(seen + 50): _("At that look 50 s are over, but not *more* than 50 s."),
                    str(renewed + 50): _("The silence is counted from the look that saw the renewal."),
                    str(seen + 40): _("40 s was the default in 2020."),
                },
                why=_("The first look more than 50 s after the one that saw the renewal."),
            ),
            Step(
                _("When is the Pod deleted? (The taint comes with the look.)"),
                unknown + stay,
                unit="s",
                wrong={str(unknown + 300): _("The Pod says for itself how long it stays.")},
                why=_("The toleration runs from the taint on."),
            ),
        ],
        [_("Three clocks, one after the other."), _("Round up to the next multiple of 5, add 55, add the toleration.")],
        bullets(
            [
                _("seen at {n} s, the first multiple of 5 from {at} s on").format(n=seen, at=renewed),
                _("{seen} + 50 is not enough; the next look is at {n} s").format(seen=seen, n=unknown),
                _("{unknown} + {stay} = {n} s").format(unknown=unknown, stay=stay, n=unknown + stay),
            ]
        ),
    )


_STATES = ("Normal", "PartialDisruption", "FullDisruption")


def pace(seed: int) -> Task:
    """Ask how fast the nodes of a zone are given up."""
    dice = dice_of(seed)
    size = dice.choice([5, 8, 40, 50, 51, 80, 100])
    silent = dice.choice(sorted({2, 3, size // 2, -(-11 * size // 20), size}))
    state = zone_state(ZoneCount(size - silent, silent))
    rate = eviction_rate(state, size)
    given = 0 if not rate else min(silent, 1 + int(_WATCHED_SECONDS * rate))
    text = _("A zone has {size} nodes; {silent} of them fall silent together. Another zone is well.")
    return Task(
        text.format(size=size, silent=silent),
        [
            Step(
                _("In which state is the zone?"),
                state,
                options=_STATES,
                wrong={
                    "PartialDisruption": _("Partial needs three things: more than two nodes, at least 55 %, not all."),
                    "FullDisruption": _("Full means that no node of the zone is ready."),
                    "Normal": _("Three or more silent nodes that are at least 55 % are no longer normal."),
                },
            ),
            Step(
                _("The first may get the taint that evicts at once. How many have it 655 s later?"),
                given,
                wrong={
                    str(silent): _("Not all at once: the rate of the zone counts."),
                    str(int(_WATCHED_SECONDS * rate)): _("The first one comes at 0 s, not at 10 s."),
                },
                why=_("0.1 a second; in a partial disruption 0.01 with more than 50 nodes, else 0."),
            ),
        ],
        [_("Compute the share that is silent."), _("Then look at the size: is it more than 50?")],
        bullets(
            [
                _("{silent} of {size} is {share} %: {state}").format(
                    silent=silent, size=size, share=round(100 * silent / size), state=state
                ),
                _("{rate} nodes a second: {n} in 655 s").format(rate=f"{rate:g}", n=given),
            ]
        ),
    )


def first_match(seed: int) -> Task:
    """Ask which toleration counts."""
    dice = dice_of(seed)
    keys = ["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready", ""]
    times = dice.sample([10, 60, 120, 600, 900], 3)
    chosen = [keys[0], *dice.choices(keys, k=2)]
    dice.shuffle(chosen)
    items = [
        Toleration(key=key, operator="Exists", effect="NoExecute", toleration_seconds=stay)
        for key, stay in zip(chosen, times, strict=True)
    ]
    used = next(i for i, each in enumerate(items) if each.tolerates(TAINTS["unreachable"]))
    after = leaves_after(items, TAINTS["unreachable"])
    fitting = [each for each in items if each.tolerates(TAINTS["unreachable"])]
    shortest = min(each.toleration_seconds or 0 for each in fitting)
    lines = [f"- {_yaml(each)}" for each in items]
    text = join([el("p", _("A Pod has these tolerations:")), terminal("\n".join(lines), _("tolerations"))])
    return Task(
        text,
        [
            Step(
                _("Its node cannot be reached. Which toleration counts: 1, 2 or 3?"),
                used + 1,
                why=_("The first in the list that fits. One without a key fits every key."),
            ),
            Step(
                _("How many seconds after the taint is the Pod deleted?"),
                round(after or 0),
                unit="s",
                wrong={str(shortest): _("The shortest does not win: the first that fits does.")}
                if shortest != after
                else {},
                why=_("The seconds of the toleration that counts."),
            ),
        ],
        [_("Go through the list from the top."), _("Does its key fit `unreachable`? Then stop.")],
        bullets([_("number {n} fits first: {stay} s").format(n=used + 1, stay=round(after or 0))]),
    )


def _yaml(item: Toleration) -> str:
    key = f"key: {item.key}, " if item.key else ""
    return f"{{{key}operator: Exists, effect: NoExecute, tolerationSeconds: {item.toleration_seconds}}}"
