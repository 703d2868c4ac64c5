"""Memory that runs out: whom the kernel kills.

In a cgroup, when its processes need more than ``memory.max`` and nothing can be reclaimed; on the whole node, when all
memory is used. In both the process with the most points dies, and with ``memory.oom.group`` its whole container.

Left out: reclaim (page cache is given back before anyone is killed), swap, page tables, and the kernel's waiting for a
victim to give its memory back, in which a second one may be chosen.

References
----------
Linux v6.12: mm/oom_kill.c: oom_badness, select_bad_process, oom_kill_process; fs/proc/base.c: proc_oom_score;
mm/memcontrol.c: mem_cgroup_get_oom_group; Documentation/admin-guide/cgroup-v2.rst (memory.oom.group)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8smodels.api.errors import invalid

PAGE_BYTES = 4096
OOM_SCORE_ADJ_MIN, OOM_SCORE_ADJ_MAX = -1000, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that uses memory.

    Attributes
    ----------
    name
        Its name.
    rss_bytes
        The memory that only it holds.
    oom_score_adj
        What was written to ``/proc/PID/oom_score_adj``; -1000 protects it for good.
    container
        The container that it belongs to; empty for a process of the node itself.

    Raises
    ------
    FieldError
        A negative size, or an ``oom_score_adj`` out of the kernel's range.
    """

    name: str
    rss_bytes: int
    oom_score_adj: int = 0
    container: str = ""

    def __post_init__(self) -> None:
        if self.rss_bytes < 0:
            raise invalid(f"{self.name}.rss_bytes", self.rss_bytes, "must be greater than or equal to 0")
        if not OOM_SCORE_ADJ_MIN <= self.oom_score_adj <= OOM_SCORE_ADJ_MAX:
            raise invalid(f"{self.name}.oom_score_adj", self.oom_score_adj, "must be between -1000 and 1000, inclusive")

    @property
    def is_protected(self) -> bool:
        """Whether the kernel never kills it for memory."""
        return self.oom_score_adj == OOM_SCORE_ADJ_MIN


@dataclass(frozen=True, slots=True)
class Candidate:
    """A process as the kernel judges it.

    Attributes
    ----------
    process
        The process.
    points
        Pages of memory, and as many more as ``oom_score_adj`` adds or takes off; None if it is protected.
    """

    process: Process
    points: int | None


@dataclass(frozen=True, slots=True)
class OOMKill:
    """One decision of the kernel.

    Attributes
    ----------
    candidates
        Everyone, with points, in the order given.
    victim
        Who had the most.
    killed
        Who died: the victim, or with ``memory.oom.group`` all of its container that are not protected.
    """

    candidates: tuple[Candidate, ...]
    victim: Process
    killed: tuple[Process, ...]

    @property
    def exit_code(self) -> int:
        """What a container reports whose first process was killed: 128 + SIGKILL."""
        return 137


@dataclass(frozen=True, slots=True)
class OutOfMemory:
    """What was needed to make everything fit.

    Attributes
    ----------
    kills
        The decisions, one after another; none if everything fitted.
    survivors
        Who is left.
    fits
        Whether the survivors fit: not, if all that are left are protected (the kernel then panics, or a cgroup's
        processes wait).
    """

    kills: tuple[OOMKill, ...]
    survivors: tuple[Process, ...]
    fits: bool


def badness(process: Process, total_bytes: int) -> int | None:
    """The points of `process` where there are `total_bytes`: a cgroup's limit, or the node's memory.

    A thousandth of all pages a point of ``oom_score_adj``; None for a process that is protected.
    """
    if process.is_protected:
        return None
    return _pages(process.rss_bytes) + process.oom_score_adj * (total_bytes // PAGE_BYTES // 1000)


def oom_score(process: Process, node_memory_bytes: int) -> int:
    """What ``/proc/PID/oom_score`` shows, 0 to 1333: the points in relation to the node's memory."""
    points = badness(process, _at_least_a_page(node_memory_bytes))
    if points is None:
        return 0
    share = abs(points) * 1000 // (node_memory_bytes // PAGE_BYTES)
    return max(1000 + (share if points > 0 else -share), 0) * 2 // 3


def choose_victim(processes: Sequence[Process], total_bytes: int, *, oom_group: bool = True) -> OOMKill | None:
    """Whom the kernel kills when `processes` need more than `total_bytes`; None if all are protected.

    Parameters
    ----------
    processes
        Everyone who may be killed: those of the cgroup at its limit, or all of the node.
    total_bytes
        The limit, or the node's memory.
    oom_group
        Whether containers have ``memory.oom.group``, as the kubelet sets it on cgroup v2.

    Raises
    ------
    FieldError
        Less than a page of memory.
    """
    total_bytes = _at_least_a_page(total_bytes)
    candidates = tuple(Candidate(process, badness(process, total_bytes)) for process in processes)
    # Of equals the last one that the kernel comes to.
    chosen = max(reversed(candidates), key=lambda candidate: _rank(candidate.points), default=None)
    if chosen is None or chosen.points is None:
        return None
    return OOMKill(candidates, chosen.process, tuple(_killed(processes, chosen.process, oom_group)))


def run_out_of_memory(processes: Sequence[Process], total_bytes: int, *, oom_group: bool = True) -> OutOfMemory:
    """Kill until the rest of `processes` fits into `total_bytes`; parameters and errors as in `choose_victim`."""
    kills: list[OOMKill] = []
    alive = tuple(processes)
    while not (fits := sum(process.rss_bytes for process in alive) <= total_bytes):
        kill = choose_victim(alive, total_bytes, oom_group=oom_group)
        if kill is None:
            break
        kills.append(kill)
        alive = tuple(process for process in alive if not any(process is dead for dead in kill.killed))
    return OutOfMemory(tuple(kills), alive, fits)


def _killed(processes: Iterable[Process], victim: Process, oom_group: bool) -> Iterable[Process]:
    if not (oom_group and victim.container):
        return (victim,)
    return (process for process in processes if process.container == victim.container and not process.is_protected)


def _rank(points: int | None) -> tuple[bool, int]:
    return points is not None, points or 0


def _at_least_a_page(total_bytes: int) -> int:
    if total_bytes < PAGE_BYTES:
        raise invalid("total_bytes", total_bytes, f"must be at least {PAGE_BYTES}")
    return total_bytes


def _pages(size_bytes: int) -> int:
    return -(-size_bytes // PAGE_BYTES)
