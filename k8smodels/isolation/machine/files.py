"""File systems and the mounts that join them to one tree.

Not modelled: modes and owners of files, hard links, renames, devices, propagation between mounts (every mount is
private).

References
----------
path_resolution(7), mount_namespaces(7)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory; its entries are the paths below its own."""


@dataclass(frozen=True, slots=True)
class File:
    """A file with its text."""

    content: str = ""


@dataclass(frozen=True, slots=True)
class Symlink:
    """A name for another path."""

    target: str


Entry = Directory | File | Symlink
"""What a name in a file system stands for."""

FilesystemType = Literal["rootfs", "ext4", "tmpfs", "proc"]
"""What /proc/filesystems lists: rootfs is the empty one at the bottom, which the first real root covers."""


@dataclass(frozen=True, slots=True)
class Filesystem:
    """A tree of files.

    Attributes
    ----------
    id
        Its number, as the device in stat(2).
    type
        Its type.
    tree
        What each absolute path is. That of a proc is empty but for its root: it lists processes.
    owner
        The user namespace whose capabilities count for the whole of it: that of the process that mounted it.
    pid_namespace
        Of a proc: whose processes it shows, for ever those of the process that mounted it.
    read_only
        Whether writes through any of its mounts are refused.
    """

    id: int
    type: FilesystemType
    tree: Mapping[str, Entry]
    owner: int
    pid_namespace: int | None = None
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system, or a part of one, put at a place of the tree.

    Attributes
    ----------
    id
        Its number, as in ``/proc/PID/mountinfo``.
    namespace
        The mount namespace it is in; None once it is detached.
    filesystem, root
        What is mounted: a file system, from this path of it on (``/`` unless it is a bind mount).
    parent, mountpoint
        Where: a path in the file system of another mount. None and ``/`` at the bottom of a tree.
    read_only
        Whether writes through this mount are refused.
    locked
        Whether it came from a more privileged user namespace: it can be neither unmounted nor uncovered.
    """

    id: int
    namespace: int | None
    filesystem: int
    root: str
    parent: int | None
    mountpoint: str
    read_only: bool = False
    locked: bool = False


MOUNT_LIMIT = 400
"""Most mounts of a machine here; the kernel's own limit is 100000 a namespace, in ``/proc/sys/fs/mount-max``."""


def parent_path(path: str) -> str:
    """The directory that holds `path`: ``/a/b`` gives ``/a``."""
    return path.rpartition("/")[0] or "/"


def child_path(directory: str, name: str) -> str:
    """The path of `name` in `directory`."""
    return directory.rstrip("/") + "/" + name


def is_within(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or below it."""
    return path == directory or path.startswith(directory.rstrip("/") + "/")
