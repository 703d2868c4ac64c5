"""The bound on processes: ``pids.max`` of a cgroup and of those above it.

The kubelet sets it for a pod from ``podPidsLimit``, and for all pods together from what is left of the node's.

References
----------
Linux v6.12: kernel/cgroup/pids.c; Documentation/admin-guide/cgroup-v2.rst (PID);
pkg/kubelet/cm/pod_container_manager_linux.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from k8smodels.api.errors import invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class PidsCgroup:
    """A cgroup that counts processes and threads, with those of the cgroups below it.

    Attributes
    ----------
    name
        Its name.
    current
        ``pids.current``: how many there are.
    limit
        ``pids.max``; None for ``max``.
    refused
        ``pids.events.local`` of Linux 6.11: how many forks this limit has refused.

    Raises
    ------
    FieldError
        A negative number.
    """

    name: str
    current: int = 0
    limit: int | None = None
    refused: int = 0

    def __post_init__(self) -> None:
        for field, number in (("current", self.current), ("limit", self.limit or 0)):
            if number < 0:
                raise invalid(f"{self.name}.{field}", number, "must be greater than or equal to 0")


@dataclass(frozen=True, slots=True)
class Fork:
    """The outcome of a fork.

    Attributes
    ----------
    cgroups
        The cgroups afterwards, in the order given.
    refused_by
        The cgroup whose limit was reached; None if there is a new process.
    """

    cgroups: tuple[PidsCgroup, ...]
    refused_by: str | None

    @property
    def errno(self) -> str | None:
        """What ``fork`` fails with: ``EAGAIN``."""
        return "EAGAIN" if self.refused_by else None


def fork(path: Sequence[PidsCgroup]) -> Fork:
    """Make one more process in the first cgroup of `path`; the others are those above it, upwards.

    The first that has as many as its limit allows refuses; then none of them counts one more. A limit binds only who
    forks: lowered below what there is, or passed by a process that is moved in, it kills nobody.
    """
    for i, cgroup in enumerate(path):
        if cgroup.limit is not None and cgroup.current >= cgroup.limit:
            told = replace(cgroup, refused=cgroup.refused + 1)
            return Fork((*path[:i], told, *path[i + 1 :]), cgroup.name)
    return Fork(tuple(replace(cgroup, current=cgroup.current + 1) for cgroup in path), None)
