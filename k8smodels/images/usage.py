"""Where an image's bytes go: which step added each file, and what later layers made useless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from k8smodels.images.apply import Removal, Step, unpack
from k8smodels.images.diff import same_content
from k8smodels.images.image import Image
from k8smodels.images.layer import FileTree, Inode
from k8smodels.images.limits import bad
from k8smodels.images.rootfs import ApplyError, Rootfs


@dataclass(frozen=True, slots=True)
class FileUsage:
    """A file that a container of the image sees.

    Attributes
    ----------
    path, size_bytes
        The file.
    layer
        The layer that it came from, counted from 0.
    step
        The instruction that made the layer, empty where the history does not tell.
    """

    path: str
    size_bytes: int
    layer: int
    step: str


@dataclass(frozen=True, slots=True)
class Waste:
    """Bytes of a layer that no container sees, and every node stores.

    Attributes
    ----------
    path, size_bytes
        The file.
    layer
        The layer that holds it.
    gone_in
        The layer that made it useless.
    how
        It was deleted there, or written anew.
    same_content
        Whether the new file has the same content: only its permissions or owner were changed.
    """

    path: str
    size_bytes: int
    layer: int
    gone_in: int
    how: Literal["deleted", "overwritten"]
    same_content: bool = False


@dataclass(frozen=True, slots=True)
class ImageUsage:
    """An image by its bytes.

    Attributes
    ----------
    files
        The files that a container sees, the largest first.
    wasted
        The files that none sees, the largest first.
    """

    files: tuple[FileUsage, ...]
    wasted: tuple[Waste, ...]

    @property
    def wasted_bytes(self) -> int:
        """The sizes of the files that nobody sees, together."""
        return sum(item.size_bytes for item in self.wasted)

    @property
    def visible_bytes(self) -> int:
        """The sizes of the files that a container sees, together; a file with several names counts once."""
        return sum(item.size_bytes for item in self.files)


def image_usage(image: Image) -> ImageUsage:
    """Unpack the image in memory and see what is left of each layer.

    Raises
    ------
    ArchiveError
        The layers do not fit on one another.
    """
    rootfs = Rootfs({})
    try:
        steps = [step for step in unpack(rootfs, (layer.entries for layer in image.layers)) if step.removed]
    except ApplyError as error:
        raise bad(f"layers[{error.layer}]", str(error), "must fit on the layers below it") from None
    made_by = image.steps_of_layers()
    files = [
        FileUsage(path, inode.size_bytes, rootfs.added_by[path], made_by[rootfs.added_by[path]])
        for path, inode in _each_file_once(rootfs.inodes)
    ]
    wasted = sorted(_wasted(steps, rootfs.inodes), key=lambda item: (-item.size_bytes, item.path, item.layer))
    return ImageUsage(tuple(sorted(files, key=lambda item: (-item.size_bytes, item.path))), tuple(wasted))


def _each_file_once(tree: FileTree) -> Iterator[tuple[str, Inode]]:
    """The files of the tree; of one with several names the first in the order of the alphabet."""
    linked: dict[int, str] = {}
    for path, inode in tree.items():
        if inode.type == "file" and inode.number:
            linked[inode.number] = min(path, linked.get(inode.number, path))
        elif inode.type == "file":
            yield path, inode
    yield from ((path, tree[path]) for path in linked.values())


def _wasted(steps: Iterable[Step], tree: FileTree) -> list[Waste]:
    """What was removed by a later layer; of a file with several names only when the last of them goes."""
    visible = {inode.number for inode in tree.values() if inode.number}
    removals = [(step, removal) for step in steps for removal in step.removed if removal.inode.type == "file"]
    last = {removal.inode.number: removal for _, removal in removals if removal.inode.number}
    return [
        _waste(step, removal)
        for step, removal in removals
        if removal.added_by < step.layer
        and (
            not removal.inode.number or (removal.inode.number not in visible and last[removal.inode.number] is removal)
        )
    ]


def _waste(step: Step, removal: Removal) -> Waste:
    overwritten = step.path == removal.path and step.action == "replaced"
    return Waste(
        removal.path,
        removal.inode.size_bytes,
        removal.added_by,
        step.layer,
        "overwritten" if overwritten else "deleted",
        overwritten and step.entry.type == "file" and same_content(step.entry, removal.inode),
    )
