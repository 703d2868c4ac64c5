"""Containers that compete for the CPUs of a node, period by period.

`simulate` answers who gets how much CPU time, and what kept the others from more::

    busy = [Cgroup(name="web", weight=200), Cgroup(name="batch", weight=100)]
    simulate(busy, cpus=1, periods=10).totals["web"].used_us

Within a period all cgroups run at once, each at the speed that its weight gives it (`fair_share.divide`). When one has
used up its quota or its work, the others share what it leaves; so a period is a few stretches of constant speed, of
0.1 ms or more.

Left out: everything shorter than such a stretch (time slices, the cost of switching, which CPU a thread is on, the
slices of quota that each CPU draws in advance), bursts (``cpu.max.burst``), real-time and idle scheduling, CPU sets.
All quotas are renewed at the same moment; the kernel starts each cgroup's period when it first runs.

References
----------
Linux v6.12: kernel/sched/fair.c; Documentation/scheduler/sched-bwc.rst
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from k8smodels.api.errors import invalid
from k8smodels.isolation.cgroup import Cgroup, flatten
from k8smodels.isolation.cpu import DEFAULT_PERIOD_US
from k8smodels.isolation.cpu_period import Running, run_period

MOST_CPUS = 1024
MOST_PERIODS = 10_000

Limit = Literal["demand", "quota", "weight", "cpus"]
"""What kept a cgroup from more: it wanted no more; a quota (its own, one above, or those of all below that wanted
more); the weights of others; the number of CPUs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """One cgroup in one period. Times are CPU time in microseconds.

    Attributes
    ----------
    cgroup
        Its name.
    wanted_us
        What it could have used: its work, or all the time of its threads.
    used_us
        What it got.
    throttled_us
        How long it stood still for want of quota, summed over the CPUs that it would have run on.
    is_throttled
        Whether its own quota ran out before its work and before the period.
    limited_by
        What kept it from more.
    throttled_by
        The cgroup whose quota ran out: itself, one above it, or the first below it; None if none kept it from more.
    """

    cgroup: str
    wanted_us: int
    used_us: int
    throttled_us: int
    is_throttled: bool
    limited_by: Limit
    throttled_by: str | None


@dataclass(frozen=True, slots=True)
class CPUStat:
    """One cgroup over all periods, in the kernel's own numbers.

    Attributes
    ----------
    used_us, throttled_us
        Sums over the periods.
    nr_periods
        In how many periods it had a quota and something to run.
    nr_throttled
        In how many of them the quota ran out.
    """

    used_us: int = 0
    throttled_us: int = 0
    nr_periods: int = 0
    nr_throttled: int = 0

    def __str__(self) -> str:
        names = ("usage_usec", "nr_periods", "nr_throttled", "throttled_usec")
        numbers = (self.used_us, self.nr_periods, self.nr_throttled, self.throttled_us)
        return "".join(f"{name} {number}\n" for name, number in zip(names, numbers, strict=True))


Period = Mapping[str, Usage]
"""What each cgroup got in one period, by its name."""


@dataclass(frozen=True, slots=True)
class CPUTime:
    """The outcome of a simulation.

    Attributes
    ----------
    cpus, period_us
        Of the node.
    cgroups
        Those that competed, parents before their children.
    periods
        One after another.
    totals
        ``cpu.stat`` of each cgroup, by its name.
    """

    cpus: int
    period_us: int
    cgroups: tuple[Cgroup, ...]
    periods: tuple[Period, ...]
    totals: Mapping[str, CPUStat]

    def cpus_used(self, name: str) -> float:
        """The average number of CPUs that the cgroup `name` kept busy."""
        return self.totals[name].used_us / (len(self.periods) * self.period_us)

    def idle_us(self, period: int) -> int:
        """The CPU time that nobody used in that period; the leaves' uses add up to all that was used."""
        leaves = (cgroup.name for cgroup in self.cgroups if cgroup.is_leaf)
        return self.cpus * self.period_us - sum(self.periods[period][name].used_us for name in leaves)


