"""What a command of a build does to the files, as the caller tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from k8smodels.images.layer import FileTree, Inode, file_tree, in_order

RunEffect = Mapping[str, Inode | str | bytes | int | None]
"""What a command leaves: path to content, size or inode; None for what it deletes."""


def after(tree: FileTree, effect: RunEffect) -> FileTree:
    """The files after a command; what it deletes goes before what it makes."""
    deleted = [path.strip("/") for path, what in effect.items() if what is None]
    kept = {
        path: inode
        for path, inode in tree.items()
        if not any(path == gone or path.startswith(f"{gone}/") for gone in deleted)
    }
    return overlaid(kept, file_tree({path: what for path, what in effect.items() if what is not None}))


def overlaid(tree: FileTree, new: FileTree) -> FileTree:
    """`new` put over `tree`; what is a directory in both keeps the content and the permissions it had."""
    replaced = {path for path, inode in new.items() if path in tree and "dir" in (inode.type, tree[path].type)}
    replaced = {path for path in replaced if new[path].type != tree[path].type}
    kept = {path: inode for path, inode in tree.items() if not _below(path, replaced)}
    added = {path: inode for path, inode in new.items() if not (inode.type == "dir" and path in kept)}
    return in_order(kept | added)


def _below(path: str, gone: Iterable[str]) -> bool:
    return any(path == other or path.startswith(f"{other}/") for other in gone)
