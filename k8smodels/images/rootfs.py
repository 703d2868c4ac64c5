"""The directory that layers are unpacked into: paths, links and what stands where."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from k8smodels.images.layer import FileTree, Inode, directory, parent

MAX_LINKS_WALKED = 255

NO_SUCH_FILE, NOT_A_DIRECTORY = "no such file or directory", "not a directory"


class ApplyError(ValueError):
    """A layer that cannot be unpacked, in the words of containerd and the kernel.

    Attributes
    ----------
    layer
        Which one, counted from 0.
    """

    def __init__(self, problem: str, layer: int = 0) -> None:
        super().__init__(problem)
        self.layer = layer


class Rootfs:
    """Files by path, with the layer that each came from; every operation takes time by what it touches.

    Attributes
    ----------
    inodes
        What is at each path, the root left out.
    added_by
        The layer of each path.
    layer
        The layer that is being unpacked.
    """

    def __init__(self, tree: FileTree) -> None:
        self.inodes: dict[str, Inode] = {}
        self.added_by: dict[str, int] = {}
        self.layer = 0
        self._names: dict[str, dict[str, None]] = {"": {}}
        self._next_number = 1 + max((inode.number for inode in tree.values()), default=0)
        for path in sorted(tree, key=lambda path: path.count("/")):
            self.add(path, tree[path])

    def children(self, path: str) -> list[str]:
        """The paths in the directory `path`."""
        return list(self._names.get(path, ()))

    def add(self, path: str, inode: Inode) -> None:
        """Put `inode` at a path where nothing is and whose directory exists."""
        self.inodes[path] = inode
        self.added_by[path] = self.layer
        self._names[parent(path)][path] = None
        if inode.type == "dir":
            self._names[path] = {}

    def change_mode(self, path: str, mode: int) -> None:
        """Give a directory other permissions."""
        if self.inodes[path].mode != mode:
            self.inodes[path] = replace(self.inodes[path], mode=mode)

    def remove(self, path: str) -> list[tuple[str, Inode, int]]:
        """Take `path` and everything below it away; what was there."""
        if path not in self.inodes:
            return []
        del self._names[parent(path)][path]
        removed = []
        waiting = [path]
        while waiting:
            gone = waiting.pop()
            waiting.extend(self._names.pop(gone, ()))
            removed.append((gone, self.inodes.pop(gone), self.added_by.pop(gone)))
        return removed

    def make_parents(self, path: str) -> None:
        """Make the directory `path` and those above it, where they are missing."""
        if not path:
            return
        existing = self.inodes.get(path)
        if existing is None:
            self.make_parents(parent(path))
            self.add(path, directory())
        elif existing.type != "dir":
            raise ApplyError(f"mkparent /{path}: {NOT_A_DIRECTORY}", self.layer)

    def link(self, target: str, path: str) -> None:
        """Give the file at `target` the further name `path`."""
        where, name = posixpath.split(target)
        source = posixpath.join(self.resolve(where), name).strip("/")
        inode = self.inodes.get(source)
        if inode is None or inode.type == "dir":
            raise ApplyError(f"link /{source} /{path}: {self._link_problem(source)}".replace("//", "/"), self.layer)
        if not inode.number:
            inode = self.inodes[source] = replace(inode, number=self._next_number)
            self._next_number += 1
        self.add(path, inode)
        self.added_by[path] = self.added_by[source]

    def resolve(self, path: str, blame: str = "") -> str:
        """The path in the root that `path` leads to, symbolic links followed; none of them leads out of the root.

        Raises
        ------
        ApplyError
            A part of the way is a file, or the links go round in circles.
        """
        walked = 0
        while True:
            path, links = self._walk_links(path, blame)
            if not links:
                return path
            walked += links
            if walked > MAX_LINKS_WALKED:
                raise ApplyError(f"{blame}too many links", self.layer)

    def _walk_links(self, path: str, blame: str) -> tuple[str, int]:
        """Replace each symbolic link on the way by its target, once."""
        here, links = "/", 0
        for part in path.split("/"):
            here = posixpath.normpath(posixpath.join(here, part))
            self._refuse_way_through_file(here, blame)
            inode = self.inodes.get(here.strip("/"))
            if inode is not None and inode.type == "symlink":
                links += 1
                here = posixpath.normpath(posixpath.join("/", parent(here), inode.target))
        return here.strip("/"), links

    def _refuse_way_through_file(self, here: str, blame: str) -> None:
        above = self.inodes.get(parent(here).strip("/"))
        if above is not None and above.type == "file":
            raise ApplyError(f"{blame}lstat {here}: {NOT_A_DIRECTORY}", self.layer)

    def _link_problem(self, source: str) -> str:
        if not source or source in self.inodes:
            return "operation not permitted"
        above = self.inodes.get(parent(source))
        return NOT_A_DIRECTORY if above is not None and above.type == "file" else NO_SUCH_FILE
