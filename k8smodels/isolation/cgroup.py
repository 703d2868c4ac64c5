"""A cgroup that competes for CPU time, and what its processes would like to do.

References
----------
Linux v6.12: Documentation/admin-guide/cgroup-v2.rst (CPU), Documentation/scheduler/sched-bwc.rst
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8smodels.api.errors import duplicate, forbidden, invalid
from k8smodels.isolation.cpu import MAX_SHARES, MIN_QUOTA_US

LARGEST_US = 10**12
MOST_CGROUPS = 500
MOST_THREADS = 10_000
DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cgroup:
    """A cgroup: a leaf with threads, or a parent of others.

    Attributes
    ----------
    name
        Its own name; unique in a simulation.
    weight
        ``cpu.weight``, or ``cpu.shares`` if all have those: only the proportion to its siblings matters.
    quota_us
        CPU time that it may use in each period; None for no bound.
    threads
        How many threads a leaf has: it can use at most so many CPUs at once. 0 is idle.
    work_us
        CPU time of work that arrives at a leaf at the start of each period, one number after the other and again from
        the first; what is not done waits. None for threads that never stop.
    children
        The cgroups below it; they share what it gets by their weights.

    Raises
    ------
    FieldError
        A number out of the kernel's range, or work beside children (cgroup v2 has processes in leaves only).
    """

    name: str
    weight: int = 100
    quota_us: int | None = None
    threads: int = 1
    work_us: tuple[int, ...] | None = None
    children: tuple[Cgroup, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.weight <= MAX_SHARES:
            raise invalid(f"{self.name}.weight", self.weight, f"must be between 1 and {MAX_SHARES}, inclusive")
        if self.quota_us is not None and not MIN_QUOTA_US <= self.quota_us <= LARGEST_US:
            raise invalid(f"{self.name}.quota_us", self.quota_us, f"must be at least {MIN_QUOTA_US}, or None")
        if not 0 <= self.threads <= MOST_THREADS:
            raise invalid(f"{self.name}.threads", self.threads, f"must be between 0 and {MOST_THREADS}, inclusive")
        if self.children and self.work_us is not None:
            raise forbidden(f"{self.name}.work_us", "may not be set beside children: only leaves have threads")
        if self.work_us is not None and not (self.work_us and all(0 <= work <= LARGEST_US for work in self.work_us)):
            raise invalid(f"{self.name}.work_us", list(self.work_us), f"must be numbers from 0 to {LARGEST_US}")

    @property
    def is_leaf(self) -> bool:
        """Whether processes live here."""
        return not self.children


def flatten(cgroups: Sequence[Cgroup]) -> tuple[Cgroup, ...]:
    """All of them, parents before their children.

    Raises
    ------
    FieldError
        Two of the same name, too many, or too deep.
    """
    found: list[Cgroup] = []
    for cgroup in _walk(cgroups, 1):
        found.append(cgroup)
        if len(found) > MOST_CGROUPS:
            raise invalid("cgroups", len(found), f"must be at most {MOST_CGROUPS}")
    seen: set[str] = set()
    for cgroup in found:
        if cgroup.name in seen:
            raise duplicate("cgroups.name", cgroup.name)
        seen.add(cgroup.name)
    return tuple(found)


def _walk(cgroups: Sequence[Cgroup], depth: int) -> Iterator[Cgroup]:
    if cgroups and depth > DEEPEST:
        raise invalid("cgroups", depth, f"must be at most {DEEPEST} levels deep")
    for cgroup in cgroups:
        yield cgroup
        yield from _walk(cgroup.children, depth + 1)
