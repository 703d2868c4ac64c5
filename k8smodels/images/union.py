"""The union mount: one view of many layers, in which the uppermost that has a path answers for it.

References
----------
Linux Documentation/filesystems/overlayfs.rst; fs/overlayfs/namei.c (ovl_lookup); containerd v2.2.0
pkg/archive/tar_linux.go (OverlayConvertWhiteout)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.images.apply import apply_layers
from k8smodels.images.layer import OPAQUE_MARKER, Entry, FileTree, Inode, in_order, parent

MAX_LOWER_LAYERS = 500
"""More than this the kernel does not mount (OVL_MAX_STACK)."""

Answer = Literal["nothing", "whiteout", "file", "symlink", "dir", "opaque dir"]


@dataclass(frozen=True, slots=True)
class LayerDirectory:
    """A layer as the overlay file system keeps it: a directory with marks.

    Attributes
    ----------
    tree
        The files of this layer alone.
    whiteouts
        Paths with a character device 0:0, which hides what is below.
    opaque
        Directories with the attribute ``trusted.overlay.opaque``, which hides what lower layers have in them; empty
        text for the root.
    """

    tree: FileTree = field(default_factory=dict)
    whiteouts: frozenset[str] = frozenset()
    opaque: frozenset[str] = frozenset()

    @classmethod
    def of(cls, layer: Iterable[Entry]) -> LayerDirectory:
        """The directory of a changeset; what is deleted and made anew in one layer is an opaque directory.

        The layer is unpacked without a look at those below it, as containerd's overlay snapshotter does: an entry below
        what a lower layer holds as a symbolic link makes a directory here.

        Raises
        ------
        ApplyError
            The layer contradicts itself.
        """
        applied = apply_layers([layer])
        whiteouts: set[str] = set()
        opaque: set[str] = set()
        for step in applied.steps:
            if step.entry.whiteout:
                (opaque if _is_opaque_marker(step.entry) else whiteouts).add(step.path)
        made_anew = {path for path in whiteouts if path in applied.tree}
        opaque |= {path for path in made_anew if applied.tree[path].type == "dir"}
        return cls(applied.tree, frozenset(whiteouts - made_anew), frozenset(opaque))

    def answer(self, path: str) -> Answer:
        """What a lookup of `path` meets in this layer."""
        if path in self.whiteouts:
            return "whiteout"
        inode = self.tree.get(path)
        if inode is None:
            return "nothing"
        return "opaque dir" if inode.type == "dir" and path in self.opaque else inode.type


@dataclass(frozen=True, slots=True)
class LookupStep:
    """One layer that was asked.

    Attributes
    ----------
    path
        What was looked for: the path or a directory on the way.
    layer
        The layer asked, counted from 0 at the bottom.
    answer
        What it said.
    """

    path: str
    layer: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class Lookup:
    """How a path was found.

    Attributes
    ----------
    path
        The path.
    inode
        What is there; None if nothing is.
    layers
        The layers that make it up, the uppermost first: one for a file, all that are merged for a directory.
    steps
        Each layer that was asked on the way, in order.
    """

    path: str
    inode: Inode | None
    layers: tuple[int, ...]
    steps: tuple[LookupStep, ...]


def lookup(layers: Sequence[LayerDirectory], path: str) -> Lookup:
    """Find `path` in a stack of layers, the lowest first.

    The kernel goes down the path part by part. For each part it asks the layers in which the directory above is
    visible, the uppermost first, until a file, a whiteout or an opaque directory hides what is further below. A
    symbolic link is found, not followed.
    """
    steps: list[LookupStep] = []
    found: list[int] = _visible_root(layers)
    at = ""
    for part in path.strip("/").split("/"):
        if at and layers[found[0]].tree[at].type != "dir":
            return Lookup(path, None, (), tuple(steps))
        at = f"{at}/{part}" if at else part
        found = ask(layers, found, at, steps)
        if not found:
            return Lookup(path, None, (), tuple(steps))
    return Lookup(path, layers[found[0]].tree[at], tuple(found), tuple(steps))


def merged(layers: Sequence[LayerDirectory]) -> FileTree:
    """Everything that is seen through the mount."""
    names = {path for layer in layers for path in layer.tree}
    seen: dict[str, list[int]] = {"": _visible_root(layers)}
    tree: dict[str, Inode] = {}
    for path in in_order(dict.fromkeys(names, Inode("dir"))):
        above = seen.get(parent(path), [])
        found = ask(layers, above, path, []) if above else []
        if found:
            tree[path] = layers[found[0]].tree[path]
            if tree[path].type == "dir":
                seen[path] = found
    return tree


def _visible_root(layers: Sequence[LayerDirectory]) -> list[int]:
    visible = []
    for number in reversed(range(len(layers))):
        visible.append(number)
        if "" in layers[number].opaque:
            break
    return visible


def ask(layers: Sequence[LayerDirectory], above: Sequence[int], path: str, steps: list[LookupStep]) -> list[int]:
    """The layers that answer for `path`, of those in which the directory above is seen, the uppermost first.

    A whiteout, a file or an opaque directory ends the search; directories are merged; a file below a directory is
    hidden by it.
    """
    found: list[int] = []
    for number in above:
        answer = layers[number].answer(path)
        steps.append(LookupStep(path, number, answer))
        if answer == "nothing":
            continue
        if answer == "whiteout" or (found and answer in ("file", "symlink")):
            break
        found.append(number)
        if answer != "dir":
            break
    return found


def _is_opaque_marker(entry: Entry) -> bool:
    return entry.name.rpartition("/")[2] == OPAQUE_MARKER
