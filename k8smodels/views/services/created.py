"""What the API server makes of a Service, line by line, and how full its ranges are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid

__all__ = ["Band", "Piece", "band_table", "filled_lines", "filled_pieces", "warning_list"]


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


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines of the stored object that follow each other, as they were written or added by the API server.

    Attributes
    ----------
    written
        The lines of the author that an added piece stands for; mostly none.
    """

    stored: tuple[str, ...]
    written: tuple[str, ...]
    is_added: bool


def filled_pieces(written: Sequence[str], stored: Sequence[str]) -> list[Piece]:
    """The stored object as YAML, in pieces of lines that its author wrote or did not write."""
    matcher = SequenceMatcher(None, list(map(_undashed, written)), list(map(_undashed, stored)), autojunk=False)
    return [
        Piece(tuple(stored[first:last]), tuple(written[start:end]), kind != "equal")
        for kind, start, end, first, last in matcher.get_opcodes()
    ]


def filled_lines(pieces: Iterable[Piece], note: Callable[[Sequence[str]], str]) -> Html:
    """The pieces one below the other; what the author did not write stands out, with a note.

    Parameters
    ----------
    note
        From lines that were added to what is said of them.
    """
    return el("div", join(_piece(piece, note) for piece in pieces))


def _piece(piece: Piece, note: Callable[[Sequence[str]], str]) -> Html:
    if not piece.is_added:
        return el("div", el("pre", join(el("span", line) for line in piece.stored)), class_="hunk")
    lines = [el("del", line) for line in piece.written] + [el("ins", line) for line in piece.stored]
    return el("div", el("pre", join(lines)), el("p", note(piece.stored)), class_="hunk add")


def _undashed(line: str) -> str:
    """A line as it would be in the middle of a list's item: another field may have come before it."""
    return line.replace("- ", "  ", 1) if line.lstrip().startswith("- ") else line


def warning_list(warnings: Iterable[str]) -> Html:
    """What the API server warns of, in its words."""
    return join(el("p", el("b", _("Warning:")), " ", text, class_="v wait") for text in warnings)
