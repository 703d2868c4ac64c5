"""Files and directories through a process's eyes: make, read, write, list, open.

References
----------
mkdir(2), open(2), read(2), symlink(2), getdents(2)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.isolation.machine.errors import Refused, refuse
from k8smodels.isolation.machine.files import Directory, Entry, File, Symlink, child_path, parent_path
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.paths import (
    LINKS_MAX,
    PATH_MAX,
    check_path,
    directory,
    entries,
    filesystem_at,
    resolve,
)
from k8smodels.isolation.machine.processes import Location

ENTRY_LIMIT, CONTENT_LIMIT, FD_LIMIT = 10_000, 1 << 20, 1024
"""Most entries of a file system, characters of a file, and open directories of a process."""


def mkdir(machine: Machine, pid: int, path: str) -> Machine:
    """Make a directory."""
    return _create(machine, pid, path, Directory())


def symlink(machine: Machine, pid: int, target: str, path: str) -> Machine:
    """Make `path` a name for `target`."""
    if not target:
        refuse("ENOENT", _("an empty path names nothing"))
    if len(target) > PATH_MAX:
        refuse("ENAMETOOLONG", _("a path has at most {limit} bytes").format(limit=PATH_MAX))
    return _create(machine, pid, path, Symlink(target))


def write(machine: Machine, pid: int, path: str, content: str) -> Machine:
    """Make a file with that content, or replace the content of one that is there.

    Raises
    ------
    Refused
        EISDIR, EROFS, ENOSPC, and what `resolve` refuses.
    """
    machine.caller(pid)
    if len(content) > CONTENT_LIMIT:
        refuse("ENOSPC", _("a file holds at most {limit} characters").format(limit=CONTENT_LIMIT))
    try:
        found = resolve(machine, pid, path)
    except Refused as missing:
        if missing.errno != "ENOENT":
            raise
        return _create(machine, pid, path, File(content))
    if isinstance(found.entry, Directory):
        refuse("EISDIR", _("{path} is a directory").format(path=path))
    return _put(machine, found.location, File(content))


def read(machine: Machine, pid: int, path: str) -> str:
    """A file's content."""
    machine.caller(pid)
    entry = resolve(machine, pid, path).entry
    return entry.content if isinstance(entry, File) else refuse("EISDIR", _("{path} is a directory").format(path=path))


def listdir(machine: Machine, pid: int, path: str) -> tuple[str, ...]:
    """The names in a directory, sorted."""
    return names_at(machine, directory(machine, pid, path))


def names_at(machine: Machine, at: Location) -> tuple[str, ...]:
    """The names in the directory at a location, sorted."""
    paths = entries(machine, filesystem_at(machine, at))
    return tuple(sorted(path.rpartition("/")[2] for path in paths if path != "/" and parent_path(path) == at.path))


def open_directory(machine: Machine, pid: int, path: str) -> tuple[Machine, int]:
    """open(2) with O_DIRECTORY: a descriptor that goes on to mean this directory, wherever the root is moved.

    Raises
    ------
    Refused
        EMFILE, ENOTDIR, and what `resolve` refuses.
    """
    process = machine.caller(pid)
    at = directory(machine, pid, path)
    descriptor = next(number for number in range(3, FD_LIMIT + 4) if number not in process.fds)
    if descriptor >= FD_LIMIT:
        refuse("EMFILE", _("a process has at most {limit} descriptors").format(limit=FD_LIMIT))
    return machine.with_process(replace(process, fds={**process.fds, descriptor: at})), descriptor


def close(machine: Machine, pid: int, descriptor: int) -> Machine:
    """Give a descriptor up."""
    process = machine.caller(pid)
    if descriptor not in process.fds:
        refuse("EBADF", _("descriptor {number} is not open").format(number=descriptor))
    fds = {number: at for number, at in process.fds.items() if number != descriptor}
    return machine.with_process(replace(process, fds=fds))


def _create(machine: Machine, pid: int, path: str, entry: Entry, links: int = 0) -> Machine:
    machine.caller(pid)
    above, slash, name = path.rstrip("/").rpartition("/")
    if name in ("", ".", ".."):
        resolve(machine, pid, path)
        refuse("EEXIST", _("{path} exists").format(path=path))
    if path.endswith("/") and isinstance(entry, File):
        refuse("EISDIR", _("only a directory's path may end with a slash"))
    at = directory(machine, pid, f"{above}{slash}" if slash else ".")
    place = Location(at.mount, child_path(at.path, name))
    check_path(name)
    there = entries(machine, filesystem_at(machine, at)).get(place.path)
    if isinstance(there, Symlink) and isinstance(entry, File):
        return _create_at_target(machine, pid, f"{above}{slash}", there, entry, links)
    if there is not None:
        refuse("EEXIST", _("{path} exists").format(path=path))
    if path.endswith("/") and isinstance(entry, Symlink):
        refuse("ENOENT", _("only a directory's path may end with a slash"))
    return _put(machine, place, entry)


def _create_at_target(machine: Machine, pid: int, above: str, link: Symlink, entry: File, links: int) -> Machine:
    """A file is made where a dangling link points to."""
    if links >= LINKS_MAX:
        refuse("ELOOP", _("more than {limit} symbolic links on the way").format(limit=LINKS_MAX))
    target = link.target if link.target.startswith("/") else above + link.target
    return _create(machine, pid, target, entry, links + 1)


def _put(machine: Machine, place: Location, entry: Entry) -> Machine:
    filesystem = filesystem_at(machine, place)
    if filesystem.type == "proc":
        refuse("ENOENT", _("proc has only what the kernel shows there"))
    if machine.mounts[place.mount].read_only or filesystem.read_only:
        refuse("EROFS", _("the file system or its mount is read-only"))
    if len(filesystem.tree) >= ENTRY_LIMIT and place.path not in filesystem.tree:
        refuse("ENOSPC", _("the file system has {limit} entries").format(limit=ENTRY_LIMIT))
    return machine.with_filesystem(replace(filesystem, tree={**filesystem.tree, place.path: entry}))
