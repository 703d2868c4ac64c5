"""The layers of an image, the newest on top, as the kernel looks them up."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.images.image import Image, ImageLayer
from k8smodels.images.layer import OPAQUE_MARKER, WHITEOUT_PREFIX, Entry
from k8smodels.views.html import Html, el, join
from k8smodels.views.images.sizes import size

__all__ = ["layer_stack"]

MOST_ENTRIES = 3
"""Entries of a layer that are listed; the others are counted."""


def layer_stack(image: Image, name: str) -> Html:
    """A slab a layer with the step that made it, its size and what it changes."""
    steps = image.steps_of_layers()
    slabs = [_slab(layer, step) for layer, step in zip(image.layers, steps, strict=True)]
    head = el("li", el("b", name, class_="ob layer"), class_="img both")
    return el("ol", head, join(reversed(slabs)), class_="stack")


def _slab(layer: ImageLayer, step: str) -> Html:
    top = el(
        "span", el("b", step or _("(the base image)")), " ", el("small", size(layer.blob.size_bytes)), class_="top"
    )
    leaves = [entry for entry in layer.entries if entry.type != "dir"] or list(layer.entries)
    rest = len(leaves) - MOST_ENTRIES
    more = el("li", _("and {n} more").format(n=rest), class_="mod") if rest > 0 else None
    return el("li", top, el("ul", join(map(_change, leaves[:MOST_ENTRIES])), more, class_="chg-l"), class_="both")


def _change(entry: Entry) -> Html:
    if entry.whiteout:
        return el("li", f"/{_hidden(entry)} ", el("span", entry.name.rpartition("/")[2], class_="muted"), class_="del")
    return el("li", f"/{entry.name} ", el("span", size(entry.size_bytes), class_="muted") if entry.size_bytes else None)


def _hidden(entry: Entry) -> str:
    directory, slash, name = entry.name.rpartition("/")
    return f"{directory}/*" if name == OPAQUE_MARKER else f"{directory}{slash}{name.removeprefix(WHITEOUT_PREFIX)}"
