"""The eight kinds of namespace, and what each of them holds.

A namespace wraps one global resource, so that its members see their own copy of it. Not modelled: nested limits of
``/proc/sys/user``, network addresses beyond one a device, POSIX message queues.

References
----------
namespaces(7), pid_namespaces(7), user_namespaces(7), network_namespaces(7), uts_namespaces(7), ipc_namespaces(7),
cgroup_namespaces(7), time_namespaces(7), mount_namespaces(7)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

Kind = Literal["mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time"]
"""A kind of namespace, by its name in ``/proc/PID/ns``."""

KINDS: tuple[Kind, ...] = ("mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time")
"""All kinds."""

FOR_CHILDREN: tuple[Kind, ...] = ("pid", "time")
"""Kinds that a process cannot enter itself by unshare(2): its next children do."""

OVERFLOW_UID = 65534
"""What a user id without a place in the observer's user namespace looks like (``nobody``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """What all kinds have in common.

    Attributes
    ----------
    id
        A number of its own, as the inode in ``/proc/PID/ns``.
    owner
        The user namespace in which capabilities over this one count; None for the first user namespace.
    """

    kind: ClassVar[Kind]
    id: int
    owner: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MountNamespace(Namespace):
    """The file tree: `mounts.Mount` objects name this namespace as theirs."""

    kind: ClassVar[Kind] = "mnt"


@dataclass(frozen=True, slots=True, kw_only=True)
class UtsNamespace(Namespace):
    """The host name."""

    kind: ClassVar[Kind] = "uts"
    hostname: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IpcNamespace(Namespace):
    """System V objects (message queues, semaphores, shared memory) by their keys."""

    kind: ClassVar[Kind] = "ipc"
    keys: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Device:
    """A network device: its address, and whether it is up."""

    address: str
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetNamespace(Namespace):
    """Network devices by name. A new namespace has only ``lo``, and that is down."""

    kind: ClassVar[Kind] = "net"
    devices: Mapping[str, Device] = field(default_factory=lambda: {"lo": Device("127.0.0.1", up=False)})

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses that are this namespace's own now."""
        return frozenset(device.address for device in self.devices.values() if device.up)


@dataclass(frozen=True, slots=True, kw_only=True)
class PidNamespace(Namespace):
    """Process numbers of its own, inside those of its parent.

    Attributes
    ----------
    parent
        The namespace around it.
    last_pid
        The number given last. Numbers are not used again here; the kernel comes round at ``pid_max``.
    init
        The process with number 1, by its number in the first namespace; None before the first fork.
    ended
        Whether number 1 has ended: no process can be made any more.
    """

    kind: ClassVar[Kind] = "pid"
    parent: int | None
    last_pid: int = 0
    init: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class UidRange:
    """One line of ``/proc/PID/uid_map``: `count` ids from `inside` are those from `outside` (ids of the machine)."""

    inside: int
    outside: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNamespace(Namespace):
    """User ids of its own, and the place where capabilities hold.

    Attributes
    ----------
    creator
        The user id, in the machine's numbers, that made it: this user has all capabilities over it from outside.
    uid_map
        Which ids inside stand for which of the machine's. Empty until it is written, once.
    """

    kind: ClassVar[Kind] = "user"
    creator: int
    uid_map: tuple[UidRange, ...] = ()

    def inside(self, uid: int) -> int:
        """How the machine's user `uid` is called in here."""
        for line in self.uid_map:
            if 0 <= uid - line.outside < line.count:
                return line.inside + uid - line.outside
        return OVERFLOW_UID

    def outside(self, uid: int) -> int | None:
        """Which user of the machine the id `uid` in here is; None if it has no place in the map."""
        for line in self.uid_map:
            if 0 <= uid - line.inside < line.count:
                return line.outside + uid - line.inside
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupNamespace(Namespace):
    """The cgroup that its members see as ``/``."""

    kind: ClassVar[Kind] = "cgroup"
    root: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeNamespace(Namespace):
    """Seconds added to the monotonic clock and to the time since boot. The time of day is never shifted."""

    kind: ClassVar[Kind] = "time"
    monotonic_s: int = 0
    boottime_s: int = 0
