"""Exercises of the chapter on images: seeded cases whose answers the models compute."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.images import (
    Build,
    Image,
    ImageLayer,
    NodeStore,
    Registry,
    build,
    build_image,
    diff,
    file_tree,
    image_layer,
)
from k8smodels.images.build_steps import BuildStep
from k8smodels.images.image import HistoryEntry
from k8smodels.images.registry import LayerPull, Pull
from k8smodels.images.run_effects import RunEffect
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.images import base_image
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.images import grid, reason

__all__ = ["bytes_pulled", "rebuilt"]


# Which steps run anew?

_BASE = "python:3.13"
_PIP, _COMPILE, _TOOLS = "pip install -r requirements.txt", "python -m compileall src", "apt-get install -y gcc"
_SOURCES = {"requirements.txt": "flask", "src/app.py": "print(1)", "README.md": "read me"}


@cache
def _python() -> Image:
    return base_image(_BASE, image_layer(diff({}, file_tree({"usr/bin/python3": 1_000}))))


def _shuffled(dice: random.Random) -> list[str]:
    """The steps of a Dockerfile in an order that works: a list before what installs it, sources before compiling."""
    while True:
        steps = [
            "COPY requirements.txt .",
            f"RUN {_PIP}",
            "COPY src/ src/",
            f"RUN {_COMPILE}",
            "COPY README.md .",
            f"RUN {_TOOLS}",
        ]
        dice.shuffle(steps)
        ordered = steps.index("COPY requirements.txt .") < steps.index(f"RUN {_PIP}")
        if ordered and steps.index("COPY src/ src/") < steps.index(f"RUN {_COMPILE}"):
            return steps


def _built(text: str, edited: str, before: Build | None = None) -> Build:
    files = file_tree({name: content + " #" if name == edited else content for name, content in _SOURCES.items()})
    runs: dict[str, RunEffect] = {
        _PIP: {"venv/flask.py": 20},
        _COMPILE: {"src/app.pyc": "compiled"},
        _TOOLS: {"usr/bin/gcc": 40},
    }
    cache = before.cache if before else None
    return build(text, files, runs=runs, images={_BASE: _python()}, cache=cache)


def rebuilt(seed: int) -> Task:
    """Ask which steps of a build run anew after an edit."""
    dice = dice_of(seed)
    steps = _shuffled(dice)
    edited = dice.choice([*_SOURCES, "ENV"])
    steps.insert(dice.randrange(3), "ENV MODE=production")
    text = "\n".join([f"FROM {_BASE}", *steps])
    after = _built(text.replace("production", "debug") if edited == "ENV" else text, edited, _built(text, ""))
    ran = {str(step.instruction): step for step in after.steps if step.verdict == "run"}
    options = [str(step.instruction) for step in after.steps if step.key]
    why = {name: _why(name, ran.get(name)) for name in options}
    said = _("Everything is in the cache. One thing is edited: {what}.").format(what=_edited(edited))
    first = _("Look for the first step whose own input is different.")
    return Task(
        join([el("pre", text, tabindex="0"), el("p", inline(said))]),
        [
            Step(_("Which is the first step that runs anew?"), next(iter(ran)), options=options, wrong=why, why=first),
            Step(_("Which steps run anew in all?"), frozenset(ran), options=options, wrong=why),
        ],
        [
            _("A `COPY` looks at the files it copies, a `RUN` at its line and the variables."),
            _("After the first miss every step below it runs, whatever it does."),
        ],
        bullets(why.values()),
    )


def _edited(what: str) -> str:
    if what == "ENV":
        return _("the line `ENV`: `production` becomes `debug`")
    return _("the file `{name}`").format(name=what)


def _why(name: str, ran: BuildStep | None) -> str:
    if ran is None:
        return _("`{step}`: nothing that decides it has changed.").format(step=name)
    return _("`{step}` runs: {reason}.").format(step=name, reason=reason(ran))


# What moves in a pull?

_LAYERS = {"debian": (70, 80), "python": (35, 50), "node": (50, 65), "libraries": (10, 30), "code": (1, 9)}


_NAMES = ("shop/api:1", "shop/web:1", "shop/new:1")


def _layer(name: str, version: int) -> tuple[str, ImageLayer]:
    """A layer and what it is called; its size is told beside it."""
    called = f"{name} {version}"
    return called, image_layer(diff({}, file_tree({name: called})))


def _image(*layers: tuple[str, ImageLayer]) -> Image:
    return build_image([made for _name, made in layers], history=[HistoryEntry(name) for name, _made in layers])


def _three_images(dice: random.Random) -> list[Image]:
    """Two images that a node has, and a third that shares more or fewer of their layers."""
    base, python, node, libraries = (
        _layer("debian", 13),
        _layer("python", 3),
        _layer("node", 24),
        _layer("libraries", 1),
    )
    wanted = [
        (base, python, libraries, _layer("code", 3)),
        (base, python, _layer("libraries", 2), _layer("code", 3)),
        (base, node, _layer("libraries", 3), _layer("code", 4)),
        (_layer("debian", 14), _layer("python", 4), _layer("code", 5)),
    ]
    known = [_image(base, python, libraries, _layer("code", 1)), _image(base, node, _layer("code", 2))]
    return [*known, _image(*dice.choice(wanted))]


def _third_pull(images: list[Image]) -> Pull:
    registry, store = Registry(), NodeStore()
    for name, image in zip(_NAMES, images, strict=True):
        registry = registry.push(name, image)
    for name in _NAMES[:2]:
        store = store.pull(registry, name).store
    return store.pull(registry, _NAMES[2])


def bytes_pulled(seed: int) -> Task:
    """Ask what one more pull moves, and what the node stores after it."""
    dice = dice_of(seed)
    images = _three_images(dice)
    called = {step: dice.randint(*_LAYERS[step.split()[0]]) for image in images for step in image.steps_of_layers()}
    sizes = [[called[step] for step in image.steps_of_layers()] for image in images]
    pull = _third_pull(images)
    took = list(zip(images[2].steps_of_layers(), sizes[2], pull.layers, strict=True))
    moved = sum(size for _step, size, layer in took if layer.verdict == "pulled")
    stored = sum(called[step] for step in {step for image in images for step in image.steps_of_layers()})
    whole, every = sum(sizes[2]), sum(map(sum, sizes))
    ask = _(
        "A node has `{first}` and `{second}`. Now it pulls `{third}`. Layers of the same name and number are the same."
    ).format(first=_NAMES[0], second=_NAMES[1], third=_NAMES[2])
    all_of_it = _("That is the whole image. Some of its layers may be on the node.")
    again = _("That counts a layer again for each image that has it.")
    add = _("Add up the layers that no image on the node has.")
    solution = [
        _("`{layer}`, {size} MB: {verdict}.").format(layer=step, size=size, verdict=_verdict(layer))
        for step, size, layer in took
    ]
    return Task(
        join([el("p", inline(ask)), _image_table(images, called)]),
        [
            Step(
                _("How many MB move?"),
                moved,
                unit="MB",
                wrong={} if whole == moved else {str(whole): all_of_it},
                why=add,
            ),
            Step(
                _("How many MB do the three images take on the node?"),
                stored,
                unit="MB",
                wrong={str(every): again},
                why=_("Each layer counts once."),
            ),
        ],
        [_("Go through the layers of the new image one by one."), _("A node stores a layer once, whoever uses it.")],
        bullets(
            [*solution, _("Moved: {n} MB.").format(n=moved), _("Stored, each layer once: {n} MB.").format(n=stored)]
        ),
    )


def _verdict(layer: LayerPull) -> str:
    return _("pulled") if layer.verdict == "pulled" else _("already exists")


def _image_table(images: list[Image], sizes: Mapping[str, int]) -> Html:
    rows = []
    for name, image in zip(_NAMES, images, strict=True):
        parts = [f"{step} ({sizes[step]} MB)" for step in image.steps_of_layers()]
        rows.append([el("code", name), ", ".join(parts)])
    return grid([_("image"), _("layers, the lowest first")], rows)
