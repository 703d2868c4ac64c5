"""What a path means to a process.

References
----------
path_resolution(7); fs/namei.c, link_path_walk, follow_dotdot, handle_mounts; fs/d_path.c, prepend_path (Linux 6.18)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.files import Directory, Entry, Filesystem, Symlink, child_path, is_within, parent_path
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.processes import Location, Process

PATH_MAX, NAME_MAX, LINKS_MAX = 4095, 255, 40
"""Longest path and name, in bytes, and most symbolic links followed on one way."""


@dataclass(frozen=True, slots=True)
class PathStep:
    """One component of a path: where it led, and why."""

    component: str
    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where a path leads.

    Attributes
    ----------
    location
        The mount, and the path in its file system.
    entry
        What is there.
    steps
        The way, one step a component.
    """

    location: Location
    entry: Entry
    steps: tuple[PathStep, ...]


def resolve(machine: Machine, pid: int, path: str) -> Resolved:
    """Follow `path` from the root or the working directory of process `pid`.

    Raises
    ------
    Refused
        ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG.
    """
    process = machine.process(pid)
    check_path(path)
    waiting = _components(path)[::-1]
    at, why = _start(process, path)
    steps = [PathStep("/" if path.startswith("/") else ".", at, why)]
    links = 0
    while waiting:
        component = waiting.pop()
        _must_be_directory(machine, at, component)
        there, why = _step(machine, process, at, component)
        entry = entry_at(machine, there)
        if isinstance(entry, Symlink):
            links += 1
            if links > LINKS_MAX:
                refuse("ELOOP", _("more than {limit} symbolic links on the way").format(limit=LINKS_MAX))
            check_path(entry.target)
            waiting += _components(entry.target)[::-1]
            at = process.root if entry.target.startswith("/") else at
        else:
            at = there
        steps.append(PathStep(component, at, why))
    return Resolved(at, entry_at(machine, at), tuple(steps))


def directory(machine: Machine, pid: int, path: str) -> Location:
    """Where `path` leads, if that is a directory."""
    found = resolve(machine, pid, path)
    if not isinstance(found.entry, Directory):
        refuse("ENOTDIR", _("{path} is not a directory").format(path=path))
    return found.location


def entry_at(machine: Machine, location: Location) -> Entry:
    """What is at a location that exists."""
    return entries(machine, filesystem_at(machine, location))[location.path]


def filesystem_at(machine: Machine, location: Location) -> Filesystem:
    """The file system that a location lies in."""
    return machine.filesystems[machine.mounts[location.mount].filesystem]


def entries(machine: Machine, filesystem: Filesystem) -> Mapping[str, Entry]:
    """All paths of a file system; those of a proc are the processes of its pid namespace."""
    if filesystem.pid_namespace is None:
        return filesystem.tree
    inside = (process.pids.get(filesystem.pid_namespace) for process in machine.processes.values())
    return {**filesystem.tree, **{f"/{number}": Directory() for number in inside if number is not None}}


def covered(machine: Machine, at: Location) -> Location:
    """The root of whatever is mounted on top of a place, or the place itself."""
    on_top = {(mount.parent, mount.mountpoint): mount for mount in machine.mounts.values()}
    while top := on_top.get((at.mount, at.path)):
        at = Location(top.id, top.root)
    return at


def shown_path(machine: Machine, process: Process, location: Location) -> str:
    """How a process would call a place, as getcwd(2) says it: from its own root, or marked ``(unreachable)``."""
    names: list[str] = []
    at = location
    while at != process.root:
        mount = machine.mounts[at.mount]
        if at.path != mount.root:
            names.append(at.path.rpartition("/")[2])
            at = Location(at.mount, parent_path(at.path))
        elif mount.parent is not None:
            at = Location(mount.parent, mount.mountpoint)
        else:
            return "(unreachable)/" + "/".join(reversed(names))
    return "/" + "/".join(reversed(names))


def reachable(machine: Machine, location: Location, root: Location) -> bool:
    """Whether `location` lies in the tree below `root`."""
    at = location
    while at.mount != root.mount:
        mount = machine.mounts[at.mount]
        if mount.parent is None:
            return False
        at = Location(mount.parent, mount.mountpoint)
    return is_within(at.path, root.path)


def check_path(path: str) -> None:
    """Refuse what is no path at all."""
    if not path:
        refuse("ENOENT", _("an empty path names nothing"))
    if "\0" in path:
        refuse("EINVAL", _("a path ends at its first NUL"))
    names = [name.encode(errors="surrogatepass") for name in path.split("/")]
    if sum(map(len, names)) + len(names) - 1 > PATH_MAX or any(len(name) > NAME_MAX for name in names):
        refuse("ENAMETOOLONG", _("a path has at most {path} bytes, a name {name}").format(path=PATH_MAX, name=NAME_MAX))


def _components(path: str) -> list[str]:
    names = [name for name in path.split("/") if name]
    return [*names, "."] if path.endswith("/") and names else names


def _start(process: Process, path: str) -> tuple[Location, str]:
    if path.startswith("/"):
        return process.root, _("the process's own root directory")
    return process.cwd, _("the process's working directory")


def _must_be_directory(machine: Machine, at: Location, component: str) -> None:
    if not isinstance(entry_at(machine, at), Directory):
        refuse("ENOTDIR", _("{name} is looked up in something that is not a directory").format(name=component))


def _step(machine: Machine, process: Process, at: Location, component: str) -> tuple[Location, str]:
    if component == ".":
        return at, _("the same directory")
    if component == "..":
        return _up(machine, process, at)
    below = Location(at.mount, child_path(at.path, component))
    if below.path not in entries(machine, filesystem_at(machine, at)):
        refuse("ENOENT", _("{name} does not exist").format(name=component))
    top = covered(machine, below)
    return top, _("an entry of the directory") if top == below else _("the root of what is mounted there")


def _up(machine: Machine, process: Process, at: Location) -> tuple[Location, str]:
    """``..``: only the process's own root stops it, so a start outside of that root is never stopped."""
    here = at
    while here != process.root:
        mount = machine.mounts[here.mount]
        if here.path != mount.root:
            above = Location(here.mount, parent_path(here.path))
            return covered(machine, above), _("the parent: this is not the process's root, so nothing holds it here")
        if mount.parent is None:
            return covered(machine, at), _("the top of the whole tree: nothing is above")
        here = Location(mount.parent, mount.mountpoint)
    return covered(machine, at), _("the process's root: .. leads to itself")
