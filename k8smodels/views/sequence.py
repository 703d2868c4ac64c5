"""Who says what to whom, one message a row: a sequence diagram that reads as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, inline, join

__all__ = ["Actor", "Message", "sequence"]

COLUMNS = 6
"""Places for actors side by side."""
_COLUMN, _Y, _HEAD = 60, 12, 7


@dataclass(frozen=True, slots=True)
class Actor:
    """One who speaks.

    Attributes
    ----------
    name
        Its name.
    kind
        The class of its glyph: ``cp``, ``node``, ``ctr``, ``proc``, ``layer``, ``tun``...
    short
        What stands above its column, if the name is too long for it.
    """

    name: str
    kind: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes
    ----------
    sender, receiver
        Names of actors.
    what
        The message; backticks and asterisks are understood.
    when
        A word before it: a time, or nothing.
    aside
        Whether it happens behind the scenes: drawn dashed.
    """

    sender: str
    receiver: str
    what: str
    when: str = ""
    aside: bool = False


def sequence(actors: Sequence[Actor], messages: Sequence[Message], now: int) -> Html:
    """All messages as rows, number `now` marked, those after it dimmed.

    Raises
    ------
    ValueError
        More actors than there are places, or a message of somebody else.
    """
    if len(actors) > COLUMNS:
        raise ValueError(f"a sequence has at most {COLUMNS} actors, not {len(actors)}")
    places = {actor.name: i for i, actor in enumerate(actors)}
    for message in messages:
        if not {message.sender, message.receiver} <= set(places):
            raise ValueError(f"{message.sender} → {message.receiver}: not among the actors {', '.join(places)}")
    head = el(
        "ol",
        join(el("li", actor.short or actor.name, class_=actor.kind) for actor in actors),
        class_="actors",
        aria_hidden="true",
    )
    rows = join(_row(message, places, i, now) for i, message in enumerate(messages))
    return join([head, el("ol", rows, class_="seq")])


def _row(message: Message, places: dict[str, int], i: int, now: int) -> Html:
    ends = _("**{sender} → {receiver}**").format(sender=message.sender, receiver=message.receiver)
    said = el("span", inline(ends), " ", inline(message.what), class_="d")
    when = el("span", message.when, class_="t")
    state = "now" if i == now else "later" if i > now else None
    arrow = _arrow(places[message.sender], places[message.receiver], message.aside)
    return el("li", arrow, when, said, class_=state, aria_current="step" if i == now else None)


def _arrow(start: int, end: int, aside: bool) -> Html:
    """A line from column to column with its head; to oneself a hook."""
    a, b = _center(start), _center(end)
    if start == end:
        line, head, back = f"M{a} {_Y - 6}h16v12h-14", f"M{a + 9} {_Y + 1.5}l-7 4.5l7 4.5", 0
    else:
        back = _HEAD if b < a else -_HEAD
        line, head = f"M{a} {_Y}H{b}", f"M{b + back} {_Y - 4.5}l{-back} 4.5l{back} 4.5"
    kind = "arrow w" if aside else "arrow"
    paths = join([el("path", class_=kind, d=line), el("path", class_=f"{kind} h", d=head)])
    return el("svg", paths, aria_hidden="true", viewBox=f"0 0 {COLUMNS * _COLUMN} 24")


def _center(place: int) -> int:
    return _COLUMN * place + _COLUMN // 2
