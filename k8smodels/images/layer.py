"""Files, and the entries of the archive that a layer is.

A layer is a changeset: what was added or changed, in full, and for what was deleted an empty file whose name says so.

References
----------
opencontainers/image-spec v1.1.1 layer.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

WHITEOUT_PREFIX = ".wh."
"""``.wh.NAME`` deletes NAME of the layers below."""

OPAQUE_MARKER = ".wh..wh..opq"
"""A file of this name empties its directory of what the layers below have there."""

DIRECTORY_MODE, FILE_MODE, SYMLINK_MODE = 0o755, 0o644, 0o777

FileType = Literal["dir", "file", "symlink"]
EntryType = Literal["dir", "file", "symlink", "hardlink"]


@dataclass(frozen=True, slots=True)
class Inode:
    """A file, a directory or a symbolic link, without its name.

    Owners, times, extended attributes and special files are left out.

    Attributes
    ----------
    type
        Which of the three.
    mode
        Permission bits.
    size_bytes
        Of a file.
    content
        Of a file, None where only the size is known.
    digest
        Of a file's content, empty where it is not known.
    target
        Of a symbolic link.
    number
        The same for names that are hard links of one another; 0 for a file with one name.
    """

    type: FileType
    mode: int = FILE_MODE
    size_bytes: int = 0
    content: bytes | None = None
    digest: str = ""
    target: str = ""
    number: int = 0


FileTree = Mapping[str, Inode]
"""Path (``etc/hosts``, no slash at either end) to what is there. Each parent is listed, the root is not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of a layer's archive.

    Attributes
    ----------
    name
        The path; a directory's ends with a slash.
    type
        What it makes; a whiteout is an empty file.
    mode, size_bytes, content, digest
        As of an `Inode`.
    link
        Of a symbolic link the target, of a hard link the path in the image that gets another name.
    """

    name: str
    type: EntryType
    mode: int = FILE_MODE
    size_bytes: int = 0
    content: bytes | None = None
    digest: str = ""
    link: str = ""

    @property
    def whiteout(self) -> bool:
        """Whether it deletes instead of adding, an opaque marker included."""
        return self.name.rpartition("/")[2].startswith(WHITEOUT_PREFIX)


Layer = tuple[Entry, ...]
"""The entries of one changeset, in the order of its archive."""


def file(content: str | bytes, mode: int = FILE_MODE) -> Inode:
    """A file with this content; text is UTF-8."""
    written = content.encode() if isinstance(content, str) else content
    return Inode("file", mode, len(written), written)


def sized_file(size_bytes: int, mode: int = FILE_MODE) -> Inode:
    """A file of which only the size matters. Two of the same size count as the same content."""
    return Inode("file", mode, size_bytes)


def directory(mode: int = DIRECTORY_MODE) -> Inode:
    """A directory; what is in it is told by the paths of the tree."""
    return Inode("dir", mode)


def symlink(target: str) -> Inode:
    """A symbolic link."""
    return Inode("symlink", SYMLINK_MODE, target=target)


def file_tree(files: Mapping[str, Inode | str | bytes | int]) -> dict[str, Inode]:
    """A tree from paths, with the missing parents.

    A text or bytes are a file's content, a number is its size, a path that ends in ``/`` is a directory.

    Examples
    --------
    >>> list(file_tree({"etc/hosts": "127.0.0.1", "usr/lib/big.so": 5_000_000, "tmp/": ""}))
    ['etc', 'etc/hosts', 'tmp', 'usr', 'usr/lib', 'usr/lib/big.so']
    """
    made: dict[str, Inode] = {}
    for path, what in files.items():
        name = path.strip("/")
        for parent in parents(name):
            made.setdefault(parent, directory())
        made[name] = directory() if path.endswith("/") else _inode(what)
    return in_order(made)


def in_order(tree: FileTree) -> dict[str, Inode]:
    """The tree as a walk meets it: a directory, then what is in it, names in the order of their bytes."""
    return {path: tree[path] for path in sorted(tree, key=walk_key)}


def walk_key(path: str) -> list[str]:
    """The sort key of a walk: part by part, so that ``a/b`` stands before ``a-b``."""
    return path.split("/")


def parents(path: str) -> Iterator[str]:
    """The directories on the way to `path`, the outermost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def parent(path: str) -> str:
    """The directory of `path`; empty for the root."""
    return path.rpartition("/")[0]


def entry_of(path: str, inode: Inode) -> Entry:
    """The entry that adds `inode` at `path`."""
    name = f"{path}/" if inode.type == "dir" else path
    return Entry(name, inode.type, inode.mode, inode.size_bytes, inode.content, inode.digest, inode.target)


def _inode(what: Inode | str | bytes | int) -> Inode:
    if isinstance(what, Inode):
        return what
    return sized_file(what) if isinstance(what, int) else file(what)
