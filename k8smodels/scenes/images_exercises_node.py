"""Exercises of the chapter on images about a node: which layer answers, what a name stands for."""

from __future__ import annotations

import random

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.images import Entry, ImageReference, OverlayMount
from k8smodels.images.layer import OPAQUE_MARKER
from k8smodels.images.union import Lookup
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import el, inline, join
from k8smodels.views.images import layer_matrix, lookup_table

__all__ = ["completed_name", "which_layer_answers"]

# Which layer answers?


def which_layer_answers(seed: int) -> Task:
    """Ask which layer answers for two paths in a stack by chance."""
    dice = dice_of(seed)
    mount, paths = _stack(dice)
    contested = [path for path in paths if _held_by(mount, path) > 1]
    hard = dice.choice(contested)
    asked = dice.sample([hard, dice.choice([path for path in paths if path != hard])], 2)
    names = [*(_("lower {n}").format(n=n) for n in (1, 2, 3)), _("upper")]
    rows = [*(path for path in ("etc", "var") if path in mount.merged), *paths]
    steps = [
        Step(
            _("Which layer answers for `{path}`?").format(path=path),
            _answer(mount.lookup(path), names),
            options=[*names, _("nobody")],
            wrong=_why_not(mount, path, names),
        )
        for path in asked
    ]
    return Task(
        join(
            [
                el("p", _("A container has written nothing yet. Its image has three layers:")),
                layer_matrix(mount, rows, with_merged=False),
            ]
        ),
        steps,
        [_("The highest number is asked first."), _hint(mount)],
        join(lookup_table(mount.lookup(path), names) for path in asked),
    )


def _hint(mount: OverlayMount) -> str:
    """The second hint, about what there is in this stack."""
    if any(layer.opaque for layer in mount.lower):
        return _("In an opaque directory only this layer and those above it are asked.")
    if any(layer.whiteouts for layer in mount.lower):
        return _("A whiteout is an answer, too: gone. Nobody below it is asked.")
    return _("The first layer that has the file answers, and nobody below it is asked.")


def _why_not(mount: OverlayMount, path: str, names: list[str]) -> dict[str, str]:
    """Why each other layer, or nobody, does not answer for `path`."""
    found = mount.lookup(path)
    right = _answer(found, names)
    why = {names[n]: _of_layer(found, layer.answer(path), names) for n, layer in enumerate(mount.lower)}
    why[names[-1]] = _("The container has written nothing yet: its upper layer is empty.")
    why[_("nobody")] = _("A layer has it, and nothing above that layer hides it.")
    return {option: words for option, words in why.items() if option != right}


def _of_layer(found: Lookup, says: str, names: list[str]) -> str:
    """Why a layer that says this of the path does not answer for it."""
    if says == "nothing":
        return _("This layer says nothing of it.")
    if says == "whiteout":
        return _("What this layer has is a whiteout: it says that the file is gone, and shows none.")
    ended = [step for step in found.steps if step.path == found.path and step.answer != "nothing"]
    if not ended:
        return _("This layer has it, but the directory is opaque in a layer above: this one is not asked.")
    above, answer = names[ended[-1].layer], ended[-1].answer
    if answer == "whiteout":
        return _("This layer has it, but {layer} above has a whiteout, which hides it.").format(layer=above)
    return _("This layer has it, but {layer} above has it, too, and is asked first.").format(layer=above)


def _answer(found: Lookup, names: list[str]) -> str:
    return names[found.layers[0]] if found.layers else _("nobody")


def _stack(dice: random.Random) -> tuple[OverlayMount, list[str]]:
    """A stack by chance in which two layers have something to say of a path, and all its paths."""
    while True:
        mount = OverlayMount.of(_layers(dice, number) for number in range(3))
        paths = sorted({path for layer in mount.lower for path in (*layer.tree, *layer.whiteouts) if "/" in path})
        if len(paths) > 1 and any(_held_by(mount, path) > 1 for path in paths):
            return mount, paths


def _held_by(mount: OverlayMount, path: str) -> int:
    return sum(layer.answer(path) != "nothing" for layer in mount.lower)


def _layers(dice: random.Random, number: int) -> list[Entry]:
    """Files by chance; whiteouts and opaque directories only where something is below."""
    files = [Entry(path, "file", size_bytes=100 + 10 * number) for path in ("etc/a", "etc/b", "var/c", "var/d")]
    taken = [entry for entry in files if dice.random() < (0.9 if number == 0 else 0.3)]
    if number == 0:
        return taken
    there = {entry.name for entry in taken}
    gone = [path for path in ("etc/a", "etc/b", "var/c") if path not in there and dice.random() < 0.25]
    marks = [Entry(path.replace("/", "/.wh."), "file") for path in gone]
    opaque = [Entry(f"var/{OPAQUE_MARKER}", "file")] if dice.random() < 0.3 else []
    return [*opaque, *marks, *taken]


# What does a name stand for?


def completed_name(seed: int) -> Task:
    """Ask for the full form of an image's name."""
    dice = dice_of(seed)
    name, team = dice.choice(["redis", "web", "api"]), dice.choice(["acme", "shop"])
    hosts = [f"quay.io/{team}/", "localhost/", "localhost:5000/", f"{team}.example/"]
    written = dice.choice(["", f"{team}/", *hosts]) + name + dice.choice(["", ":7", ":1.4"])
    asked = ImageReference.parse(written).pulled()
    registry = _("The first part is a registry only if it has a dot, a port or a capital letter, or is `localhost`.")
    wrong = {
        written: _("A runtime never asks for a short form: registry, repository and tag are filled in."),
        f"docker.io/{written}": _(
            "Look at each part: is the registry there already, is the repository whole, is there a tag?"
        ),
        str(asked).replace("library/", "", 1): _(
            "A name of one part stands in the repository `library` of Docker Hub."
        ),
        str(asked).removesuffix(":latest"): _("Without a tag and a digest, a tag is filled in."),
    }
    wrong.pop(str(asked), None)
    return Task(
        el("p", inline(_("A Pod's container says `image: {name}`.").format(name=written))),
        [
            Step(_("Which registry is asked?"), asked.domain, wrong={team: registry}, why=registry),
            Step(_("Write the name in full."), str(asked), wrong=wrong, why=_("The form is registry/repository:tag.")),
        ],
        [
            _("The default registry is `docker.io`."),
            _("On Docker Hub a name of one part stands under `library/`."),
            _("The default tag is `latest`."),
        ],
        inline(f"`{asked}`"),
    )
