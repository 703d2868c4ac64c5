"""A container's root: read-only layers below, one writable layer above, and what each operation puts there.

References
----------
Linux Documentation/filesystems/overlayfs.rst (whiteouts, copy-up, renaming directories)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from k8smodels.images.layer import DIRECTORY_MODE, Entry, FileTree, Inode, directory, file, in_order, parent, parents
from k8smodels.images.union import MAX_LOWER_LAYERS, LayerDirectory, Lookup, lookup, merged

Errno = Literal["ENOENT", "EROFS", "EEXIST", "EISDIR", "ENOTDIR", "ENOTEMPTY", "EXDEV", "EINVAL"]

MEANING: Mapping[Errno, str] = {
    "ENOENT": "No such file or directory",
    "EROFS": "Read-only file system",
    "EEXIST": "File exists",
    "EISDIR": "Is a directory",
    "ENOTDIR": "Not a directory",
    "ENOTEMPTY": "Directory not empty",
    "EXDEV": "Invalid cross-device link",
    "EINVAL": "Invalid argument",
}

Effect = Literal["copied up", "directory copied up", "written", "made", "removed", "whiteout", "opaque", "moved"]


class MountError(ValueError):
    """A mount that the kernel refuses."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened in the upper layer.

    Attributes
    ----------
    effect
        What.
    path
        Where.
    size_bytes
        How much was copied or written.
    """

    effect: Effect
    path: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did.

    Attributes
    ----------
    mount
        The mount afterwards; the same one if the operation failed.
    changes
        What happened in the upper layer, in order.
    errno
        Why the kernel refused, None if it did not.
    """

    mount: OverlayMount
    changes: tuple[Change, ...] = ()
    errno: Errno | None = None

    @property
    def error(self) -> str | None:
        """The reason in the words that a shell prints, None if there is none."""
        return MEANING[self.errno] if self.errno else None

    @property
    def copied_up_bytes(self) -> int:
        """Bytes of lower files that had to be copied before the operation."""
        return sum(change.size_bytes for change in self.changes if change.effect == "copied up")


@dataclass(frozen=True, slots=True)
class OverlayMount:
    """Layers under one view. Lower layers never change; every operation gives a new mount.

    Symbolic links are not followed.

    Attributes
    ----------
    lower
        The image's layers, the lowest first.
    upper
        The container's own layer; None for a read-only mount.
    """

    lower: tuple[LayerDirectory, ...]
    upper: LayerDirectory | None = field(default_factory=LayerDirectory)

    def __post_init__(self) -> None:
        if len(self.lower) > MAX_LOWER_LAYERS:
            raise MountError(f"lowerdir: Too many: {len(self.lower)}: must have at most {MAX_LOWER_LAYERS} items")

    @classmethod
    def of(cls, layers: Iterable[Iterable[Entry]]) -> OverlayMount:
        """A new container of an image with these layers, the lowest first."""
        return cls(tuple(LayerDirectory.of(layer) for layer in layers))

    @property
    def merged(self) -> FileTree:
        """What the container sees."""
        return merged(self._stack)

    @property
    def upper_bytes(self) -> int:
        """What the container's own layer takes on the disk."""
        return sum(inode.size_bytes for inode in self.upper.tree.values()) if self.upper else 0

    def lookup(self, path: str) -> Lookup:
        """Which layer answers for `path`; the upper one has the highest number."""
        return lookup(self._stack, path)

    def write(self, path: str, content: Inode | str | bytes) -> Outcome:
        """Open a file for writing, change it so that it has this content, and close it.

        A file of a lower layer is copied whole first, however small the change.
        """
        if self.upper is None:
            return Outcome(self, errno="EROFS")
        errno = self._parent_problem(path)
        existing = self.lookup(path).inode
        if errno or (existing and existing.type == "dir"):
            return Outcome(self, errno=errno or "EISDIR")
        work = _Upper(self)
        if existing is not None:
            work.copy_up(path)
        work.put(path, content if isinstance(content, Inode) else file(content), "written")
        return work.outcome()

    def mkdir(self, path: str, mode: int = DIRECTORY_MODE) -> Outcome:
        """Make a directory; where something was deleted it is opaque, so that nothing of it comes back."""
        if self.upper is None:
            return Outcome(self, errno="EROFS")
        errno = self._parent_problem(path)
        if errno or self.lookup(path).inode is not None:
            return Outcome(self, errno=errno or "EEXIST")
        work = _Upper(self)
        work.put(path, directory(mode), "made")
        return work.outcome()

    def delete(self, path: str) -> Outcome:
        """Remove a file or an empty directory (``rm``, ``rmdir``): a whiteout hides what a lower layer has there."""
        if self.upper is None:
            return Outcome(self, errno="EROFS")
        errno = self._missing(path)
        if errno:
            return Outcome(self, errno=errno)
        if any(parent(other) == path for other in self.merged):
            return Outcome(self, errno="ENOTEMPTY")
        work = _Upper(self)
        work.remove(path)
        return work.outcome()

    def delete_all(self, path: str) -> Outcome:
        """Remove a directory and all that is in it (``rm -r``); one whiteout is left."""
        if self.upper is None:
            return Outcome(self, errno="EROFS")
        errno = self._missing(path)
        if errno:
            return Outcome(self, errno=errno)
        work = _Upper(self)
        work.remove(path)
        return work.outcome()

    def rename(self, old: str, new: str) -> Outcome:
        """Rename a file, or a directory that only the upper layer has.

        A directory that a lower layer has cannot be renamed (without ``redirect_dir``): EXDEV, and ``mv`` copies it.
        A directory that comes to stand in one of a lower layer becomes opaque. To put something in another's place is
        left out: `new` must not exist.
        """
        if self.upper is None:
            return Outcome(self, errno="EROFS")
        errno = self._rename_problem(old, new)
        if errno:
            return Outcome(self, errno=errno)
        work = _Upper(self)
        work.copy_up(old)
        work.move(old, new)
        return work.outcome()

    def has_lower(self, path: str) -> bool:
        """Whether a lower layer has a part in what is seen at `path`; empty text is the root."""
        return not path or any(number < len(self.lower) for number in self.lookup(path).layers)

    @property
    def _stack(self) -> tuple[LayerDirectory, ...]:
        return (*self.lower, self.upper) if self.upper else self.lower

    def _rename_problem(self, old: str, new: str) -> Errno | None:
        """Why the kernel refuses, in the order in which it looks."""
        errno = self._parent_problem(old) or self._parent_problem(new) or self._missing(old)
        if errno:
            return errno
        if new.startswith(f"{old}/"):
            return "EINVAL"
        if self.lookup(new).inode is not None:
            return "EEXIST"
        existing = self.lookup(old).inode
        return "EXDEV" if existing and existing.type == "dir" and self.has_lower(old) else None

    def _missing(self, path: str) -> Errno | None:
        return self._parent_problem(path) or (None if self.lookup(path).inode else "ENOENT")

    def _parent_problem(self, path: str) -> Errno | None:
        for above in parents(path):
            found = self.lookup(above).inode
            if found is None or found.type != "dir":
                return "ENOENT" if found is None else "ENOTDIR"
        return None


