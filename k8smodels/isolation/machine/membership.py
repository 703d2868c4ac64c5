"""Entering namespaces: unshare(2) makes new ones, setns(2) joins those of others.

References
----------
unshare(2), setns(2), clone(2); kernel/nsproxy.c, kernel/fork.c, kernel/pid_namespace.c, fs/namespace.c (Linux 6.18)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import require
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.files import MOUNT_LIMIT, Mount
from k8smodels.isolation.machine.machine import Machine, fresh_id
from k8smodels.isolation.machine.namespaces import (
    FOR_CHILDREN,
    KINDS,
    OVERFLOW_UID,
    CgroupNamespace,
    IpcNamespace,
    Kind,
    MountNamespace,
    Namespace,
    NetNamespace,
    PidNamespace,
    TimeNamespace,
    UserNamespace,
    UtsNamespace,
)
from k8smodels.isolation.machine.paths import covered
from k8smodels.isolation.machine.processes import CAPABILITIES, Location, Process

NESTING_LIMIT = 32
"""Pid and user namespaces are nested at most this deep below the first."""

NAMESPACE_LIMIT = 1000
"""Most namespaces of a machine here; the kernel's own limits are in ``/proc/sys/user``."""


def unshare(machine: Machine, pid: int, *kinds: Kind) -> Machine:
    """Give process `pid` new namespaces of these kinds.

    A new user namespace is made first, and owns the others. ``pid`` and ``time`` change nothing for the caller: its
    next child is the first inside.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN, or for ``user`` in a chroot or as a user without a place in the map; EINVAL for an
        unknown kind or a second new pid namespace; ENOSPC if nested too deep, or for too many.
    """
    if unknown := set(kinds) - set(KINDS):
        refuse("EINVAL", _("no such kind of namespace: {kinds}").format(kinds=", ".join(sorted(map(str, unknown)))))
    if len(machine.namespaces) + len(set(kinds)) > NAMESPACE_LIMIT:
        refuse("ENOSPC", _("the machine has at most {limit} namespaces").format(limit=NAMESPACE_LIMIT))
    changed = machine
    for kind in sorted(set(kinds), key=lambda kind: (kind != "user", KINDS.index(kind))):
        changed = _unshare_one(changed, changed.caller(pid), kind)
    return changed


def setns(machine: Machine, pid: int, namespace: int) -> Machine:
    """Let process `pid` join a namespace that some process keeps alive.

    ``pid`` counts only for the next children. Joining a mount namespace moves root and working directory to its root.

    Raises
    ------
    Refused
        ENOENT if no process keeps the namespace, EPERM without the capabilities, EINVAL for a pid namespace that is not
        the caller's own or below it, or for the caller's own user namespace.
    """
    process = machine.caller(pid)
    target = machine.namespaces.get(namespace)
    if target is None or not machine.member_count(namespace):
        refuse("ENOENT", _("no process keeps namespace {namespace}").format(namespace=namespace))
    if isinstance(target, UserNamespace):
        return machine.with_process(_join_user(machine, process, target))
    require(machine, process, target.owner, "CAP_SYS_ADMIN")
    if isinstance(target, MountNamespace):
        require(machine, process, None, "CAP_SYS_CHROOT")
    require(machine, process, None, "CAP_SYS_ADMIN")
    if isinstance(target, PidNamespace) and process.namespaces["pid"] not in pid_chain(machine, target.id):
        refuse("EINVAL", _("a process enters its own pid namespace or one below it, never one above"))
    joined = _member(process, target)
    if isinstance(target, TimeNamespace):
        joined = replace(joined, namespaces={**joined.namespaces, "time": target.id})
    if isinstance(target, MountNamespace):
        top = tree_root(machine, target.id)
        joined = replace(joined, root=top, cwd=top)
    return machine.with_process(joined)


def pid_chain(machine: Machine, namespace: int) -> tuple[int, ...]:
    """A pid namespace and those around it, from the first to itself."""
    found = machine.namespaces[namespace]
    above = found.parent if isinstance(found, PidNamespace) else None
    return (*(() if above is None else pid_chain(machine, above)), namespace)


def tree_root(machine: Machine, namespace: int) -> Location:
    """The root of a mount namespace, as a process that enters it gets it."""
    bottom = next(mount for mount in machine.mounts.values() if mount.namespace == namespace and mount.parent is None)
    return covered(machine, Location(bottom.id, bottom.root))


def in_chroot(machine: Machine, process: Process) -> bool:
    """Whether the process's root is another than that of its mount namespace."""
    return process.root != tree_root(machine, process.namespaces["mnt"])


