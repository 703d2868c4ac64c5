"""Scenes of the chapter on images: steps and layers, what deleting costs, names by content."""

from __future__ import annotations

import json
from functools import cache

from k8smodels.i18n import _
from k8smodels.images import (
    Build,
    Image,
    ImageLayer,
    build,
    build_image,
    diff,
    file,
    file_tree,
    image_layer,
    image_usage,
)
from k8smodels.images.image import Compression, HistoryEntry
from k8smodels.images.layer import FileTree
from k8smodels.images.run_effects import RunEffect
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.images import identity_table, layer_stack, size, size_to_kb, usage_bars

MB = 1_000_000
DEBIAN = "debian:13-slim"


@cache
def debian() -> Image:
    """A base image of one layer."""
    files = file_tree({"etc/os-release": "debian 13", "usr/lib/libc.so": 75 * MB})
    return base_image(DEBIAN, image_layer(diff({}, files)))


def base_image(name: str, *layers: ImageLayer) -> Image:
    """An image of these layers, each called after the image."""
    return build_image(layers, history=[HistoryEntry(name)] * len(layers))


# One step after the other.

STEPS = f"""FROM {DEBIAN}
LABEL team=shop
RUN apt-get update && apt-get install -y python3
WORKDIR /srv
COPY app.py .
ENV PORT=8080
EXPOSE 8080
CMD ["python3", "app.py"]"""
STEP_COUNT = len(STEPS.splitlines())
RUNS: dict[str, RunEffect] = {
    "apt-get update && apt-get install -y python3": {
        "usr/bin/python3": 40 * MB,
        "var/lib/apt/lists/main": 20 * MB,
    }
}


@cache
def first_steps(count: int) -> Build:
    """The first `count` lines of the Dockerfile, built."""
    text = "\n".join(STEPS.splitlines()[:count])
    return build(text, file_tree({"app.py": 4_000}), runs=RUNS, images={DEBIAN: debian()})


def one_step(step: int) -> Frame:
    """The Dockerfile up to a line, the layers and the configuration that it has made."""
    done = first_steps(step + 1)
    lines = STEPS.splitlines()
    shown = join(el("mark", line) if i == step else line for i, line in enumerate(_with_ends(lines)))
    config = json.dumps(done.image.run_config, indent=1) if done.image.run_config else "{}"
    left = join(
        [el("pre", shown, tabindex="0"), el("p", _("configuration"), class_="sub"), el("pre", config, tabindex="0")]
    )
    html = el("div", el("div", left), el("div", layer_stack(done.image, _("layers"))), class_="two")
    return Frame(html, _step_says(done, step))


def _with_ends(lines: list[str]) -> list[str]:
    return [f"{line}\n" for line in lines]


def _step_says(done: Build, step: int) -> str:
    if step == 0:
        return _("`FROM` brings the layers of the base image, and makes none.")
    last = done.steps[-1]
    if last.verdict == "configuration":
        return _("`{name}` makes **no layer**: only the configuration changes.").format(name=last.instruction.name)
    return _("`{name}` changes files: **a layer** of {size}.").format(
        name=last.instruction.name, size=size(done.image.layers[-1].blob.size_bytes)
    )


def layers_added() -> int:
    """How many layers the whole Dockerfile adds to those of the base."""
    return len(first_steps(STEP_COUNT).image.layers) - len(debian().layers)


# Deleting.

DATASET = "tmp/dataset.tar"
LATER = f"""FROM {DEBIAN}
COPY dataset.tar /tmp/
RUN load-db /tmp/dataset.tar
RUN rm /tmp/dataset.tar"""
SAME = f"""FROM {DEBIAN}
RUN fetch dataset.tar && load-db dataset.tar && rm dataset.tar"""
STAGE = f"""FROM {DEBIAN} AS load
COPY dataset.tar /tmp/
RUN load-db /tmp/dataset.tar
FROM {DEBIAN}
COPY --from=load /var/lib/shop.db /var/lib/"""
DELETING = {"not at all": LATER.rpartition("\n")[0], "later": LATER, "same step": SAME, "stage": STAGE}
LOADED: RunEffect = {"var/lib/shop.db": 20 * MB}
LOADS: dict[str, RunEffect] = {
    "load-db /tmp/dataset.tar": LOADED,
    "rm /tmp/dataset.tar": {DATASET: None},
    "fetch dataset.tar && load-db dataset.tar && rm dataset.tar": LOADED,
}


@cache
def deleted(way: str) -> Build:
    """The image that needs a dataset of 100 MB while it is built, by how it gets rid of it."""
    return build(DELETING[way], file_tree({"dataset.tar": 100 * MB}), runs=LOADS, images={DEBIAN: debian()})


def deleting(way: str) -> Frame:
    """The Dockerfile, the layers, and what of them is seen and wasted."""
    done = deleted(way)
    picture = el(
        "div", el("pre", DELETING[way], tabindex="0"), el("div", layer_stack(done.image, "shop/db")), class_="two"
    )
    return Frame(join([picture, usage_bars(done.image, 200 * MB)]), _deleting_says(done.image))


def _deleting_says(image: Image) -> str:
    usage = image_usage(image)
    stored = sum(layer.blob.size_bytes for layer in image.layers)
    if usage.wasted_bytes:
        return _(
            "The image has **{stored}**. A container sees {seen} of it; **{wasted}** are stored and moved for nothing."
        ).format(stored=size_to_kb(stored), seen=size_to_kb(usage.visible_bytes), wasted=size_to_kb(usage.wasted_bytes))
    return _("The image has **{stored}**, and a container sees all of it.").format(stored=size_to_kb(stored))


# Names by content.

CHANGES = ("nothing", "upper", "lower", "label", "compression")


@cache
def named(change: str) -> Image:
    """A small image of three layers with one thing changed."""
    kind: Compression = "none" if change == "compression" else "gzip"
    contents: list[FileTree] = [
        file_tree({"etc/os-release": "debian 13.1" if change == "lower" else "debian 13"}),
        file_tree({"usr/bin/run": file("exec $1", 0o755)}),
        file_tree({"srv/app.py": "print('hallo')" if change == "upper" else "print('hello')"}),
    ]
    steps = [DEBIAN, "COPY run", "COPY app.py"]
    config = {"Cmd": ["run", "/srv/app.py"], "Labels": {"team": "web" if change == "label" else "shop"}}
    layers = [image_layer(diff({}, tree), kind) for tree in contents]
    return build_image(layers, config=config, history=[HistoryEntry(step) for step in steps])


def identity(change: str) -> Frame:
    """All digests of the image with that change; those that the change touches are marked."""
    return Frame(identity_table(named(change), named("nothing")), _identity_says(change))


def _identity_says(change: str) -> str:
    """What the change does to the names."""
    return {
        "nothing": _("Each name is the SHA-256 of some bytes; the first digits are shown."),
        "upper": _("One layer has a new content. Nothing below it gets another name."),
        "lower": _(
            "The layers above have the same content as before, and so the same diffID. Their chainIDs differ: what "
            "they lie on is another."
        ),
        "label": _("No layer changes. The configuration does, and with it the manifest that names it."),
        "compression": _(
            "What is in the layers is the same, so diffID, chainID and image ID stay. The bytes to move are others."
        ),
    }[change]
