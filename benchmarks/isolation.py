"""How long a minute of a busy node takes to simulate: 100 containers, 600 periods of 100 ms."""

from __future__ import annotations

import random
from collections.abc import Iterator

from benchmarks.figures import Figure, best_of
from k8smodels.isolation import Cgroup, simulate

CONTAINERS, PERIODS = 100, 600


def containers() -> Iterator[Cgroup]:
    """A third never stops, a third does the same in every period, a third is busy in some of ten; most have a limit."""
    chance = random.Random(1)
    for i in range(CONTAINERS):
        weight, quota = chance.randint(1, 500), chance.choice((None, 20_000, 50_000))
        works = (None, (chance.randint(1_000, 30_000),), tuple(chance.randint(0, 40_000) for _ in range(10)))
        yield Cgroup(name=f"c{i}", weight=weight, quota_us=quota, threads=1 + i % 3 // 2, work_us=works[i % 3])


def minute(cpus: int) -> Figure:
    """The fastest of three simulations on so many CPUs."""
    node = list(containers())
    seconds = best_of(3, lambda: simulate(node, cpus=cpus, periods=PERIODS))
    return Figure(f"CPU time, 100 containers, 60 s, {cpus} CPUs", seconds, "s", 0.5, "budget")


def figures() -> list[Figure]:
    """Every figure of this subject."""
    return [minute(cpus) for cpus in (4, 16, 64)]
