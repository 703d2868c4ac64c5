"""Exercises of the chapter on containers about CPU time: seeded cases whose answers the simulation computes."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation import Cgroup, simulate
from k8smodels.isolation.cpu import milli_cpu_to_quota_us
from k8smodels.scenes.containers import answered_ms, bursts
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.tables import table

__all__ = ["divide_the_cpus", "until_the_answer"]


def divide_the_cpus(seed: int) -> Task:
    """Ask how three busy containers share a node, and how two do."""
    dice = dice_of(seed)
    weights = dice.choice([(100, 300, 400), (300, 100, 400), (200, 300, 500), (100, 100, 200), (50, 150, 200)])
    cpus = dice.choice([2, 4, 8])
    shares = [_first_share(weights[:n], cpus) for n in (3, 2, 1)]
    rows = [(name, weight) for name, weight in zip("abc", weights, strict=True)]
    text = _(
        "A node has {cpus} CPUs. Three containers have no limit, and each keeps more threads busy than there are CPUs."
    )
    total, pair = sum(weights), sum(weights[:2])
    by_default = _("That divides by the number of containers. Divide by their weights.")
    return Task(
        join([el("p", text.format(cpus=cpus)), table([_("container"), "cpu.weight"], rows)]),
        [
            Step(
                _("How many CPUs does `a` get?"),
                shares[0],
                unit="cpu",
                wrong={
                    f"{cpus / 3}": by_default,
                    f"{weights[0] / 1000}": _("A weight is no amount: only proportions count."),
                },
                why=_("CPUs × own weight ÷ sum of all weights that want CPU time."),
            ),
            Step(
                _("`c` falls asleep. How many CPUs does `a` get now?"),
                shares[1],
                unit="cpu",
                wrong={f"{shares[0]}": _("What `c` leaves is divided among those that want it.")},
                why=_("Now only the weights of `a` and `b` are in the sum."),
            ),
            Step(
                _("`b` falls asleep, too. And now?"),
                shares[2],
                unit="cpu",
                wrong={f"{shares[1]}": _("Nobody is left to share with: a weight reserves nothing.")},
                why=_("A weight matters only while others want the same CPUs."),
            ),
        ],
        [_("Only containers that want CPU time are in the sum."), _("CPUs × weight ÷ sum of weights.")],
        bullets(
            [
                f"{cpus} × {weights[0]} ÷ {total} = {shares[0]:g}",
                f"{cpus} × {weights[0]} ÷ {pair} = {shares[1]:g}",
                _("Alone, it may use all {n}.").format(n=cpus),
            ]
        ),
    )


def _first_share(weights: Sequence[int], cpus: int) -> float:
    groups = [Cgroup(name=str(i), weight=weight, threads=2 * cpus) for i, weight in enumerate(weights)]
    return simulate(groups, cpus=cpus, periods=1).cpus_used("0")


def until_the_answer(seed: int) -> Task:
    """Ask how long a request takes under a quota."""
    dice = dice_of(seed)
    limit, threads = dice.choice([200, 300, 400, 500]), dice.choice([2, 4])
    quota = milli_cpu_to_quota_us(limit) // 1000
    work = quota * dice.choice([2, 3]) - dice.choice([4, 8, 12])
    time = bursts(limit, threads, work)
    took, runs = answered_ms(time, threads), quota / threads
    text = _(
        "An idle node has 4 CPUs. A container has the limit {limit} and {threads} threads. A request comes in that "
        "needs {work} ms of CPU time, divided equally among the threads. The period is 100 ms, the quota is full."
    ).format(limit=f"`cpu: {limit}m`", threads=threads, work=work)
    whole, rest = int(took) // 100, time.periods[int(took) // 100]["web"].used_us // 1000
    return Task(
        el("p", inline(text)),
        [
            Step(
                _("How much CPU time may it use in each period?"),
                quota,
                unit="ms",
                wrong={f"{quota * threads}": _("The quota is for the container, not for each thread.")},
                why=_("The limit, in CPUs, times the period."),
            ),
            Step(
                _("After how many milliseconds of the first period does it stand still?"),
                runs,
                unit="ms",
                wrong={f"{quota}": _("All threads run at once: together they use it up faster.")},
                why=_("The quota divided by the number of threads that run at once."),
            ),
            Step(
                _("After how many milliseconds is the request answered?"),
                took,
                unit="ms",
                wrong={
                    f"{work / threads}": _("That would be so without a limit."),
                    f"{work * 1000 / limit}": _(
                        "That assumes a steady speed. In truth it runs at full speed, then stands still."
                    ),
                },
                why=_("Count the full periods, then add the time for what is left over."),
            ),
        ],
        [_("0.1 CPU is 10 ms in each 100 ms."), _("In the last period it runs only until the work is done.")],
        bullets(
            [
                _("{quota} ms of CPU time in each period; {threads} threads use them up in {runs} ms.").format(
                    quota=quota, threads=threads, runs=f"{runs:g}"
                ),
                _("Full periods: {n}. They do {done} of {work} ms; the last {rest} ms take {time} ms.").format(
                    n=whole, done=whole * quota, work=work, rest=rest, time=f"{rest / threads:g}"
                ),
                f"{whole} × 100 + {rest / threads:g} = {took:g} ms",
            ]
        ),
    )
