"""The machine: processes, namespaces, mounts and file systems at one moment.

Nothing here changes in place. A system call is a function from a machine and the caller's pid to a new machine; one
that the kernel would refuse raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar, cast

from k8smodels.i18n import _
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.files import Directory, Entry, Filesystem, Mount
from k8smodels.isolation.machine.namespaces import (
    KINDS,
    CgroupNamespace,
    Device,
    IpcNamespace,
    MountNamespace,
    Namespace,
    NetNamespace,
    PidNamespace,
    TimeNamespace,
    UidRange,
    UserNamespace,
    UtsNamespace,
)
from k8smodels.isolation.machine.processes import Location, Process

SomeNamespace = TypeVar("SomeNamespace", bound=Namespace)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything there is.

    Attributes
    ----------
    processes
        By their number in the first pid namespace, zombies included.
    namespaces, mounts, filesystems
        By their own numbers.
    uptime_s
        Seconds since boot.
    """

    processes: Mapping[int, Process]
    namespaces: Mapping[int, Namespace]
    mounts: Mapping[int, Mount]
    filesystems: Mapping[int, Filesystem]
    uptime_s: int = 0

    def process(self, pid: int) -> Process:
        """The process with that number in the first pid namespace.

        Raises
        ------
        Refused
            ESRCH if there is none.
        """
        return self.processes.get(pid) or refuse("ESRCH", _("no process has the number {pid}").format(pid=pid))

    def caller(self, pid: int) -> Process:
        """The same for a process that is to make a system call: it must be neither stopped nor at its end."""
        process = self.process(pid)
        if process.state != "S" or process.status is not None:
            refuse("ESRCH", _("process {pid} is stopped or has ended: it makes no calls").format(pid=pid))
        return process

    def joined(self, process: Process, sort: type[SomeNamespace]) -> SomeNamespace:
        """The namespace of one kind that `process` is in."""
        return cast("SomeNamespace", self.namespaces[process.namespaces[sort.kind]])

    def member_count(self, namespace: int) -> int:
        """How many processes keep a namespace alive, by being in it or in one that it owns or contains."""
        return sum(namespace in _kept(self, process) for process in self.processes.values())

    def with_process(self, *processes: Process) -> Machine:
        """The machine with these processes as they are given."""
        return replace(self, processes=_with(self.processes, {process.pid: process for process in processes}))

    def without_process(self, *pids: int) -> Machine:
        """The machine without these processes."""
        return replace(self, processes=_frozen({k: v for k, v in self.processes.items() if k not in pids}))

    def with_namespace(self, namespace: Namespace) -> Machine:
        """The machine with this namespace as it is given."""
        return replace(self, namespaces=_with(self.namespaces, {namespace.id: namespace}))

    def with_mounts(self, *mounts: Mount) -> Machine:
        """The machine with these mounts as they are given."""
        return replace(self, mounts=_with(self.mounts, {mount.id: mount for mount in mounts}))

    def with_filesystem(self, filesystem: Filesystem) -> Machine:
        """The machine with this file system as it is given."""
        return replace(self, filesystems=_with(self.filesystems, {filesystem.id: filesystem}))


def boot(tree: Mapping[str, Entry] = MappingProxyType({}), hostname: str = "node", uptime_s: int = 0) -> Machine:
    """A machine with one process, number 1, run by root in the first namespace of each kind.

    Parameters
    ----------
    tree
        The files of ``/`` by absolute path; directories above them are made. ``/proc`` exists, and proc is mounted
        there.
    hostname
        The node's name.
    uptime_s
        Seconds since boot.

    Raises
    ------
    Refused
        EINVAL for a path that is not absolute or has ``.`` or ``..``, ENOTDIR for one below a file.
    """
    files: dict[str, Entry] = {"/": Directory()}
    for path, entry in {**tree, "/proc": Directory()}.items():
        _plant(files, path, entry)
    first: list[Namespace] = [
        MountNamespace(id=1, owner=6),
        UtsNamespace(id=2, owner=6, hostname=hostname),
        IpcNamespace(id=3, owner=6),
        NetNamespace(
            id=4, owner=6, devices={"lo": Device("127.0.0.1", up=True), "eth0": Device("192.0.2.10", up=True)}
        ),
        PidNamespace(id=5, owner=6, parent=None, last_pid=1, init=1),
        UserNamespace(id=6, owner=None, creator=0, uid_map=(UidRange(0, 0, 2**32 - 1),)),
        CgroupNamespace(id=7, owner=6),
        TimeNamespace(id=8, owner=6),
    ]
    namespaces = {kind: namespace.id for kind, namespace in zip(KINDS, first, strict=True)}
    top = Location(2, "/")
    return Machine(
        processes={
            1: Process(
                pid=1, pids={5: 1}, parent=0, command="init", uid=0, namespaces=namespaces,
                for_children={"pid": 5, "time": 8}, root=top, cwd=top,
            )
        },
        namespaces={namespace.id: namespace for namespace in first},
        mounts={
            1: Mount(1, namespace=1, filesystem=1, root="/", parent=None, mountpoint="/"),
            2: Mount(2, namespace=1, filesystem=2, root="/", parent=1, mountpoint="/"),
            3: Mount(3, namespace=1, filesystem=3, root="/", parent=2, mountpoint="/proc"),
        },
        filesystems={
            1: Filesystem(1, "rootfs", {"/": Directory()}, owner=6),
            2: Filesystem(2, "ext4", files, owner=6),
            3: Filesystem(3, "proc", {"/": Directory()}, owner=6, pid_namespace=5),
        },
        uptime_s=uptime_s,
    )  # fmt: skip


def fresh_id(taken: Mapping[int, object]) -> int:
    """A number that nothing has yet."""
    return max(taken) + 1


def _plant(files: dict[str, Entry], path: str, entry: Entry) -> None:
    """Put an entry into a tree, and the directories above it."""
    names = path.split("/")[1:]
    if not path.startswith("/") or not names[0] or any(name in ("", ".", "..") or "\0" in name for name in names):
        refuse("EINVAL", _("{path} is not a path like /etc/hosts").format(path=path))
    for depth in range(1, len(names)):
        above = files.setdefault("/" + "/".join(names[:depth]), Directory())
        if not isinstance(above, Directory):
            refuse("ENOTDIR", _("{path} is below something that is not a directory").format(path=path))
    if isinstance(files.get(path), Directory) and not isinstance(entry, Directory):
        refuse("ENOTDIR", _("{path} has entries below it, and is no directory").format(path=path))
    files[path] = entry


def _kept(machine: Machine, process: Process) -> set[int]:
    """A process that has ended has its number and its user still, and so their namespaces."""
    kept: set[int] = set()
    waiting = [*process.pids, process.namespaces["user"]]
    if process.status is None:
        waiting += [*process.namespaces.values(), *process.for_children.values()]
    while waiting:
        namespace = machine.namespaces[waiting.pop()]
        kept.add(namespace.id)
        if namespace.owner is not None and namespace.owner not in kept:
            waiting.append(namespace.owner)
    return kept


def _with(old: Mapping[K, V], new: Mapping[K, V]) -> Mapping[K, V]:
    return _frozen({**old, **new})


def _frozen(mapping: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(mapping)
