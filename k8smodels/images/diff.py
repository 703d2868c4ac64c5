"""The changeset that turns one file tree into another.

References
----------
containerd v2.2.0 pkg/archive/tar.go, ChangeWriter; containerd/continuity v0.4.5 fs/diff.go, doubleWalkDiff
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.images.layer import (
    FILE_MODE,
    WHITEOUT_PREFIX,
    Entry,
    FileTree,
    Inode,
    Layer,
    entry_of,
    parent,
    walk_key,
)


def diff(base: FileTree, changed: FileTree) -> Layer:
    """The entries that make `changed` of `base`, in the order that containerd writes them.

    A directory on the way to a change is written too. Of a deleted directory there is one whiteout, of what was in it
    none; what changes its type needs none. Times and owners count as equal, so a file is the same by mode and content.
    """
    writer = _Writer(changed)
    for path in sorted(base.keys() | changed.keys(), key=walk_key):
        before, after = base.get(path), changed.get(path)
        if after is None:
            if _directory_stays(changed, parent(path)):
                writer.delete(path)
        elif before is None or not same_file(before, after):
            writer.write(path, after)
        elif after.number:
            writer.keep(path, after)
    return tuple(writer.entries)


def same_file(before: Inode, after: Inode) -> bool:
    """Whether nothing about the file has changed."""
    return _metadata(before) == _metadata(after) and same_content(before, after)


def same_content(before: Inode | Entry, after: Inode | Entry) -> bool:
    """Whether two files have the same content: by digest if both sides know it, else by the bytes."""
    if before.digest and after.digest:
        return before.digest == after.digest
    return before.content == after.content and before.size_bytes == after.size_bytes


def _metadata(inode: Inode) -> tuple[object, ...]:
    return inode.type, inode.mode, inode.size_bytes, inode.target


def _directory_stays(changed: FileTree, path: str) -> bool:
    return not path or (path in changed and changed[path].type == "dir")


class _Writer:
    """Collects entries; knows which directories and which names of an inode stand in the layer already."""

    def __init__(self, changed: FileTree) -> None:
        self.changed = changed
        self.entries: list[Entry] = []
        self.directories: set[str] = set()
        self.written: dict[int, str] = {}
        self.unchanged: dict[int, list[str]] = {}

    def delete(self, path: str) -> None:
        """Write a whiteout."""
        self._include_parents(path)
        directory, slash, name = path.rpartition("/")
        self.entries.append(Entry(f"{directory}{slash}{WHITEOUT_PREFIX}{name}", "file", FILE_MODE))

    def write(self, path: str, inode: Inode) -> None:
        """Write what is new or changed; a further name of a file in this layer becomes a hard link to the first."""
        first = self.written.get(inode.number)
        if inode.number and first is not None:
            self._link(path, inode, first)
            return
        self._include_parents(path)
        if inode.type == "dir":
            self.directories.add(path)
        self.entries.append(entry_of(path, inode))
        if inode.number:
            self.written[inode.number] = path
            for other in self.unchanged.pop(inode.number, []):
                self._link(other, inode, path)

    def keep(self, path: str, inode: Inode) -> None:
        """A name that did not change is written only if its file is in the layer under another name."""
        if inode.number in self.written:
            self._link(path, inode, self.written[inode.number])
        else:
            self.unchanged.setdefault(inode.number, []).append(path)

    def _link(self, path: str, inode: Inode, first: str) -> None:
        self._include_parents(path)
        self.entries.append(Entry(path, "hardlink", inode.mode, link=first))

    def _include_parents(self, path: str) -> None:
        for directory in reversed(list(self._missing_parents(path))):
            self.directories.add(directory)
            self.entries.append(entry_of(directory, self.changed[directory]))

    def _missing_parents(self, path: str) -> Iterator[str]:
        directory = parent(path)
        while directory and directory not in self.directories:
            yield directory
            directory = parent(directory)
