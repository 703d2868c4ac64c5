"""Where a process's file tree starts: chdir, chroot and pivot_root.

References
----------
chdir(2), chroot(2), pivot_root(2); fs/open.c, fs/namespace.c, path_pivot_root and chroot_fs_refs (Linux 6.18)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import require
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import MountNamespace
from k8smodels.isolation.machine.paths import covered, directory, reachable
from k8smodels.isolation.machine.processes import Location, Process


def chdir(machine: Machine, pid: int, path: str) -> Machine:
    """Make a directory the working directory."""
    process = machine.caller(pid)
    return machine.with_process(replace(process, cwd=directory(machine, pid, path)))


def fchdir(machine: Machine, pid: int, descriptor: int) -> Machine:
    """The same for an open directory: no path is followed, so no root stands in the way."""
    process = machine.caller(pid)
    at = process.fds.get(descriptor) or refuse("EBADF", _("descriptor {number} is not open").format(number=descriptor))
    return machine.with_process(replace(process, cwd=at))


def chroot(machine: Machine, pid: int, path: str) -> Machine:
    """Let ``/`` mean another directory. Working directory and open directories stay where they are.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_CHROOT, and what `resolve` refuses.
    """
    process = machine.caller(pid)
    root = directory(machine, pid, path)
    require(machine, process, None, "CAP_SYS_CHROOT")
    return machine.with_process(replace(process, root=root))


def pivot_root(machine: Machine, pid: int, new_root: str, put_old: str) -> Machine:
    """Put another mount in the place of the root mount, and the old one at `put_old`, for the whole mount namespace.

    Every process whose root or working directory was the old root gets the new one. After that, the old tree can be
    unmounted, and nothing is left above the new root.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN; EBUSY if one of both is on the root mount; EINVAL if the root or `new_root` is no
        mount point, if `put_old` is not below `new_root`, or if one lies in another namespace.
    """
    process = machine.caller(pid)
    require(machine, process, machine.joined(process, MountNamespace).owner, "CAP_SYS_ADMIN")
    new, old = directory(machine, pid, new_root), covered(machine, directory(machine, pid, put_old))
    _check_pivot(machine, process, new, old)
    root = machine.mounts[process.root.mount]
    changed = machine.with_mounts(
        replace(machine.mounts[new.mount], parent=root.parent, mountpoint=root.mountpoint, locked=root.locked),
        replace(root, parent=old.mount, mountpoint=old.path, locked=False),
    )
    moved = (_follow(each, process.root, new) for each in changed.processes.values())
    return changed.with_process(*moved)


def _check_pivot(machine: Machine, process: Process, new: Location, old: Location) -> None:
    root = process.root
    own = process.namespaces["mnt"]
    if any(machine.mounts[at.mount].namespace != own for at in (root, new, old)):
        refuse("EINVAL", _("root, new_root and put_old must be in the caller's mount namespace"))
    if machine.mounts[new.mount].locked:
        refuse("EINVAL", _("new_root is from a more privileged user namespace"))
    if root.mount in (new.mount, old.mount):
        refuse("EBUSY", _("new_root and put_old must be on another mount than the current root"))
    if root.path != machine.mounts[root.mount].root or machine.mounts[root.mount].parent is None:
        refuse("EINVAL", _("the current root is not a mount point, as in a chroot"))
    if new.path != machine.mounts[new.mount].root or machine.mounts[new.mount].parent is None:
        refuse("EINVAL", _("new_root is not a mount point: bind it onto itself first"))
    if not reachable(machine, old, new):
        refuse("EINVAL", _("put_old is not at or below new_root"))
    if not reachable(machine, new, root):
        refuse("EINVAL", _("new_root is not below the current root"))


def _follow(process: Process, old: Location, new: Location) -> Process:
    root = new if process.root == old else process.root
    return replace(process, root=root, cwd=new if process.cwd == old else process.cwd)
