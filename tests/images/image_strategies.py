"""Trees, layers and images as Hypothesis draws them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import strategies as st

from k8smodels.images import Entry, FileTree, Image, Inode, build_image, diff, file, file_tree, image_layer, symlink
from k8smodels.images.apply import apply_layers
from k8smodels.images.image import HistoryEntry
from k8smodels.images.layer import walk_key
from k8smodels.images.rootfs import ApplyError

NAMES = ("a", "b", "c", "a-b")
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
CONTENTS = st.binary(max_size=3)
MODES = st.sampled_from((0o644, 0o755, 0o4755))
FILES = st.builds(file, CONTENTS, MODES)


@st.composite
def trees(draw: st.DrawFn, links: bool = True) -> FileTree:
    """A tree of a few files, directories, symbolic and hard links; a name below a file is dropped."""
    inodes = FILES | st.just("dir") | (st.sampled_from(NAMES).map(symlink) if links else FILES)
    drawn: dict[str, Inode | str] = draw(st.dictionaries(PATHS, inodes, max_size=8))
    files = {path: what for path, what in drawn.items() if what != "dir"}
    leaves = {path: what for path, what in files.items() if not any(path.startswith(f"{top}/") for top in files)}
    directories = {f"{path}/": "" for path, what in drawn.items() if what == "dir" and not _below(path, leaves)}
    tree = file_tree({**directories, **leaves})
    twins = sorted(path for path, inode in tree.items() if inode.type == "file")
    if links and len(twins) > 1 and draw(st.booleans()):
        shared = Inode("file", 0o644, 1, b"h", number=7)
        tree |= dict.fromkeys(draw(st.lists(st.sampled_from(twins), min_size=2, unique=True)), shared)
    return tree


def _below(path: str, leaves: dict) -> bool:
    return any(path == leaf or path.startswith(f"{leaf}/") for leaf in leaves)


def entries() -> st.SearchStrategy[Entry]:
    """An entry as a layer may have it: files, directories, whiteouts and opaque markers."""
    whiteouts = st.tuples(st.sampled_from(("", "a/", "a/b/", "c/")), st.sampled_from(NAMES))
    markers = st.sampled_from(("a/", "a/b/", "c/"))
    return (
        st.builds(lambda path, content: Entry(path, "file", 0o644, len(content), content), PATHS, CONTENTS)
        | PATHS.map(lambda path: Entry(f"{path}/", "dir", 0o755))
        | whiteouts.map(lambda place: Entry(f"{place[0]}.wh.{place[1]}", "file"))
        | markers.map(lambda place: Entry(f"{place}.wh..wh..opq", "file"))
    )


@st.composite
def stacks(draw: st.DrawFn) -> list[tuple[Entry, ...]]:
    """Layers that can be applied one on the other, and each alone."""
    stack: list[tuple[Entry, ...]] = []
    for layer in draw(st.lists(st.lists(entries(), max_size=5).map(tuple), min_size=1, max_size=4)):
        try:
            apply_layers([layer])
            apply_layers([*stack, layer])
        except ApplyError:
            continue
        stack.append(layer)
    return stack


@st.composite
def images(draw: st.DrawFn) -> Image:
    """An image of a few layers, each with its step."""
    snapshots: list[FileTree] = [{}, *draw(st.lists(trees(), min_size=1, max_size=3))]
    compression = draw(st.sampled_from(("none", "gzip")))
    changes = pairwise(snapshots)
    layers = [image_layer(diff(below, above), compression) for below, above in changes]
    history = [HistoryEntry(f"RUN step {i}") for i in range(len(layers))] + [HistoryEntry("CMD x", empty_layer=True)]
    return build_image(layers, config={"Cmd": [draw(st.text(max_size=5))]}, history=history)


def without_numbers(tree: FileTree) -> dict[str, Inode]:
    """The tree with hard links told apart by the first of their names instead of by an inode's number.

    Two trees are the same to whoever reads them if this is equal.
    """
    first: dict[int, int] = {}
    return {
        path: replace(inode, number=first.setdefault(inode.number, i + 1) if inode.number else 0)
        for i, (path, inode) in enumerate(sorted(tree.items(), key=lambda item: walk_key(item[0])))
    }
