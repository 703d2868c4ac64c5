"""What the API server makes of a Service, line by line, and how full its ranges are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid

__all__ = ["Band", "added_lines", "band_table", "filled_lines", "warning_list"]


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


def band_table(bands: Iterable[Band]) -> Html:
    """A row a band: its values, and how much of it is given away."""
    head = [_("band"), _("values"), _("given away"), ""]
    return grid(head, [(band.name, el("code", band.span), _bar(band), _number(band)) for band in bands])


def _bar(band: Band) -> Html:
    percent = round(100 * band.taken / band.size) if band.size else 0
    return el("span", el("i", class_=f"w{percent} new") if percent else None, class_="tr", aria_hidden="true")


def _number(band: Band) -> str:
    return _("{taken} of {size}").format(taken=band.taken, size=band.size)


def filled_lines(written: Sequence[str], stored: Sequence[str], note: Callable[[Sequence[str]], str]) -> Html:
    """The stored object as YAML, in pieces; what its author did not write stands out, with a note.

    Parameters
    ----------
    note
        From lines that were added to what is said of them.
    """
    matcher = SequenceMatcher(None, list(map(_undashed, written)), list(map(_undashed, stored)), autojunk=False)
    pieces = list[Html]()
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(el("div", el("pre", join(el("span", line) for line in stored[first:last])), class_="hunk"))
            continue
        lines = [el("del", line) for line in written[start:end]] + [el("ins", line) for line in stored[first:last]]
        pieces.append(el("div", el("pre", join(lines)), el("p", note(stored[first:last])), class_="hunk add"))
    return el("div", join(pieces))


def added_lines(written: Sequence[str], stored: Sequence[str]) -> int:
    """How many lines `filled_lines` marks as added."""
    matcher = SequenceMatcher(None, list(map(_undashed, written)), list(map(_undashed, stored)), autojunk=False)
    return sum(last - first for kind, _start, _end, first, last in matcher.get_opcodes() if kind != "equal")


def _undashed(line: str) -> str:
    """A line as it would be in the middle of a list's item: another field may have come before it."""
    return line.replace("- ", "  ", 1) if line.lstrip().startswith("- ") else line


def warning_list(warnings: Iterable[str]) -> Html:
    """What the API server warns of, in its words."""
    return join(el("p", el("b", _("Warning:")), " ", text, class_="v wait") for text in warnings)
