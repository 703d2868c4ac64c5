"""Times as bars on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime.happenings import moment

__all__ = ["Span", "span_bars"]

_CLASSES: Mapping[str, str | None] = {"well": None, "now": "new", "waits": "may", "bad": "over"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which something is so.

    Attributes
    ----------
    kind
        ``well``, ``now`` (what the figure is about), ``waits`` or ``bad``.
    word
        What is so.
    """

    from_seconds: float
    to_seconds: float
    kind: str
    word: str


def span_bars(rows: Mapping[str, Sequence[Span]], end_seconds: float, numbers: Mapping[str, str]) -> Html:
    """One bar a row, from 0 to `end_seconds`.

    Parameters
    ----------
    rows
        The spans of each row, in order and without overlaps; between them nothing is drawn.
    numbers
        What stands behind a row's bar.
    """
    return el(
        "ul", join(_row(name, rows[name], end_seconds, numbers.get(name, "")) for name in rows), class_="bars one"
    )


def _row(name: str, spans: Sequence[Span], end_seconds: float, number: str) -> Html:
    pieces, at = list[Html](), 0
    for span in spans:
        start, end = _percent(span.from_seconds, end_seconds), _percent(span.to_seconds, end_seconds)
        pieces += [el("i", class_=f"w{start - at} gap")] if start > at else []
        pieces += [_piece(span, end - start)] if end > start else []
        at = max(at, end)
    spoken = el("span", ", ".join(_said(spans)), ". ", class_="sr")
    track = el("span", join(pieces), class_="tr", aria_hidden="true")
    return el("li", el("span", name), track, el("span", spoken, number, class_="n"))


def _percent(at_seconds: float, end_seconds: float) -> int:
    return round(100 * min(at_seconds, end_seconds) / end_seconds)


def _piece(span: Span, width: int) -> Html:
    """A piece of the bar; its word only where it fits, on a phone too."""
    classes = " ".join(part for part in (f"w{width}", _CLASSES[span.kind]) if part)
    return el("i", span.word if width >= 4 * len(span.word) + 5 else None, class_=classes)


def _said(spans: Iterable[Span]) -> Iterable[str]:
    for span in spans:
        yield _("{word} from {start} to {end}").format(
            word=span.word, start=moment(span.from_seconds), end=moment(span.to_seconds)
        )
