"""Who gets how many of the connections."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from k8smodels.views.html import Html, el, join

__all__ = ["split_bar"]


def split_bar(parts: Sequence[tuple[str, Fraction]], marked: str = "") -> Html:
    """Parts of a whole side by side, as wide as they are large."""
    return el("ul", join(_part(name, share, on=name == marked) for name, share in parts), class_="split")


def _part(name: str, share: Fraction, *, on: bool) -> Html:
    width = f"w{round(100 * share)}"
    return el("li", el("b", name), el("small", str(share)), class_=f"{width} on" if on else width)
