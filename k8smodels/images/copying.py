"""Which files ``COPY`` and ``ADD`` take, and where they put them.

References
----------
Dockerfile reference, COPY; moby/buildkit v0.25.0 frontend/dockerfile/dockerfile2llb/convert.go, dispatchCopy
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from k8smodels.images.layer import FileTree, Inode, directory, file_tree, in_order


class SourceNotFoundError(LookupError):
    """A source that is not in the build context or stage."""


def copied(sources: Sequence[str], target: str, files: FileTree, image: FileTree, workdir: str) -> dict[str, Inode]:
    """The files that a copy puts into the image, by their paths there, with the directories that it makes.

    Parameters
    ----------
    sources
        Paths or patterns in `files`; of a directory its content is taken, not itself.
    target
        A file's new path, or a directory's: with a slash at the end, with several sources, or if the image has it.
    files
        The build context or another stage. What leads out of it is confined to it.
    image
        The files that are there already.
    workdir
        What a relative target is relative to.

    Raises
    ------
    SourceNotFoundError
        A source is not there.
    """
    matched = [path for source in sources for path in _matches(source, files)]
    where = inside(posixpath.join(workdir, target))
    there = not where or (where in image and image[where].type == "dir")
    into_directory = there or target.endswith("/") or len(matched) > 1
    taken: dict[str, Inode] = {}
    for path in matched:
        if not path or files[path].type == "dir":
            prefix = f"{path}/" if path else ""
            below = {other.removeprefix(prefix): files[other] for other in files if other.startswith(prefix)}
            taken |= {where: directory()} if where else {}
            taken |= {_join(where, name): inode for name, inode in below.items()}
        else:
            taken[_join(where, posixpath.basename(path)) if into_directory else where] = files[path]
    # Names that were one file where they come from are files of their own here.
    return in_order(file_tree({path: replace(inode, number=0) for path, inode in taken.items()}))


def inside(path: str) -> str:
    """The path without slashes at its ends, `..` confined to the root; empty for the root."""
    return posixpath.normpath(posixpath.join("/", path)).strip("/")


def _matches(source: str, files: FileTree) -> list[str]:
    path = inside(source)
    if not path or path in files:
        return [path]
    parts = path.split("/")
    found = [other for other in files if _fits(other.split("/"), parts)] if any(c in path for c in "*?[") else []
    if not found:
        raise SourceNotFoundError(f'"/{path}": not found')
    return found


def _fits(names: Sequence[str], patterns: Sequence[str]) -> bool:
    return len(names) == len(patterns) and all(map(fnmatchcase, names, patterns))


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name
