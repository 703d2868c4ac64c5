"""One period of `k8smodels.isolation.cpu_time`: stretches of constant speed, until a quota or some work runs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.isolation.cgroup import Cgroup
from k8smodels.isolation.fair_share import divide

SHORTEST_US = 100
"""No stretch is shorter: whoever runs out earlier leaves the rest of its part to the others."""


@dataclass(slots=True)
class Running:
    """A cgroup while a period runs. All times are CPU time in microseconds.

    Attributes
    ----------
    name, weight, threads, children
        As in `Cgroup`.
    left_us
        What it may still use: its work or, if that is less, its quota.
    quota_binds
        Whether the quota is less than the work.
    used_us
        What it has used.
    throttled_us
        The time from the end of its quota to the end of the period, once for each CPU that it would have run on.
    part_us
        What it gets in the stretch that is looked at.
    """

    name: str
    weight: int
    threads: int
    children: list[Running]
    left_us: int
    quota_binds: bool
    used_us: int = 0
    throttled_us: int = 0
    part_us: int = 0

    @property
    def is_out_of_quota(self) -> bool:
        """Whether the quota is used up and there is more work."""
        return self.quota_binds and not self.left_us


def run_period(cgroups: Sequence[Cgroup], wanted_us: Mapping[str, int], cpus: int, period_us: int) -> list[Running]:
    """Run `cgroups`, each of which wants so much, for one period."""
    everyone = [_started(cgroup, wanted_us) for cgroup in cgroups]
    rest_us = period_us
    while rest_us and (active := _active(everyone)):
        _share(active, cpus * rest_us, rest_us, bounded=False)
        lasting_us = _lasting(active, rest_us)
        stretch_us = min(max(lasting_us, SHORTEST_US), rest_us)
        if lasting_us < rest_us:
            _share(active, cpus * stretch_us, stretch_us, bounded=True)
        rest_us -= stretch_us
        _use(active, cpus, rest_us)
    return everyone


def _started(cgroup: Cgroup, wanted_us: Mapping[str, int]) -> Running:
    children = [_started(child, wanted_us) for child in cgroup.children]
    wanted = wanted_us[cgroup.name]
    quota = wanted if cgroup.quota_us is None else cgroup.quota_us
    return Running(cgroup.name, cgroup.weight, cgroup.threads, children, min(wanted, quota), quota < wanted)


def _active(siblings: Sequence[Running]) -> list[Running]:
    return [running for running in siblings if running.left_us]


def _share(siblings: Sequence[Running], capacity_us: int, stretch_us: int, *, bounded: bool) -> None:
    """Work out who gets how much in a stretch; if not `bounded`, as if nothing ran out meanwhile.

    Siblings divide the capacity by weight, then each one's children its part.
    """
    wants = _wants(siblings, stretch_us, bounded)
    parts = divide(capacity_us, [running.weight for running in siblings], wants)
    for running, part in zip(siblings, parts, strict=True):
        running.part_us = part
        if running.children:
            _share(_active(running.children), part, stretch_us, bounded=bounded)


def _wants(siblings: Sequence[Running], stretch_us: int, bounded: bool) -> list[int]:
    """What each could use: its threads for the whole stretch, or what its children could."""
    wants = [
        sum(_wants(_active(running.children), stretch_us, bounded))
        if running.children
        else running.threads * stretch_us
        for running in siblings
    ]
    if not bounded:
        return wants
    return [min(running.left_us, want) for want, running in zip(wants, siblings, strict=True)]


def _lasting(siblings: Sequence[Running], rest_us: int) -> int:
    """How long what is left to each one lasts at the speed of `part_us` in `rest_us`, which is the most."""
    shortest = rest_us
    for running in siblings:
        if running.left_us < running.part_us and running.left_us * rest_us < running.part_us * shortest:
            shortest = -(-running.left_us * rest_us // running.part_us)
        if running.children:
            shortest = min(shortest, _lasting(_active(running.children), rest_us))
    return shortest


def _use(siblings: Sequence[Running], cpus: int, rest_us: int) -> None:
    """Use up the parts; whoever has no quota left but work to do stands still for the rest of the period."""
    for running in siblings:
        if running.children:
            _use(_active(running.children), cpus, rest_us)
        running.used_us += running.part_us
        running.left_us -= running.part_us
        if running.is_out_of_quota:
            running.throttled_us = rest_us * min(_runnable_threads(running), cpus)


def _runnable_threads(running: Running) -> int:
    """How many threads have work, where no quota below stops them."""
    if running.children:
        return sum(map(_runnable_threads, _active(running.children)))
    return running.threads
