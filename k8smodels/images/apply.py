"""Unpacking: layers applied one on the other give the files of the image.

References
----------
containerd v2.2.0 pkg/archive/tar.go, applyNaive, createTarFile, mkparent; opencontainers/image-spec v1.1.1 layer.md
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from k8smodels.images.layer import (
    OPAQUE_MARKER,
    WHITEOUT_PREFIX,
    Entry,
    FileTree,
    Inode,
    directory,
    in_order,
)
from k8smodels.images.rootfs import ApplyError, Rootfs

Action = Literal["added", "replaced", "merged", "deleted", "nothing to delete", "ignored"]


@dataclass(frozen=True, slots=True)
class Removal:
    """A path that an entry took away.

    Attributes
    ----------
    path, inode
        What was there.
    added_by
        The layer it came from, counted from 0.
    """

    path: str
    inode: Inode
    added_by: int


@dataclass(frozen=True, slots=True)
class Step:
    """What one entry did.

    Attributes
    ----------
    layer
        The entry's layer, counted from 0 at the bottom.
    entry
        The entry.
    path
        The path it is about, links followed; a directory's for an opaque marker.
    action
        What it did.
    removed
        What is no longer there because of it.
    """

    layer: int
    entry: Entry
    path: str
    action: Action
    removed: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of unpacking, with its story.

    Attributes
    ----------
    tree
        The files.
    added_by
        For each path the layer that its file came from; a directory's is the one that made it.
    steps
        What each entry did, in order.
    """

    tree: FileTree
    added_by: dict[str, int]
    steps: tuple[Step, ...]


def apply_layers(layers: Iterable[Iterable[Entry]], base: FileTree | None = None) -> Applied:
    """Apply `layers`, the lowest first, to `base` or to nothing.

    Raises
    ------
    ApplyError
        An entry cannot be made where it is meant to be. Names that lead out of the root are no error: they are confined
        to it.
    """
    rootfs = Rootfs(base or {})
    steps = tuple(unpack(rootfs, layers))
    return Applied(in_order(rootfs.inodes), rootfs.added_by, steps)


def apply_layer(tree: FileTree, layer: Iterable[Entry]) -> FileTree:
    """The tree with one layer on top; raises as `apply_layers`."""
    return apply_layers([layer], tree).tree


def unpack(rootfs: Rootfs, layers: Iterable[Iterable[Entry]]) -> Iterator[Step]:
    """Unpack `layers` into `rootfs`, entry by entry as the steps are asked for; raises as `apply_layers`."""
    for number, layer in enumerate(layers):
        yield from _unpack_layer(rootfs, number, layer)


def _unpack_layer(rootfs: Rootfs, number: int, layer: Iterable[Entry]) -> Iterator[Step]:
    rootfs.layer = number
    unpacked: set[str] = set()
    directories: list[str] = []
    for entry in layer:
        try:
            step = _apply_entry(rootfs, number, entry, unpacked)
        except ApplyError as error:
            error.layer = number
            raise
        if entry.type == "dir":
            directories.append(step.path)
        yield step
    for path in directories:  # a directory gets its time at the end of the layer
        if path and path not in rootfs.inodes:
            raise ApplyError(f"failed call to UtimesNanoAt for /{path}: no such file or directory", number)


def _apply_entry(rootfs: Rootfs, layer: int, entry: Entry, unpacked: set[str]) -> Step:
    cleaned = posixpath.normpath(entry.name)
    where, name = posixpath.split(cleaned)
    place = rootfs.resolve(where, "failed to get root path: ")
    if name in (".", "..", ""):
        return Step(layer, entry, "", "ignored")
    path = f"{place}/{name}" if place else name
    rootfs.make_parents(place)
    if name == OPAQUE_MARKER:
        return Step(layer, entry, place, "deleted", _removals(_hide_lower(rootfs, place, unpacked)))
    if name.startswith(WHITEOUT_PREFIX):
        hidden = name.removeprefix(WHITEOUT_PREFIX)
        if hidden in ("", ".", ".."):
            raise ApplyError(f"invalid whiteout name: {name}: invalid archive", layer)
        target = f"{place}/{hidden}" if place else hidden
        removed = rootfs.remove(target)
        return Step(layer, entry, target, "deleted" if removed else "nothing to delete", _removals(removed))
    unpacked.add(path)
    return _make(rootfs, layer, entry, path)


def _hide_lower(rootfs: Rootfs, place: str, unpacked: set[str]) -> list[tuple[str, Inode, int]]:
    """An opaque marker removes what is below its directory and was no entry of this layer so far."""
    removed: list[tuple[str, Inode, int]] = []
    waiting = [place]
    while waiting:
        for path in rootfs.children(waiting.pop()):
            if path in unpacked:
                waiting.append(path)
            else:
                removed.extend(rootfs.remove(path))
    return removed


def _make(rootfs: Rootfs, layer: int, entry: Entry, path: str) -> Step:
    existing = rootfs.inodes.get(path)
    if existing is not None and existing.type == "dir" and entry.type == "dir":
        rootfs.change_mode(path, entry.mode)
        return Step(layer, entry, path, "merged")
    removed = rootfs.remove(path)
    if entry.type == "hardlink":
        rootfs.link(entry.link, path)
    else:
        rootfs.add(path, _inode_of(entry))
    return Step(layer, entry, path, "replaced" if removed else "added", _removals(removed))


def _inode_of(entry: Entry) -> Inode:
    if entry.type == "dir":
        return directory(entry.mode)
    if entry.type == "symlink":
        return Inode("symlink", entry.mode, target=entry.link)
    return Inode("file", entry.mode, entry.size_bytes, entry.content, entry.digest)


def _removals(removed: Sequence[tuple[str, Inode, int]]) -> tuple[Removal, ...]:
    return tuple(Removal(*item) for item in removed)
