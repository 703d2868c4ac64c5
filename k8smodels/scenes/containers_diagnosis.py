"""A container is slow: what do the kernel's numbers say? And what a real kernel measured, beside the model."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation import Cgroup, CPUTime, choose_victim, simulate
from k8smodels.isolation.memory import Process
from k8smodels.scenes.dice import dice_of
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, inline, join

PERIODS = 600
"""One minute."""


@dataclass(frozen=True, slots=True)
class Slow:
    """A container that is slow on a node of four CPUs, and why.

    Attributes
    ----------
    time
        What happened in a minute; the container is ``web``.
    cause
        The reason in words.
    """

    time: CPUTime
    cause: str

    @property
    def used_cpus(self) -> float:
        """CPUs that it kept busy on average."""
        return self.time.cpus_used("web")

    @property
    def throttled_percent(self) -> float:
        """In how many of a hundred periods in which it ran the quota ran out."""
        stat = self.time.totals["web"]
        return 100 * stat.nr_throttled / stat.nr_periods if stat.nr_periods else 0

    @property
    def idle_cpus(self) -> float:
        """CPUs of the node that nobody used, on average."""
        idle = sum(self.time.idle_us(i) for i in range(len(self.time.periods)))
        return idle / len(self.time.periods) / self.time.period_us


def causes() -> list[str]:
    """What can make a container slow, as far as CPU time tells."""
    return [
        _("Short bursts use up the quota; in between it is idle. Raise the limit, or use fewer threads."),
        _("It wants more than its limit all the time. Raise the limit, or run more replicas."),
        _("No quota stops it. Others want the CPUs, too, and its weight is small. Raise its request."),
        _("It has all the CPU time that it wants. Look at disk, network or locks."),
    ]


def slow(case: int, dice: random.Random) -> Slow:
    """One of the four causes, with numbers by chance."""
    neighbours: list[Cgroup] = []
    match case:
        case 0:
            limit = dice.choice([40_000, 80_000, 120_000])
            web = Cgroup(name="web", quota_us=limit, threads=4, work_us=(2 * limit, 0, 0, 0, 0))
        case 1:
            web = Cgroup(name="web", quota_us=dice.choice([20_000, 50_000, 80_000]), threads=2)
        case 2:
            web = Cgroup(name="web", weight=100, threads=4)
            neighbours = [Cgroup(name="others", weight=dice.choice([300, 700, 1500]), threads=8)]
        case _:
            limit = dice.choice([50_000, 100_000])
            web = Cgroup(name="web", quota_us=limit, work_us=(limit // dice.choice([2, 5]),))
    return Slow(simulate([web, *neighbours], cpus=4, periods=PERIODS), causes()[case])


def diagnose(seed: int) -> Task:
    """Show what the kernel counted in a minute, and ask for the cause."""
    dice = dice_of(seed)
    case = (3 * seed + 1) % 4
    found = slow(case, dice)
    stat = found.time.totals["web"]
    quota = found.time.cgroups[0].quota_us or "max"
    shown = f"cpu.max\n{quota} {found.time.period_us}\n\ncpu.stat, what was added in 60 s\n{stat}"
    node = _("The node has 4 CPUs, of which {idle} were idle on average. Users say that `web` is slow.")
    return Task(
        join([el("p", inline(node.format(idle=f"{found.idle_cpus:g}"))), el("pre", shown.rstrip(), tabindex="0")]),
        [
            Step(
                _("How many CPUs did it use on average?"),
                round(found.used_cpus, 6),
                unit="cpu",
                why=_("`usage_usec` are microseconds of CPU time; the minute has 60,000,000."),
            ),
            Step(
                _("In how many percent of its periods was it throttled? (0 if it has none)"),
                round(found.throttled_percent, 6),
                unit="%",
                why=_("`nr_throttled` ÷ `nr_periods` × 100."),
            ),
            Step(
                _("What is the cause?"),
                found.cause,
                options=dice.sample(causes(), 4),
                wrong=_why_not(found),
            ),
        ],
        [
            _("Compare the average use with the limit, quota ÷ period."),
            _("Throttled in half of the periods at 40 % of the limit: then the use is uneven."),
            _("No throttling on a busy node: then it waits for others. On an idle node: then it waits for no CPU."),
        ],
        inline(found.cause),
    )


def _why_not(found: Slow) -> dict[str, str]:
    """What in the numbers of `found` speaks against each other cause."""
    bursts, limit, neighbours, elsewhere = causes()
    quota = found.time.cgroups[0].quota_us
    if found.throttled_percent:
        few = _("It was throttled: a quota did stop it.")
        always = _("Its average use is below its limit, quota ÷ period: it does not want so much all the time.")
        uneven = _("Its average use is its limit, quota ÷ period: it is not idle in between.")
        reasons = {neighbours: few, elsewhere: few, limit: always, bursts: uneven}
    else:
        free = _("No CPU was idle: it did not get all that it wanted.")
        busy = _("CPUs were idle all the time: nobody kept it from using them.")
        never = _("It has a quota, and that never ran out.") if quota else _("It has no quota.")
        reasons = {bursts: never, limit: never, neighbours: busy, elsewhere: free}
    return {cause: why for cause, why in reasons.items() if cause != found.cause}


def recorded(path: str | Path) -> Frame:
    """What a real kernel did with CPU time and memory, beside what the models say of the same cases."""
    found: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))["cgroups"]
    head = [_("asked of the kernel"), _("model"), _("measured")]
    rows = [*_weights(found), *_quotas(found), *_victims(found)]
    says = _("CPU time differs by at most {most} CPU. Of {all} victims, {same} are those of the model.")
    apart = max(abs(float(model) - float(real)) for _case, model, real in rows if "." in model)
    victims = [model == real for _case, model, real in rows if "." not in model]
    titles = el("tr", join(el("th", title, scope="col") for title in head))
    body = (el("tr", el("th", case, scope="row"), el("td", model), el("td", real)) for case, model, real in rows)
    shown = el("table", el("thead", titles), el("tbody", join(body)))
    return Frame(shown, says.format(most=f"{apart:.3f}", all=len(victims), same=sum(victims)))


def _weights(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for pair, part in zip(found["asked"]["weights"][0], found["measured"]["weights"], strict=True):
        groups = [Cgroup(name=str(side), weight=weight) for side, weight in enumerate(pair)]
        model = simulate(groups, cpus=1).cpus_used("0")
        yield (
            _("weights {a} : {b} on one CPU, part of the first").format(a=pair[0], b=pair[1]),
            f"{model:.3f}",
            f"{part:.3f}",
        )


def _quotas(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for (quota, threads), real in zip(found["asked"]["quotas"][0], found["measured"]["quotas"], strict=True):
        time = simulate([Cgroup(name="a", quota_us=quota, threads=threads)], cpus=threads)
        text = _("quota {ms} ms of 100 ms, busy threads: {n}; CPUs used").format(ms=quota // 1000, n=threads)
        yield text, f"{time.cpus_used('a'):.2f}", f"{real['cpus']:.2f}"


def _victims(found: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    limit, cases = found["asked"]["victims"]
    for case, killed in zip(cases, found["measured"]["victims"], strict=True):
        *there, (_wanted, adj) = case
        sizes = [*there, (limit - sum(size for size, _adj in there), adj)]
        everyone = [Process(name=str(i), rss_bytes=size, oom_score_adj=adj) for i, (size, adj) in enumerate(sizes)]
        kill = choose_victim(everyone, limit, oom_group=False)
        shown = ", ".join(f"{size >> 20} Mi" + (f" (oom_score_adj {adj})" if adj else "") for size, adj in case)
        text = _("limit {limit} Mi, processes {sizes}: killed is number").format(limit=limit >> 20, sizes=shown)
        yield text, str(int(kill.victim.name) + 1) if kill else "", ", ".join(str(n + 1) for n in killed)
