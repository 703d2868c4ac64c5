"""What the API server makes of a Service, line by line, and how full its ranges are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, inline, join

__all__ = ["Band", "band_bars", "filled_lines", "warning_list"]


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a range.

    Attributes
    ----------
    name, span
        What it is for, and its first and last value.
    taken, size
        How many of its values are given away, and how many there are.
    """

    name: str
    span: str
    taken: int
    size: int


def band_bars(bands: Iterable[Band]) -> Html:
    """A bar a band: how much of it is given away."""
    return el("ul", join(map(_band, bands)), class_="bars one")


def _band(band: Band) -> Html:
    percent = round(100 * band.taken / band.size) if band.size else 0
    piece = el("i", class_=f"w{percent} new") if percent else None
    number = _("{taken} of {size}").format(taken=band.taken, size=band.size)
    name = el("span", el("b", band.name), " ", el("small", band.span))
    return el("li", name, el("span", piece, class_="tr", aria_hidden="true"), el("span", number, class_="n"))


def filled_lines(written: Sequence[str], stored: Sequence[str], note: str) -> Html:
    """The stored object as YAML; lines that its author did not write stand out, lines that went are struck out."""
    matcher = SequenceMatcher(None, list(map(_undashed, written)), list(map(_undashed, stored)), autojunk=False)
    lines = list[Html]()
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            lines += [el("span", line) for line in stored[first:last]]
            continue
        lines += [el("del", line) for line in written[start:end]]
        lines += [el("ins", line) for line in stored[first:last]]
    return el("div", el("pre", join(lines)), el("p", inline(note)), class_="hunk add")


def _undashed(line: str) -> str:
    """A line as it would be in the middle of a list's item: another field may have come before it."""
    return line.replace("- ", "  ", 1) if line.lstrip().startswith("- ") else line


def warning_list(warnings: Iterable[str]) -> Html:
    """What the API server warns of, in its words."""
    return join(el("p", el("b", _("Warning:")), " ", text, class_="v wait") for text in warnings)
