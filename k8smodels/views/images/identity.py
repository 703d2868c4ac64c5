"""Names of an image by content: of each layer, of each stack of layers, of the image."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.images.image import Image
from k8smodels.views.html import Html, el, join
from k8smodels.views.images.cells import grid

__all__ = ["identity_table", "short"]

DIGITS = 8
"""Hexadecimal digits of a digest that are shown."""


def short(digest: str) -> str:
    """The first digits behind ``sha256:``."""
    return digest.partition(":")[2][:DIGITS]


def identity_table(image: Image, before: Image) -> Html:
    """All digests of `image`, newest layer on top; those marked differ from `before`."""
    rows = []
    olds = zip(before.layers, before.chain_ids, strict=True)
    news = zip(image.layers, image.chain_ids, image.steps_of_layers(), strict=True)
    for (layer, chain, step), (old, old_chain) in zip(news, olds, strict=True):
        pairs = [(layer.diff_id, old.diff_id), (chain, old_chain), (layer.blob.digest, old.blob.digest)]
        rows.append([el("b", step, class_="ob layer"), *(_cell(*pair) for pair in pairs)])
    table = grid([_("layer"), "diffID", "chainID", _("digest")], rows[::-1])
    documents = [
        [_("configuration: the image ID"), _cell(image.id, before.id)],
        [_("manifest: the image's digest"), _cell(image.digest or "", before.digest or "")],
    ]
    return join([table, grid([_("document"), _("digest")], documents)])


def _cell(now: str, before: str) -> Html:
    return el("code", short(now)) if now == before else el("mark", el("code", short(now)))
