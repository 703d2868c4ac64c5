"""overlayfs shows, copies up and hides what the model of the union mount says."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from k8smodels.images.layer import FileTree, directory, file, sized_file
from k8smodels.images.overlay import OverlayMount
from k8smodels.images.union import MAX_LOWER_LAYERS, LayerDirectory

pytestmark = pytest.mark.reality
SEEDS = range(60)
PATHS = ("a", "b", "a/c", "a/d", "b/c", "a/c/e", "a/c/f", "b/c/e")
BIG_BYTES = 1 << 20


def _layer(random: Random) -> LayerDirectory:
    """A layer by chance: files, directories, whiteouts and opaque directories."""
    tree: dict[str, Any] = {}
    whiteouts: set[str] = set()
    for path in PATHS:
        above = path.rpartition("/")[0]
        what = random.choice(["nothing", "nothing", "dir", "dir", "file", "whiteout"])
        if above and (above not in tree or tree[above].type != "dir"):
            continue
        if what == "whiteout":
            whiteouts.add(path)
        elif what != "nothing":
            tree[path] = directory() if what == "dir" else file(f"{path} {random.randrange(100)}")
    opaque = {path for path, inode in tree.items() if inode.type == "dir" and random.random() < 0.2}
    return LayerDirectory(tree, frozenset(whiteouts), frozenset(opaque))


def _call(random: Random, number: int) -> list[str]:
    """A call by chance; each new name is used once, for what rename puts in another's place is not modelled."""
    name, path = random.choice(["write", "mkdir", "delete", "delete", "rename"]), random.choice(PATHS)
    return [name, path, *(["new text"] if name == "write" else [f"r{number}"] if name == "rename" else [])]


def image_by_chance(seed: int) -> tuple[OverlayMount, list[list[str]]]:
    random, calls = Random(seed), []
    mount = now = OverlayMount(tuple(_layer(random) for _ in range(random.randrange(1, 5))))
    for number in range(8):
        name, *args = _call(random, number)
        now = getattr(now, name)(*args).mount
        calls.append([name, *args])
    return mount, calls


def _plain(tree: FileTree) -> dict[str, str | None]:
    return {path: inode.content.decode() if inode.content is not None else None for path, inode in tree.items()}


def _directory(layer: LayerDirectory) -> dict[str, Any]:
    return {"tree": _plain(layer.tree), "whiteouts": sorted(layer.whiteouts), "opaque": sorted(layer.opaque)}


def predicted_for(mount: OverlayMount, calls: list[list[str]]) -> dict[str, Any]:
    errnos, now = [], mount
    for name, *args in calls:
        outcome = getattr(now, name)(*args)
        errnos.append(outcome.errno)
        now = outcome.mount
    assert now.upper is not None
    return {
        "merged": _plain(mount.merged),
        "errnos": errnos,
        "after": _plain(now.merged),
        "upper": _directory(now.upper),
    }


def request(images: dict[str, tuple[OverlayMount, list[list[str]]]]) -> dict[str, Any]:
    """What the lab is asked."""
    asked = {
        name: {"layers": [_directory(layer) for layer in mount.lower], "calls": calls}
        for name, (mount, calls) in images.items()
    }
    return {"images": asked, "most": MAX_LOWER_LAYERS, "copy_up_bytes": BIG_BYTES}


@pytest.fixture(scope="module")
def images() -> dict[str, tuple[OverlayMount, list[list[str]]]]:
    return {str(seed): image_by_chance(seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def kernel(images: dict[str, Any], measure: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return measure("layers", request(images))


@pytest.mark.parametrize("part", ["merged", "errnos", "after", "upper"])
def test_kernel_and_model_agree_on_each_image(
    part: str, images: dict[str, Any], kernel: dict[str, Any], compared: Callable[..., None]
) -> None:
    predicted = {name: predicted_for(*image)[part] for name, image in images.items()}
    measured = {name: kernel["images"][name][part] for name in images}
    compared(len(images), f"{part} of image 0, entries", len(measured["0"]), len(predicted["0"]))
    assert {name: (predicted[name], measured[name]) for name in images if predicted[name] != measured[name]} == {}


def test_one_changed_byte_copies_the_whole_file_up_in_the_kernel_too(
    kernel: dict[str, Any], compared: Callable[..., None]
) -> None:
    predicted = OverlayMount((LayerDirectory({"big": sized_file(BIG_BYTES)}),)).write("big", sized_file(BIG_BYTES))
    measured = kernel["copy_up"]
    compared(2, "bytes in the upper layer", measured["upper_bytes"], predicted.copied_up_bytes)
    assert measured["written_bytes"] == 1
    assert measured["upper_bytes"] == measured["on_disk_bytes"] == predicted.copied_up_bytes == BIG_BYTES


def test_the_kernel_mounts_no_more_lower_layers_than_the_model(
    kernel: dict[str, Any], compared: Callable[..., None]
) -> None:
    compared(2, f"mounts {MAX_LOWER_LAYERS} and {MAX_LOWER_LAYERS + 1} layers", kernel["mountable"], [True, False])
    assert kernel["mountable"] == [True, False]