def simulate(cgroups: Sequence[Cgroup], *, cpus: int, periods: int = 10, period_us: int = DEFAULT_PERIOD_US) -> CPUTime:
    """Let `cgroups` compete.

    Parameters
    ----------
    cgroups
        Siblings below the root, with what is below them.
    cpus
        How many CPUs the node has.
    periods, period_us
        How many periods of which length; the kubelet has one length for all cgroups.

    Raises
    ------
    FieldError
        A number out of range.
    """
    _check(cpus, periods, period_us)
    everyone = flatten(cgroups)
    waiting = {cgroup.name: 0 for cgroup in everyone if cgroup.work_us is not None}
    known: dict[tuple[int, ...], list[Running]] = {}
    found = []
    for i in range(periods):
        wanted: dict[str, int] = {}
        for cgroup in reversed(everyone):
            if cgroup.work_us is not None:
                waiting[cgroup.name] += cgroup.work_us[i % len(cgroup.work_us)]
            wanted[cgroup.name] = _wanted_us(cgroup, wanted, waiting, period_us)
        key = tuple(min(wanted[cgroup.name], (cgroup.quota_us or wanted[cgroup.name]) + 1) for cgroup in everyone)
        if key not in known:  # what is wanted beyond the quota makes no difference
            known[key] = run_period(cgroups, wanted, cpus, period_us)
        period = _usages(known[key], wanted, cpus * period_us)
        found.append(period)
        for name in waiting:
            waiting[name] -= period[name].used_us
    totals = {cgroup.name: _total(cgroup, [period[cgroup.name] for period in found]) for cgroup in everyone}
    return CPUTime(cpus, period_us, everyone, tuple(found), totals)


def _total(cgroup: Cgroup, usages: Sequence[Usage]) -> CPUStat:
    return CPUStat(
        used_us=sum(usage.used_us for usage in usages),
        throttled_us=sum(usage.throttled_us for usage in usages),
        nr_periods=sum(usage.wanted_us > 0 for usage in usages) if cgroup.quota_us is not None else 0,
        nr_throttled=sum(usage.is_throttled for usage in usages),
    )


def _check(cpus: int, periods: int, period_us: int) -> None:
    if not 1 <= cpus <= MOST_CPUS:
        raise invalid("cpus", cpus, f"must be between 1 and {MOST_CPUS}, inclusive")
    if not 1 <= periods <= MOST_PERIODS:
        raise invalid("periods", periods, f"must be between 1 and {MOST_PERIODS}, inclusive")
    if not 1000 <= period_us <= 1_000_000:
        raise invalid("period_us", period_us, "must be between 1000 and 1000000, inclusive")


def _wanted_us(cgroup: Cgroup, below: Mapping[str, int], waiting: Mapping[str, int], period_us: int) -> int:
    """What a cgroup could use in a period: its threads all the time, or the work that there is, or what those below."""
    if cgroup.children:
        return sum(below[child.name] for child in cgroup.children)
    at_most = cgroup.threads * period_us
    return min(waiting.get(cgroup.name, at_most), at_most)


def _usages(
    siblings: Sequence[Running], wanted: Mapping[str, int], capacity_us: int, above: str | None = None
) -> dict[str, Usage]:
    """What became of each cgroup; `above` is the one above them whose quota ran out, if there is one."""
    found: dict[str, Usage] = {}
    for running in siblings:
        name = running.name
        out_of_quota = name if running.is_out_of_quota else above
        below = _usages(running.children, wanted, capacity_us, out_of_quota)
        if out_of_quota is None and running.children:
            out_of_quota = _out_of_quota_below([below[child.name] for child in running.children])
        found[name] = Usage(
            cgroup=name,
            wanted_us=wanted[name],
            used_us=running.used_us,
            throttled_us=running.throttled_us,
            is_throttled=running.throttled_us > 0,
            limited_by=_limit(running.used_us, wanted[name], out_of_quota, capacity_us),
            throttled_by=out_of_quota,
        )
        found |= below
    return found


def _out_of_quota_below(children: Sequence[Usage]) -> str | None:
    """The first child whose quota ran out, if nothing else kept any child from more."""
    limited = [child for child in children if child.limited_by != "demand"]
    return limited[0].throttled_by if limited and all(child.limited_by == "quota" for child in limited) else None


def _limit(used_us: int, wanted_us: int, out_of_quota: str | None, capacity_us: int) -> Limit:
    if used_us == wanted_us:
        return "demand"
    if out_of_quota is not None:
        return "quota"
    return "cpus" if used_us == capacity_us else "weight"
