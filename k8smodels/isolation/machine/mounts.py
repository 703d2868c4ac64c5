"""mount(2) and umount(2).

Not modelled: propagation (every mount is private), options other than read-only.

References
----------
mount(2), umount(2), mount_namespaces(7); fs/namespace.c, do_add_mount, do_loopback, do_umount (Linux 6.18)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import require
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.files import MOUNT_LIMIT, Directory, Filesystem, FilesystemType, Mount, is_within
from k8smodels.isolation.machine.machine import Machine, fresh_id
from k8smodels.isolation.machine.namespaces import MountNamespace, PidNamespace
from k8smodels.isolation.machine.paths import covered, entry_at, resolve
from k8smodels.isolation.machine.processes import Location, Process


def mount(machine: Machine, pid: int, fs_type: FilesystemType, target: str, read_only: bool = False) -> Machine:
    """Mount a new, empty file system (``tmpfs``), or a ``proc`` that shows the caller's pid namespace.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN over the mount namespace (and, for proc, over the pid namespace); ENODEV for another
        type; ENOTDIR and what `resolve` refuses; EINVAL for a place in no mount of the caller's namespace.
    """
    process = machine.caller(pid)
    own, pids = machine.joined(process, MountNamespace), machine.joined(process, PidNamespace)
    place = covered(machine, resolve(machine, pid, target).location)
    require(machine, process, own.owner, "CAP_SYS_ADMIN")
    if fs_type not in ("tmpfs", "proc"):
        refuse("ENODEV", _("only tmpfs and proc can be mounted here"))
    if fs_type == "proc":
        require(machine, process, pids.owner, "CAP_SYS_ADMIN")
    new = Filesystem(fresh_id(machine.filesystems), fs_type, {"/": Directory()}, owner=process.namespaces["user"])
    if fs_type == "proc":
        new = replace(new, owner=pids.owner or new.owner, pid_namespace=pids.id)
    if not isinstance(entry_at(machine, place), Directory):
        refuse("ENOTDIR", _("{target} is not a directory").format(target=target))
    changed = machine.with_filesystem(new)
    return _attach(changed, process, place, new.id, root="/", read_only=read_only)


def bind(machine: Machine, pid: int, source: str, target: str, recursive: bool = False) -> Machine:
    """Mount what `source` names at `target` as well (``MS_BIND``), with all mounts below it if `recursive`.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN; ENOTDIR if only one of both is a directory; EINVAL outside of the caller's
        namespace.
    """
    process = machine.caller(pid)
    place = covered(machine, resolve(machine, pid, target).location)
    require(machine, process, machine.joined(process, MountNamespace).owner, "CAP_SYS_ADMIN")
    shown = resolve(machine, pid, source).location
    _must_be_own(machine, process, shown)
    if isinstance(entry_at(machine, shown), Directory) != isinstance(entry_at(machine, place), Directory):
        refuse("ENOTDIR", _("a directory is mounted on a directory, a file on a file"))
    if not recursive and any(mount.locked for mount in _below(machine, shown)):
        refuse("EINVAL", _("below it lies a mount from a more privileged user namespace: bind with recursive"))
    original = machine.mounts[shown.mount]
    changed = _attach(machine, process, place, original.filesystem, shown.path, original.read_only)
    if not recursive:
        return changed
    return _bind_below(machine, changed, process, shown, fresh_id(machine.mounts))


def umount(machine: Machine, pid: int, target: str, detach: bool = False) -> Machine:
    """Take the mount at `target` away.

    With `detach` (``MNT_DETACH``) it leaves the tree at once, with all below it; who still stands in it stays there.
    Without it, the mount of the caller's own root is not taken away: its file system becomes read-only.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN; EINVAL if nothing is mounted there; EBUSY without `detach` if mounts are below it
        or a process has its root, working directory or an open directory in it.
    """
    process = machine.caller(pid)
    place = covered(machine, resolve(machine, pid, target).location)
    require(machine, process, machine.joined(process, MountNamespace).owner, "CAP_SYS_ADMIN")
    found = machine.mounts[place.mount]
    if place.path != found.root or found.parent is None or found.namespace != process.namespaces["mnt"]:
        refuse("EINVAL", _("{target} is not a mount point of the caller's mount namespace").format(target=target))
    if found.locked:
        refuse("EINVAL", _("the mount is from a more privileged user namespace"))
    if not detach and found.id == process.root.mount:
        return _read_only(machine, process, found)
    if not detach and _in_use(machine, found):
        refuse("EBUSY", _("a mount lies below it, or a process stands in it"))
    return machine.with_mounts(*(_detached(gone) for gone in subtree(machine, found)))


def subtree(machine: Machine, top: Mount) -> tuple[Mount, ...]:
    """A mount and all that are mounted below it."""
    children = [mount for mount in machine.mounts.values() if mount.parent == top.id]
    return (top, *(below for child in children for below in subtree(machine, child)))


def _detached(mount: Mount) -> Mount:
    """A mount out of the tree; a locked one goes on to cover what lies below it."""
    gone = replace(mount, namespace=None)
    return gone if mount.locked else replace(gone, parent=None, mountpoint="/")


def _read_only(machine: Machine, process: Process, found: Mount) -> Machine:
    filesystem = machine.filesystems[found.filesystem]
    require(machine, process, filesystem.owner, "CAP_SYS_ADMIN")
    return machine.with_filesystem(replace(filesystem, read_only=True))


def _attach(
    machine: Machine, process: Process, place: Location, filesystem: int, root: str, read_only: bool
) -> Machine:
    _must_be_own(machine, process, place)
    if len(machine.mounts) >= MOUNT_LIMIT:
        refuse("ENOSPC", _("the machine has {limit} mounts").format(limit=MOUNT_LIMIT))
    number, own = fresh_id(machine.mounts), process.namespaces["mnt"]
    new = Mount(number, own, filesystem, root, place.mount, place.path, read_only)
    return machine.with_mounts(new)


def _must_be_own(machine: Machine, process: Process, place: Location) -> None:
    if machine.mounts[place.mount].namespace != process.namespaces["mnt"]:
        refuse("EINVAL", _("the place is in no mount of the caller's mount namespace"))


def _bind_below(before: Machine, machine: Machine, process: Process, shown: Location, copy: int) -> Machine:
    """Bind the mounts that lay below `shown` at the same places of its copy."""
    changed = machine
    for child in _below(before, shown):
        number = fresh_id(changed.mounts)
        place = Location(copy, child.mountpoint)
        changed = _attach(changed, process, place, child.filesystem, child.root, child.read_only)
        changed = changed.with_mounts(replace(changed.mounts[number], locked=child.locked))
        changed = _bind_below(before, changed, process, Location(child.id, child.root), number)
    return changed


def _below(machine: Machine, at: Location) -> list[Mount]:
    """The mounts on the same mount as a place, at or below it."""
    return [each for each in machine.mounts.values() if each.parent == at.mount and is_within(each.mountpoint, at.path)]


def _in_use(machine: Machine, found: Mount) -> bool:
    stands = {
        at.mount
        for process in machine.processes.values()
        if process.status is None
        for at in (process.root, process.cwd, *process.fds.values())
    }
    return found.id in stands or len(subtree(machine, found)) > 1