class _Upper:
    """The upper layer while an operation works on it."""

    def __init__(self, mount: OverlayMount) -> None:
        upper = mount.upper or LayerDirectory()
        self.mount = mount
        self.tree, self.whiteouts, self.opaque = dict(upper.tree), set(upper.whiteouts), set(upper.opaque)
        self.changes: list[Change] = []

    def copy_up(self, path: str) -> None:
        """Bring a lower file into the upper layer, whole."""
        self._copy_up_parents(path)
        if path not in self.tree:
            found = self.mount.lookup(path).inode
            if found is not None:
                self.tree[path] = replace(found, number=0)
                self.changes.append(Change("copied up", path, found.size_bytes))

    def put(self, path: str, inode: Inode, effect: Effect) -> None:
        """Make or overwrite `path`, which may have been deleted before."""
        self._copy_up_parents(path)
        self.tree[path] = inode
        self.changes.append(Change(effect, path, inode.size_bytes))
        if path in self.whiteouts:
            self.whiteouts.discard(path)
            if inode.type == "dir":
                self.make_opaque(path)

    def make_opaque(self, path: str) -> None:
        """Hide what lower layers have in a directory."""
        if path not in self.opaque:
            self.opaque.add(path)
            self.changes.append(Change("opaque", path))

    def remove(self, path: str) -> None:
        """Take `path` out of the upper layer and hide what lower layers have there."""
        self._copy_up_parents(path)
        gone = [other for other in self.tree if other == path or other.startswith(f"{path}/")]
        for other in gone:
            del self.tree[other]
        self.whiteouts = {other for other in self.whiteouts if not other.startswith(f"{path}/")}
        self.opaque = {other for other in self.opaque if other != path and not other.startswith(f"{path}/")}
        if gone:
            self.changes.append(Change("removed", path))
        if lookup([*self.mount.lower, self._directory()], path).inode is not None:
            self.whiteouts.add(path)
            self.changes.append(Change("whiteout", path))

    def move(self, old: str, new: str) -> None:
        """Give what the upper layer has at `old` another path.

        A directory becomes opaque where its new parent is merged, so that the kernel need not look below it
        (fs/overlayfs/dir.c, ovl_rename).
        """
        moved = {path: inode for path, inode in self.tree.items() if path == old or path.startswith(f"{old}/")}
        opaque = self.opaque & moved.keys()
        if moved[old].type == "dir" and self.mount.has_lower(parent(new)):
            opaque.add(old)
        self.remove(old)
        for path, inode in moved.items():
            there = new + path.removeprefix(old)
            self.put(there, inode, "moved")
            if path in opaque:
                self.make_opaque(there)

    def outcome(self) -> Outcome:
        """The mount with this upper layer."""
        return Outcome(replace(self.mount, upper=self._directory()), tuple(self.changes))

    def _directory(self) -> LayerDirectory:
        return LayerDirectory(in_order(self.tree), frozenset(self.whiteouts), frozenset(self.opaque))

    def _copy_up_parents(self, path: str) -> None:
        for above in parents(path):
            if above not in self.tree:
                found = self.mount.lookup(above).inode
                self.tree[above] = found or directory()
                self.changes.append(Change("directory copied up", above))
