"""Scenes of the chapter on scaling: how fast a size may change, and how it comes from zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from k8smodels.api.autoscaling import HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules
from k8smodels.i18n import _
from k8smodels.scenes.scaling import NOW, QUEUE, autoscaler, queue_metric
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.scaling import PolicyLimit, clock, policy_table
from k8smodels.workloads.autoscaling.limits import down_limit, up_limit
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import Samples

LOOKS = 9
PERIOD = timedelta(seconds=15)


class Way(NamedTuple):
    """A long way for a size to go, and the policies on it."""

    start: int
    wanted: int
    policies: Sequence[Mapping[str, Any]]


WAYS: Mapping[str, Way] = {
    "up": Way(
        3,
        60,
        (
            {"type": "Pods", "value": 4, "periodSeconds": 30},
            {"type": "Percent", "value": 100, "periodSeconds": 60},
        ),
    ),
    "down": Way(
        60,
        3,
        (
            {"type": "Pods", "value": 8, "periodSeconds": 30},
            {"type": "Percent", "value": 30, "periodSeconds": 60},
        ),
    ),
}


@cache
def travelled(direction: str, select: str) -> tuple[tuple[Memory, int, Reconciliation], ...]:
    """Each look on a way: memory and size before it, and what it did."""
    way = WAYS[direction]
    rules = {"selectPolicy": select, "policies": list(way.policies), "stabilizationWindowSeconds": 0}
    field = "scaleUp" if direction == "up" else "scaleDown"
    hpa = autoscaler([queue_metric(1)], maxReplicas=100, behavior={field: rules})
    return tuple(_looks(hpa, way.start, [way.wanted] * LOOKS))


def _looks(
    hpa: HorizontalPodAutoscaler, replicas: int, queue: Sequence[int]
) -> list[tuple[Memory, int, Reconciliation]]:
    memory, looks, now = Memory(), [], NOW
    for length in queue:
        done = reconcile(hpa, memory, replicas, [], Samples(external={QUEUE: (length * 1000,)}), now)
        looks.append((memory, replicas, done))
        hpa, memory, replicas, now = done.hpa, done.memory, done.replicas, now + PERIOD
    return looks


def limited(direction: str, select: str, step: int) -> Frame:
    """One look: how far each policy lets the size go, which is chosen, and what became of the size."""
    looks = travelled(direction, select)
    memory, before, done = looks[step]
    limits = policy_limits(direction, select, memory, before, NOW + step * PERIOD)
    sizes = [size for _memory, size, _done in looks[: step + 1]] + [done.replicas]
    row = el("p", _("The size until now: "), el("b", " → ".join(map(str, sizes))))
    condition = next(each for each in done.hpa.status.conditions if each.type == "ScalingLimited")
    words = el("p", el("code", f"ScalingLimited {condition.status}, {condition.reason}"))
    text = _("At {time} the metric asks for {wanted}. The size goes from {before} to **{after}**.")
    if done.replicas == before:
        text = _("At {time} the metric asks for {wanted}. The size **stays {before}**.")
    says = text.format(time=clock(15 * step), wanted=WAYS[direction].wanted, before=before, after=done.replicas)
    return Frame(join([policy_table(limits), words, row]), says)


def policy_limits(direction: str, select: str, memory: Memory, current: int, now: datetime) -> list[PolicyLimit]:
    """How far each policy alone lets the size go, and which `selectPolicy` takes."""
    bound = up_limit if direction == "up" else down_limit
    rules = _rules(direction, select)
    lets = [
        (bound(current, replace(rules, policies=(each,), select_policy="Max"), memory, now), each)
        for each in rules.policies
    ]
    together = bound(current, rules, memory, now)
    taken = [i for i, (allowed, _policy) in enumerate(lets) if allowed == together and select != "Disabled"][:1]
    return [
        PolicyLimit(_written(each), memory.replicas_at_start(current, each.period_seconds, now), allowed, i in taken)
        for i, (allowed, each) in enumerate(lets)
    ]


def _rules(direction: str, select: str) -> HPAScalingRules:
    return HPAScalingRules.from_json({"selectPolicy": select, "policies": list(WAYS[direction].policies)})


def _written(policy: HPAScalingPolicy) -> str:
    percent = "%" if policy.type == "Percent" else " Pods"
    return f"{policy.value}{percent} / {policy.period_seconds} s"


# What a window holds.

ASKED = (10, 10, 4, 5, 8, 3, 3, 4, 3, 3)
"""What the metric asks for, look by look."""


def held(window: int, step: int) -> Frame:
    """The recommendations that the window still sees, and the size that follows."""
    looks = _looks(
        autoscaler([queue_metric(1)], behavior={"scaleDown": {"stabilizationWindowSeconds": window}}), 10, ASKED
    )
    done = looks[step][2]
    cells: list[Html] = []
    first = max(0, step + 1 - max(1, window // 15))
    largest = max(ASKED[first : step + 1])
    for i, wanted in enumerate(ASKED):
        text = str(wanted) if i <= step else "·"
        inside = first <= i <= step
        seen = el("b", text, class_="nw") if inside else el("span", text, class_="muted nw")
        cells.append(el("mark", seen) if inside and wanted == largest else seen)
    rows: list[list[Html | str]] = [
        [_("the metric asked for"), *cells],
        [_("size after the look"), *_sizes(looks, step)],
    ]
    head = [_("at second"), *(str(15 * i) for i in range(len(ASKED)))]
    able = next(each for each in done.hpa.status.conditions if each.type == "AbleToScale")
    words = el(
        "p", inline(_("Bold: what the window sees; marked: the largest of it. `{reason}`").format(reason=able.reason))
    )
    says = _("The metric asks for {wanted}; the size is **{n}**.").format(wanted=ASKED[step], n=done.replicas)
    table = el("div", grid(head, rows), class_="scroll", tabindex="0", aria_label=_("recommendations"), role="group")
    return Frame(join([table, words]), says)


def _sizes(looks: Sequence[tuple[Memory, int, Reconciliation]], step: int) -> list[Html]:
    return [
        el("span", done.replicas if i <= step else "·", class_="nw") for i, (_memory, _size, done) in enumerate(looks)
    ]


# From zero and back.

NIGHT = (30, 0, *[0] * 20, 0, 25, 25)
"""Messages in a queue: work, then five minutes of none, then work again."""


def to_zero() -> Frame:
    """The looks at which something changes, of a queue that runs dry and fills again."""
    looks = _looks(autoscaler([queue_metric(10)], minReplicas=0), 3, NIGHT)
    rows: list[list[Html | str]] = []
    before = None
    for i, (_memory, size, done) in enumerate(looks):
        reason = next(each.reason for each in done.hpa.status.conditions if each.type == "AbleToScale")
        if (size, done.replicas, reason) != before:
            change = el("b", f"{size} → {done.replicas}", class_="nw") if size != done.replicas else str(size)
            rows.append([clock(15 * i), str(NIGHT[i]), change, el("code", reason)])
        before = (size, done.replicas, reason)
    says = _("Down after five minutes of silence, up at the first look that sees a message.")
    return Frame(grid([_("time"), _("messages"), _("pods"), _("reason")], rows), says)
