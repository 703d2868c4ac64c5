"""Scenes of the chapter on scaling: an autoscaler against loads over time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.i18n import _
from k8smodels.scenes.scaling import autoscaler, cpu_metric, estimated
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.scaling import clock, decision_table, size_chart
from k8smodels.workloads.autoscaling.loads import Load, steps, through, wave
from k8smodels.workloads.autoscaling.run import SYNC_PERIOD_SECONDS, Look, Workload, run

MINUTE = 60
SHAPES: Mapping[str, Load] = {
    "a step": steps(2000, (5 * MINUTE, 6000), (14 * MINUTE, 2000)),
    "a spike": steps(2000, (5 * MINUTE, 6000), (6 * MINUTE, 2000)),
    "waves": wave(2000, 6000, 5 * MINUTE),
}
"""Loads of 30 minutes, as thousandths of a CPU."""
DURATION_SECONDS = 30 * MINUTE
MOST = 25
"""The top of the figures' scale."""
DOWN: Mapping[str, Sequence[Mapping[str, object]]] = {
    "all at once": (),
    "1 pod a minute": ({"type": "Pods", "value": 1, "periodSeconds": 60},),
}


def following(target: int, window: int = 300, down: str = "all at once") -> HorizontalPodAutoscaler:
    """An autoscaler by CPU; without `behavior` where its settings are the defaults."""
    if (window, down) == (300, "all at once"):
        return autoscaler([cpu_metric(target)], maxReplicas=40)
    policies = {"policies": list(DOWN[down])} if DOWN[down] else {}
    rules = {"stabilizationWindowSeconds": window, **policies}
    return autoscaler([cpu_metric(target)], maxReplicas=40, behavior={"scaleDown": rules})


