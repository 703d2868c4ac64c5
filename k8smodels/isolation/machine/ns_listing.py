"""Listings of ``/proc/PID/ns``: which namespaces two processes share, read from what ls(1) prints.

References
----------
namespaces(7), section The /proc/[pid]/ns/ directory
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from k8smodels.api.errors import FieldError
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import FOR_CHILDREN, KINDS, Kind

LINES_MAX, LINE_MAX = 40, 400
"""Most lines of a listing, and most characters of a line."""

INITIAL_INODES: Mapping[Kind, int] = {
    "mnt": 4026531832,
    "net": 4026531833,
    "time": 4026531834,
    "cgroup": 4026531835,
    "pid": 4026531836,
    "user": 4026531837,
    "uts": 4026531838,
    "ipc": 4026531839,
}
"""The inodes of a machine's first namespaces, as ``ls -l /proc/self/ns`` shows them on Linux 6.18."""

LATER_INODES = 4026532168
"""Later namespaces are numbered from about here on."""

NAMES: tuple[str, ...] = (*KINDS, *(f"{kind}_for_children" for kind in FOR_CHILDREN))
"""What ``/proc/PID/ns`` holds: one link a kind, and two that say where the next child goes."""

_LINK = re.compile(r"(?:^|\s)(?P<name>\w+) -> '?(?P<kind>\w+):\[(?P<inode>[0-9]{1,20})\]'?$", re.ASCII)
_SILENT = re.compile(r"$|total [0-9]|[$#]|/proc/\S+/ns/?:$")


def parse_ns_listing(text: str, source: str = "listing") -> Mapping[str, int]:
    """The inode of each namespace in the output of ``ls -l /proc/PID/ns``, by the link's name.

    Kinds that an older kernel does not have may be missing. Lines with a prompt and ``total`` are passed over.

    Parameters
    ----------
    text
        What ls printed, in a terminal or into a file.
    source
        What an error calls it.

    Raises
    ------
    FieldError
        For a line that is no such link, a kind that does not exist, a link that points to another kind, the same link
        twice, too much text, or no link at all.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) > LINES_MAX:
        detail = f"must have at most {LINES_MAX} lines, the listing of one process"
        raise FieldError(source, "Too many", len(lines), detail)
    found: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not _SILENT.match(line):
            name, inode = _link(f"{source}, line {number}", line)
            if name in found:
                raise FieldError(
                    f"{source}, line {number}", "Duplicate value", name, "must be the listing of one process"
                )
            found[name] = inode
    if not found:
        raise FieldError(source, "Required value", detail="paste what `ls -l /proc/PID/ns` prints")
    return found


def _link(path: str, line: str) -> tuple[str, int]:
    if len(line) > LINE_MAX:
        raise FieldError(path, "Too long", detail=f"may not be more than {LINE_MAX} characters")
    if "cannot read" in line or "Permission denied" in line:
        raise FieldError(path, "Forbidden", detail="the kernel hid the links: run ls as root, or on a process of yours")
    link = _LINK.search(line)
    if link is None:
        raise FieldError(path, "Invalid value", line, "must end like `net -> net:[4026531833]`")
    if link["name"] not in NAMES:
        raise FieldError(path, "Unsupported value", link["name"], f"supported values: {', '.join(NAMES)}")
    if link["name"].removesuffix("_for_children") != link["kind"]:
        raise FieldError(path, "Invalid value", line, "must point to a namespace of its own kind")
    return link["name"], int(link["inode"])


def shared_kinds(a: Mapping[str, int], b: Mapping[str, int]) -> Mapping[Kind, bool]:
    """Which of the namespaces that both listings name two processes share: those with the same inode."""
    return {kind: a[kind] == b[kind] for kind in KINDS if kind in a and kind in b}


def ns_links(machine: Machine, pid: int) -> Mapping[str, int]:
    """The links of a process of the model, as `parse_ns_listing` reads those of a real one."""
    process = machine.process(pid)
    own = [(str(kind), _inode(kind, namespace)) for kind, namespace in process.namespaces.items()]
    later = [(f"{kind}_for_children", _inode(kind, process.for_children[kind])) for kind in FOR_CHILDREN]
    return dict(sorted(own + later))


def _inode(kind: Kind, namespace: int) -> int:
    """A machine's first namespaces have the numbers 1 to 8 here."""
    return INITIAL_INODES[kind] if namespace <= len(KINDS) else LATER_INODES + namespace
