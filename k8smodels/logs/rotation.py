"""Rotation of container logs by the kubelet: when, which names, what is compressed and what goes.

The runtime writes to one file. When that has grown to ``containerLogMaxSize``, the kubelet renames it and tells the
runtime to open a new one. It never copies or cuts a file that is being written.

References
----------
pkg/kubelet/logs/container_log_manager.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from k8smodels.api.errors import invalid
from k8smodels.logs.rotation_policy import LogRotatePolicy

COMPRESSED = ".gz"
TEMPORARY = ".tmp"
MAX_FILES = 10_000
"""The most files of a directory that the model looks at."""

Sizes = Mapping[str, int | None]
"""Files by name, with their bytes; None for a file that the kubelet has compressed: how well is not modelled."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the kubelet does to a file.

    Attributes
    ----------
    verb
        What. ``create`` and ``reopen`` are the runtime's, which is told to open its log anew.
    file
        Its name.
    to
        Its new name, where it gets one.
    reason
        Why, in a few words.
    """

    verb: Literal["create", "remove", "compress", "rename", "reopen"]
    file: str
    reason: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What one pass over a container's logs leaves.

    Attributes
    ----------
    files
        The directory after it.
    rotated
        Whether the log was renamed and a new one begun.
    reason
        Why, or why not.
    changes
        What was done, in order.
    """

    files: Sizes
    rotated: bool
    reason: str
    changes: tuple[Change, ...] = ()


def rotate(log: str, files: Sizes, policy: LogRotatePolicy, now: datetime) -> Rotation:
    """One pass of the kubelet over the log of a running container.

    Files are deleted before the new one is counted: `policy.max_files` holds for all of them together, the current
    one too. The newest rotated file stays as it is until the next rotation, so that a log collector can finish it.
    Two rotations within one second give the same name: the second file then counts as compressed already, and the next
    rotation deletes it.

    Parameters
    ----------
    log
        The name of the file that the runtime writes to, e.g. ``0.log``.
    files
        The container's directory.
    now
        The node's clock, in its own zone.

    Raises
    ------
    FieldError
        More than `MAX_FILES` files, or a size below zero.

    Notes
    -----
    Left out: errors of the file system and of the runtime (a failed reopen renames the log back), and containers that
    do not run, whose logs are never rotated.

    References
    ----------
    pkg/kubelet/logs/container_log_manager.go, processContainer, rotateLog (v1.37)
    """
    _check(files)
    if policy.disabled:
        return Rotation(files, rotated=False, reason="a negative containerLogMaxSize disables rotation")
    created = () if log in files else (Change("create", log, "the log does not exist"),)
    size = files.get(log) or 0
    if size < policy.max_size_bytes:
        reason = f"{size} bytes are below the {policy.max_size_bytes} of containerLogMaxSize"
        return Rotation(_applied(files, created), rotated=False, reason=reason, changes=created)
    changes = (*created, *_cleanup(log, files, policy), *_rename(log, now))
    reason = f"{size} bytes reach the {policy.max_size_bytes} of containerLogMaxSize"
    return Rotation(_applied(files, changes), rotated=True, reason=reason, changes=changes)


def all_logs(log: str, files: Iterable[str]) -> tuple[str, ...]:
    """The files that hold a container's log, oldest first, the current one last.

    References
    ----------
    pkg/kubelet/logs/container_log_manager.go, GetAllLogs (v1.37)
    """
    rotated = _rotated(log, files)
    return (*(file for file in rotated if not _unused(file, rotated)), log)


def _check(files: Sizes) -> None:
    if len(files) > MAX_FILES:
        raise invalid("files", len(files), f"must have at most {MAX_FILES} items")
    for name, size in files.items():
        if size is not None and size < 0:
            raise invalid(f"files[{name}]", size, "must be greater than or equal to 0")


def _rotated(log: str, files: Iterable[str]) -> list[str]:
    return sorted(file for file in files if file.startswith(f"{log}."))


def _unused(file: str, rotated: Iterable[str]) -> str:
    """Why a rotated file holds nothing that is still needed; empty if it does."""
    if file.endswith(TEMPORARY):
        return "left over from a compression that did not end"
    if not file.endswith(COMPRESSED) and file + COMPRESSED in rotated:
        return "compressed already"
    return ""


def _cleanup(log: str, files: Sizes, policy: LogRotatePolicy) -> Iterable[Change]:
    rotated = _rotated(log, files)
    unused = {file: reason for file in rotated if (reason := _unused(file, rotated))}
    yield from (Change("remove", file, reason) for file, reason in unused.items())
    in_use = [file for file in rotated if file not in unused]
    excess = max(len(in_use) - policy.max_old_files, 0)
    for file in in_use[:excess]:
        yield Change("remove", file, f"oldest, and {policy.max_files} files are allowed with the two newest")
    for file in in_use[excess:]:
        if not file.endswith(COMPRESSED):
            yield Change("compress", file, "no longer the newest rotated file", file + COMPRESSED)


def _rename(log: str, now: datetime) -> Iterable[Change]:
    yield Change("rename", log, "full", f"{log}.{now:%Y%m%d-%H%M%S}")
    yield Change("reopen", log, "the runtime still has the renamed file open")


def _applied(files: Sizes, changes: Iterable[Change]) -> Sizes:
    after = dict(files)
    for change in changes:
        if change.verb in ("create", "reopen"):
            after[change.file] = 0
            continue
        size = after.pop(change.file)
        if change.to:
            after[change.to] = None if change.verb == "compress" else size
    return after