@cache
def played(shape: str, target: int, window: int, down: str, start: int) -> tuple[Look, ...]:
    """The run of a shape; pods request 500m and can use 1."""
    load, hpa = SHAPES[shape], following(target, window, down)
    replicas = -(-load(0) // (5 * target))
    return run(hpa, Workload(start_seconds=start), load, DURATION_SECONDS, replicas)


def follows(shape: str, target: int, window: int, down: str, start: int) -> Frame:
    """Sizes under a load, and each decision."""
    looks = played(shape, target, window, down, start)
    chart = size_chart(looks, 5 * target, MOST)
    every = el("details", el("summary", _("The decisions, one by one")), decision_table(looks))
    return Frame(join([chart, every]), summary(looks))


def summary(looks: Sequence[Look]) -> str:
    """Changes, cost and lost work in one sentence."""
    ups = sum(look.wanted > look.replicas for look in looks)
    downs = sum(look.wanted < look.replicas for look in looks)
    words = _(
        "**{ups}** times up, **{downs}** times down. Pods at work: **{hours}** pod-hours. Work lost: **{lost} %**."
    )
    return words.format(ups=ups, downs=downs, hours=f"{pod_hours(looks):.1f}", lost=lost_percent(looks))


def pod_hours(looks: Sequence[Look]) -> float:
    """Pods times hours, whether they served or only started."""
    return sum(look.replicas for look in looks) * SYNC_PERIOD_SECONDS / 3600


def lost_percent(looks: Sequence[Look]) -> str:
    """Work that found no CPU, of all work, as seen at the looks."""
    lost = sum(look.unserved_milli for look in looks)
    return f"{100 * lost / max(1, sum(look.load_milli for look in looks)):.1f}"


# The limit of what a pod can show.

LEAP = steps(1000, (MINUTE, 5000))


def leaps(limit: str, target: int) -> tuple[Look, ...]:
    """Four pods or so that request 500m, and five times the load after a minute."""
    milli = int(limit.removesuffix("m"))
    replicas = -(-1000 // (5 * target))
    return run(following(target), Workload(limit_milli=milli), LEAP, 5 * MINUTE, replicas)


def capped(limit: str, target: int) -> Frame:
    """How soon there are enough pods, by the limit of each."""
    looks = leaps(limit, target)
    ceiling = max(look.utilization or 0 for look in looks)
    enough = next((look for look in looks if look.at_seconds > MINUTE and not look.unserved_milli), None)
    shown = _(
        "The highest utilization that is ever seen: {percent} %. So one look asks for at most {ratio} times the pods."
    )
    ratio = f"{ceiling / target:.2f}".rstrip("0").rstrip(".")
    note = el("p", inline(shown.format(percent=ceiling, ratio=ratio)))
    if enough is None:
        says = _("After {end} work is **still lost**.").format(end=clock(looks[-1].at_seconds - MINUTE))
    else:
        says = _("**{time}** after the leap no work is lost any more.").format(time=clock(enough.at_seconds - MINUTE))
    return Frame(join([size_chart(looks, 5 * target, MOST), note]), says)


# At once and later.

CHANGES: Mapping[str, tuple[int, int]] = {"up": (1000, 3000), "down": (3000, 1000)}


def reaction(direction: str, start: int) -> tuple[Look, ...]:
    """What follows when the load changes to three times, or to a third."""
    before, after = CHANGES[direction]
    load = steps(before, (MINUTE, after))
    return run(autoscaler(), Workload(start_seconds=start), load, 8 * MINUTE, before // 250)


def reacts(direction: str, start: int) -> Frame:
    """Look by look: what the controller sees, and what it does."""
    looks = [look for look in reaction(direction, start) if look.at_seconds >= MINUTE]
    rows = list(_reactions(looks))
    head = [_("after the change"), _("it sees"), _("pods, of them serving"), _("it does")]
    done = max((look for look in looks if look.wanted != look.replicas), key=lambda look: look.at_seconds)
    served = next(
        (look for look in looks if look.at_seconds > done.at_seconds and look.ready == done.wanted), looks[-1]
    )
    says = _("The last decision falls **{decided}** after the change, and is in effect by **{served}**.")
    text = says.format(decided=clock(done.at_seconds - MINUTE), served=clock(served.at_seconds - MINUTE))
    return Frame(grid(head, rows), text)


def _reactions(looks: Sequence[Look]) -> Iterator[list[Html | str]]:
    for _key, group in groupby(looks, lambda look: (look.utilization, look.replicas, look.ready, look.wanted)):
        met = list(group)
        first = met[0]
        times = clock(first.at_seconds - MINUTE)
        if len(met) > 1:
            times = f"{times}–{clock(met[-1].at_seconds - MINUTE)}"
        changed = first.wanted != first.replicas
        does = el("b", f"{first.replicas} → {first.wanted}", class_="nw") if changed else _waits(first)
        yield [times, f"{first.utilization} %", f"{first.replicas}, {first.ready}", does]


def _waits(look: Look) -> Html | str:
    reason = look.condition("AbleToScale").reason
    return el("code", reason) if reason.endswith("Stabilized") else "–"


# Somebody else writes the size.

FILES: Mapping[str, int | None] = {
    "with replicas: 3": 3,
    "with that line deleted": 1,
    "without that line, and so was the last one": None,
}
APPLIED_SECONDS = 5 * MINUTE


def applies(file: str) -> Frame:
    """What becomes of fourteen pods when a manifest is applied."""
    size = FILES[file]
    applied = {} if size is None else {APPLIED_SECONDS: size}
    looks = run(autoscaler(), Workload(start_seconds=40), steps(3500), 10 * MINUTE, 14, applied)
    after = [look for look in looks if look.at_seconds > APPLIED_SECONDS]
    least = min(look.ready for look in after)
    lost = [look for look in after if look.unserved_milli]
    shown = [look for look in looks if look.at_seconds >= APPLIED_SECONDS - MINUTE]
    body = join([size_chart(looks, 250, 15), decision_table(shown)])
    if size is None:
        return Frame(body, _("Nothing happens: the size is the autoscaler's alone."))
    says = _("Down to **{least}** serving pods. At {n} looks in a row work is lost.")
    return Frame(body, says.format(least=least, n=len(lost)))


# A day.


HOUR = 60 * MINUTE
DAY = through((6 * HOUR, 1000), (10 * HOUR, 7000), (13 * HOUR, 9000), (18 * HOUR, 6000), (23 * HOUR, 1000))


@cache
def day() -> tuple[Look, ...]:
    """A day between 1 CPU at night and 9 in the early afternoon."""
    return run(autoscaler(maxReplicas=40), Workload(), DAY, 24 * HOUR, 4)


def day_series() -> dict[str, list[float]]:
    """Pods by the hour: as many as there were at most, and as many as the peak needs all day."""
    hours = [[look.wanted for look in day() if look.at_seconds // 3600 == hour] for hour in range(24)]
    most = [float(max(sizes)) for sizes in hours]
    return {_("autoscaled"): most, _("for the peak, all day"): [max(most)] * 24}


def day_saving() -> tuple[float, float]:
    """Pod-hours of the day, autoscaled and with the peak's size."""
    looks = day()
    return pod_hours(looks), 24.0 * max(look.wanted for look in looks)


# A real process at its limit.


def measured(text: str) -> Frame:
    """What a process with a CPU limit used, measured, and what the autoscaler would make of four such pods."""
    report = json.loads(text)
    limit = report["limit_milli"]
    rows = []
    for case in report["cases"]:
        percent = 100 * case["used_milli"] // limit
        asks = estimated(4, percent, 80, "ready").replicas
        rows.append(
            [
                _("{n}m").format(n=case["wanted_milli"]),
                el("span", _("{n}m").format(n=case["used_milli"]), class_="nw"),
                _("{n} %").format(n=case["done_percent"]),
                _("{n} %").format(n=percent),
                str(asks),
            ]
        )
    head = [
        _("the work wants"),
        _("used"),
        _("done in time"),
        _("utilization, if the request is {n}m").format(n=limit),
        _("at a target of 80 %, 4 Pods become"),
    ]
    says = _("Measured: `{command}`, {date}, {kernel}, {machine}. The last two columns are the model's.")
    words = {key: report[key] for key in ("command", "date", "kernel", "machine")}
    return Frame(grid(head, rows), says.format(**words))
