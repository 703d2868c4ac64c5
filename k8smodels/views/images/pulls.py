"""Pulls: what was moved, what was there already, what is stored; and what is collected again."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.images.gc_records import GarbageCollection, ImageRecord, Outcome
from k8smodels.images.image import Image
from k8smodels.images.registry import Pull
from k8smodels.views.html import Html, el
from k8smodels.views.images.cells import grid
from k8smodels.views.images.sizes import size

__all__ = ["collection_table", "outcome_text", "pull_table"]


def pull_table(image: Image, pull: Pull) -> Html:
    """The layers of one pull, the newest on top."""
    rows = [
        [el("b", step, class_="ob layer"), size(layer.size_bytes), _moved(layer.verdict == "pulled", layer.because)]
        for step, layer in zip(image.steps_of_layers(), pull.layers, strict=True)
    ]
    return grid([_("layer"), _("size"), _("what happens")], rows[::-1], right=(1,))


def _moved(pulled: bool, because: str | None) -> Html:
    if pulled:
        return el("b", _("pulled"))
    by = _("came with {image}").format(image=because)
    return el("span", el("b", _("already exists")), " ", el("small", by), class_="v ok")


def outcome_text(outcome: Outcome) -> tuple[str, str]:
    """The class of a verdict and its words."""
    return {
        "in use": ("ok", _("stays: in use")),
        "pinned": ("ok", _("stays: pinned")),
        "too young": ("ok", _("stays: too young")),
        "removed for age": ("no", _("removed for age")),
        "removed for space": ("no", _("removed for space")),
        "removal failed": ("wait", _("could not be removed")),
        "not needed": ("ok", _("stays: enough is free")),
    }[outcome]


def collection_table(images: Sequence[ImageRecord], done: GarbageCollection, used: Sequence[str]) -> Html:
    """Each image in the order in which it would go; `used` says in words when each was used last."""
    outcomes = dict(done.outcomes)
    words = {image.id: text for image, text in zip(images, used, strict=True)}
    sizes = {image.id: image.size_bytes for image in images}
    rows = []
    for name in [*(n for n in outcomes if n not in _kept(images)), *_kept(images)]:
        look, text = outcome_text(outcomes[name])
        rows.append([el("code", name), size(sizes[name]), words[name], el("span", el("b", text), class_=f"v {look}")])
    return grid([_("image"), _("size"), _("last used"), _("verdict")], rows, right=(1,))


def _kept(images: Sequence[ImageRecord]) -> list[str]:
    return [image.id for image in images if image.in_use or image.pinned]
