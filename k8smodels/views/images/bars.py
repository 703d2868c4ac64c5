"""Bytes as bars, all on one scale, each with its number."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.images.image import Image
from k8smodels.images.usage import image_usage
from k8smodels.views.amounts import percent
from k8smodels.views.html import Html, el, join
from k8smodels.views.images.sizes import size, size_to_kb

__all__ = ["byte_bars", "usage_bars"]


def byte_bars(rows: Sequence[tuple[str, int, str]], whole_bytes: int) -> Html:
    """One bar a row: label, bytes and a class of its look (empty, ``over``: too much)."""
    return _bars([(label, amount, look, size(amount)) for label, amount, look in rows], whole_bytes)


def _bars(rows: Sequence[tuple[str, int, str, str]], whole_bytes: int) -> Html:
    return el("ul", join(_bar(*row, whole_bytes) for row in rows), class_="bars one")


def _bar(label: str, size_bytes: int, look: str, said: str, whole_bytes: int) -> Html:
    width = f"w{percent(size_bytes, whole_bytes)} {look}".strip()
    part = el("i", class_=width) if size_bytes else None
    track = el("span", part, aria_hidden="true", class_="tr")
    return el("li", el("span", label), track, el("span", said, class_="n"))


def usage_bars(image: Image, whole_bytes: int) -> Html:
    """What the image takes, what a container of it sees, and what nobody does, to the kilobyte."""
    usage = image_usage(image)
    stored = sum(layer.blob.size_bytes for layer in image.layers)
    rows = [
        (_("image"), stored, "new"),
        (_("seen"), usage.visible_bytes, ""),
        (_("wasted"), usage.wasted_bytes, "over"),
    ]
    return _bars([(label, amount, look, size_to_kb(amount)) for label, amount, look in rows], whole_bytes)
