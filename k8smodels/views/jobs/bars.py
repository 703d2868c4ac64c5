"""A Job's pods, or a CronJob's Jobs, as bars on one scale of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.jobs.times import human_duration
from k8smodels.views.runtime import Span, span_bars
from k8smodels.workloads import JobRun, PodLife
from k8smodels.workloads.job.spec import is_indexed

__all__ = ["job_bars"]


def job_bars(run: JobRun, until: datetime) -> Html:
    """One row an index; without indexes a row for each pod that has to run beside the others.

    Parameters
    ----------
    until
        The right end of the scale.
    """
    found = _rows(run)
    rows = {name: [_span(life, run.start, until) for life in lives] for name, lives in found.items()}
    numbers = {name: _number(lives) for name, lives in found.items()}
    length = (until - run.start).total_seconds()
    ends = _("The bars go from 0 to {end}.").format(end=human_duration(until - run.start))
    return join([span_bars(rows, length, numbers), el("p", ends, class_="muted")])


def _rows(run: JobRun) -> Mapping[str, Sequence[PodLife]]:
    """The lives that follow each other, by the name of their row; an index without a pod has a row, too."""
    lives = list(run.lives.values())
    if run.job is None or not is_indexed(run.job):
        return _lanes(lives, run.now)
    indexes = {life.index for life in lives if life.index is not None} | set(range(run.job.spec.completions or 0))
    return {
        _("index {n}").format(n=index): [life for life in lives if life.index == index] for index in sorted(indexes)
    }


def _lanes(lives: Iterable[PodLife], now: datetime) -> Mapping[str, Sequence[PodLife]]:
    """Each pod goes to the first row that is free when it is made."""
    lanes: list[list[PodLife]] = []
    for life in lives:
        free = (lane for lane in lanes if (lane[-1].ended or now) <= life.created)
        lane = next(free, None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(life)
    return {str(number): lane for number, lane in enumerate(lanes, 1)}


def _span(life: PodLife, start: datetime, until: datetime) -> Span:
    end = min(life.ended or until, until)
    kind, word = _kind(life)
    return Span((life.created - start).total_seconds(), (end - start).total_seconds(), kind, word)


def _kind(life: PodLife) -> tuple[str, str]:
    if life.ended is None:
        return "well", _("runs")
    if life.deleted is not None and life.deleted <= life.ended:
        return "waits", _("deleted")
    if life.pod.status.phase == "Succeeded":
        return "now", _("done")
    return "bad", _("exit {code}").format(code=_exit_code(life))


def _exit_code(life: PodLife) -> int:
    ended = life.pod.status.container_statuses[0].state.terminated
    return ended.exit_code if ended else 0


def _number(lives: Sequence[PodLife]) -> str:
    if not lives:
        return _("no pod")
    if lives[-1].restarts:
        return _("{n} restarts").format(n=len(lives[-1].restarts))
    return _("1 pod") if len(lives) == 1 else _("{n} pods").format(n=len(lives))
