"""Times of a schedule, and what a CronJob made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.runtime import Span, span_bars

__all__ = ["Start", "start_bars", "time_table"]


def time_table(times: Iterable[datetime], zone: tzinfo, notes: Mapping[datetime, str]) -> Html:
    """A row a time: on the clocks of `zone`, in UTC, and what is odd about it."""
    rows: list[Sequence[Html | str]] = []
    for moment in times:
        note = notes.get(moment, "")
        local = moment.astimezone(zone)
        mark = el("span", el("b", note), class_="v pick") if note else ""
        offset = el("span", local.strftime("%z"), class_="nw")
        rows.append((_clock(local), offset, _clock(moment), mark))
    return grid([_("local"), _("offset"), _("UTC"), _("note")], rows)


def _clock(moment: datetime) -> str:
    days = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    return f"{days[moment.weekday()]} {moment:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Start:
    """One time of a schedule, and the Job that was started for it.

    Attributes
    ----------
    scheduled
        The time of the schedule.
    made, ended
        When the Job was made and when it ended; None if that has not happened.
    killed
        Whether it was deleted before it had ended.
    """

    scheduled: datetime
    made: datetime | None = None
    ended: datetime | None = None
    killed: bool = False


def start_bars(
    starts: Sequence[Start], begin: datetime, until: datetime, away: tuple[datetime, datetime] | None
) -> Html:
    """A row a time of the schedule, and one for the controller if it was away."""
    rows: dict[str, Sequence[Span]] = {}
    numbers: dict[str, str] = {}
    if away is not None:
        rows[_("away")] = [Span(_from(begin, away[0]), _from(begin, away[1]), "bad", _("controller away"))]
    for start in starts:
        name = f"{start.scheduled:%H:%M}"
        rows[name] = [_span(start, begin, until)] if start.made else []
        numbers[name] = _number(start)
    ends = _("The bars go from {begin} to {until}.").format(begin=f"{begin:%H:%M}", until=f"{until:%H:%M}")
    return join([span_bars(rows, _from(begin, until), numbers), el("p", ends, class_="muted")])


def _span(start: Start, begin: datetime, until: datetime) -> Span:
    kind, word = ("now", _("done")) if start.ended else ("well", _("runs"))
    if start.killed:
        kind, word = "bad", _("replaced")
    return Span(_from(begin, start.made or until), _from(begin, start.ended or until), kind, word)


def _number(start: Start) -> str:
    if start.made is None:
        return _("no Job")
    late = start.made - start.scheduled
    if late.total_seconds() < 2:
        return _("on time")
    return _("{n} min late").format(n=round(late.total_seconds() / 60))


def _from(begin: datetime, moment: datetime) -> float:
    return round((moment - begin).total_seconds())
