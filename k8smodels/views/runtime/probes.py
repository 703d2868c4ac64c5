"""Probes over time: the answers, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from k8smodels.i18n import _, ngettext
from k8smodels.runtime import Happening, ProbeResult, ProbeTimeline
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime.happenings import moment
from k8smodels.views.runtime.spans import Span

__all__ = ["probe_spans", "probe_table"]

_TOLD = frozenset({"Killing", "ready", "unready"})


def probe_table(probed: ProbeTimeline, kinds: Iterable[str], *, until_seconds: float, rows: int) -> Html:
    """Equal answers in a row become one line; what follows from them stands between.

    Parameters
    ----------
    until_seconds
        Nothing later is shown.
    rows
        How many lines at most; the table says so if there are more.
    """
    lines = [line for kind in kinds for line in _answers(probed.results, kind)]
    lines += [_follows(item) for item in probed.timeline if _is_told(item)]
    shown = [line for at, line in sorted(lines, key=lambda line: line[0]) if at[0] <= until_seconds]
    body = shown[:rows] + ([_more(len(shown) - rows)] if len(shown) > rows else [])
    head = join(el("th", title, scope="col") for title in (_("time"), _("what"), _("result")))
    return el("table", el("thead", el("tr", head)), el("tbody", join(body)))


def _is_told(item: Happening) -> bool:
    """Whether it says more than that a container without a startup probe counts as started at once."""
    if item.what in ("started", "running"):
        return bool(item.why) or (item.what == "running" and item.at_seconds > 0)
    return item.what in _TOLD or item.what.startswith("exit ")


def _runs(results: Iterable[ProbeResult], kind: str) -> Iterator[list[ProbeResult]]:
    """The answers of one kind, cut where they change or where one has counted and the count begins anew."""
    run = list[ProbeResult]()
    for item in results:
        if item.kind != kind:
            continue
        if run and (item.success is not run[-1].success or item.run <= run[-1].run):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _answers(results: Sequence[ProbeResult], kind: str) -> Iterator[tuple[tuple[float, int], Html]]:
    for run in _runs(results, kind):
        first, last = run[0], run[-1]
        if first.success:
            count = ngettext("{n} time", "{n} times", len(run)).format(n=len(run))
            said = el("span", el("b", _("well")), " ", count, class_="v ok")
        else:
            enough = last.run > last.threshold
            count = _("{n} in a row, {threshold} were enough") if enough else _("{n} of {threshold}")
            count = count.format(n=last.run, threshold=last.threshold)
            said = el("span", el("b", _("failed")), " ", count, class_="v no")
        asked = _("{kind} probe").format(kind=kind)
        yield _place(first, last), _line(_times(first, last), asked, said)


def _place(first: ProbeResult, last: ProbeResult) -> tuple[float, int]:
    """Where a run stands: failures before what follows from the last, good answers after what the first one brings."""
    return (first.done_seconds, 2) if first.success else (last.done_seconds, 0)


def _times(first: ProbeResult, last: ProbeResult) -> str:
    if first is last:
        return moment(first.done_seconds)
    return _("{start} to {end}").format(start=f"{first.done_seconds:g}", end=moment(last.done_seconds))


def _follows(item: Happening) -> tuple[tuple[float, int], Html]:
    return (item.at_seconds, 1), _line(moment(item.at_seconds), item.what, el("span", item.why), marked=True)


def _line(time: str, what: str, said: Html, *, marked: bool = False) -> Html:
    name = el("b", what) if marked else what
    return el("tr", el("td", time, class_="nw"), el("th", name, scope="row"), el("td", said))


def _more(count: int) -> Html:
    return el("tr", el("td", _("and {n} more").format(n=count), class_="muted", colspan=3))


def probe_spans(probed: ProbeTimeline, kind: str, end_seconds: float) -> list[Span]:
    """The answers of one kind as spans: from each to the next, or to the end of the container."""
    answers = [item for item in probed.results if item.kind == kind]
    exits = [item.at_seconds for item in probed.timeline if item.what.startswith("exit ")]
    spans = list[Span]()
    for i, item in enumerate(answers):
        later = [end_seconds, *(other.done_seconds for other in answers[i + 1 : i + 2])]
        end = min([*later, *(at for at in exits if at > item.done_seconds)])
        new = Span(item.done_seconds, end, *(("well", _("well")) if item.success else ("bad", _("failed"))))
        if spans and spans[-1].kind == new.kind and spans[-1].to_seconds == new.from_seconds:
            spans[-1] = replace(spans[-1], to_seconds=end)
        else:
            spans.append(new)
    return spans