def _unshare_one(machine: Machine, process: Process, kind: Kind) -> Machine:
    if kind == "user":
        return _unshare_user(machine, process)
    require(machine, process, None, "CAP_SYS_ADMIN")
    if kind == "mnt":
        return _unshare_mounts(machine, process)
    new = _COPIES[kind](machine, process, fresh_id(machine.namespaces), process.namespaces["user"])
    return machine.with_namespace(new).with_process(_member(process, new))


def _member(process: Process, namespace: Namespace) -> Process:
    if namespace.kind in FOR_CHILDREN:
        return replace(process, for_children={**process.for_children, namespace.kind: namespace.id})
    return replace(process, namespaces={**process.namespaces, namespace.kind: namespace.id})


def _unshare_user(machine: Machine, process: Process) -> Machine:
    around = machine.joined(process, UserNamespace)
    if in_chroot(machine, process):
        refuse("EPERM", _("a process in a chroot may not make a user namespace: it would get CAP_SYS_CHROOT"))
    if around.inside(process.uid) == OVERFLOW_UID and around.outside(OVERFLOW_UID) != process.uid:
        refuse("EPERM", _("the caller's user has no place in its user namespace's map"))
    if _user_depth(machine, around) >= NESTING_LIMIT:
        refuse("ENOSPC", _("user namespaces are nested at most {limit} deep").format(limit=NESTING_LIMIT))
    new = UserNamespace(id=fresh_id(machine.namespaces), owner=around.id, creator=process.uid)
    return machine.with_namespace(new).with_process(replace(_member(process, new), capabilities=CAPABILITIES))


def _join_user(machine: Machine, process: Process, target: UserNamespace) -> Process:
    if target.id == process.namespaces["user"]:
        refuse("EINVAL", _("the process is in that user namespace already"))
    require(machine, process, target.id, "CAP_SYS_ADMIN")
    return replace(_member(process, target), capabilities=CAPABILITIES)


def _user_depth(machine: Machine, namespace: Namespace) -> int:
    return 0 if namespace.owner is None else 1 + _user_depth(machine, machine.namespaces[namespace.owner])


def _unshare_mounts(machine: Machine, process: Process) -> Machine:
    """Copy every mount of the namespace; root and working directory move to the copies, open directories do not.

    In another user namespace the copies are locked, so that its root cannot uncover what lies below them.
    """
    new = MountNamespace(id=fresh_id(machine.namespaces), owner=process.namespaces["user"])
    lock = new.owner != machine.joined(process, MountNamespace).owner
    old = [mount for mount in machine.mounts.values() if mount.namespace == process.namespaces["mnt"]]
    if len(machine.mounts) + len(old) > MOUNT_LIMIT:
        refuse("ENOSPC", _("the machine has at most {limit} mounts").format(limit=MOUNT_LIMIT))
    ids = {mount.id: fresh_id(machine.mounts) + place for place, mount in enumerate(old)}
    copies = [_copy(mount, new.id, ids, lock) for mount in old]
    moved = replace(process, root=_moved(process.root, ids), cwd=_moved(process.cwd, ids))
    return machine.with_namespace(new).with_mounts(*copies).with_process(_member(moved, new))


def _copy(mount: Mount, namespace: int, ids: Mapping[int, int], lock: bool) -> Mount:
    if mount.parent is None:
        return replace(mount, id=ids[mount.id], namespace=namespace)
    locked = mount.locked or lock
    return replace(mount, id=ids[mount.id], namespace=namespace, parent=ids[mount.parent], locked=locked)


def _moved(location: Location, ids: Mapping[int, int]) -> Location:
    return replace(location, mount=ids.get(location.mount, location.mount))


def _new_pid(machine: Machine, process: Process, new: int, owner: int) -> PidNamespace:
    own = process.namespaces["pid"]
    if process.for_children["pid"] != own:
        refuse("EINVAL", _("the caller's children go to another pid namespace already"))
    if len(pid_chain(machine, own)) > NESTING_LIMIT:
        refuse("ENOSPC", _("pid namespaces are nested at most {limit} deep").format(limit=NESTING_LIMIT))
    return PidNamespace(id=new, owner=owner, parent=own)


def _new_uts(machine: Machine, process: Process, new: int, owner: int) -> UtsNamespace:
    return replace(machine.joined(process, UtsNamespace), id=new, owner=owner)


def _new_time(machine: Machine, process: Process, new: int, owner: int) -> TimeNamespace:
    return replace(machine.joined(process, TimeNamespace), id=new, owner=owner)


_COPIES: Mapping[Kind, Callable[[Machine, Process, int, int], Namespace]] = {
    "uts": _new_uts,
    "ipc": lambda _machine, _process, new, owner: IpcNamespace(id=new, owner=owner),
    "net": lambda _machine, _process, new, owner: NetNamespace(id=new, owner=owner),
    "pid": _new_pid,
    "cgroup": lambda _machine, process, new, owner: CgroupNamespace(id=new, owner=owner, root=process.cgroup),
    "time": _new_time,
}
