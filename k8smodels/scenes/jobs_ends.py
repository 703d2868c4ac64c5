"""Scenes about the end of a Job, and about pods that are taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from k8smodels.i18n import _
from k8smodels.scenes.jobs import HOUR, end_of, indexed, job_of, lived, make_job
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.jobs import condition_table, human_duration, job_bars
from k8smodels.views.runtime import Span, span_bars
from k8smodels.workloads import JobRun, Work

ENDS: Mapping[str, str] = {
    "complete": "all completions",
    "leader": "successPolicy: index 0",
    "count": "successPolicy: any 2",
    "deadline": "activeDeadlineSeconds: 20",
    "failed": "backoffLimit: 0",
}
_ENDS: Mapping[str, dict[str, Any]] = {
    "complete": {},
    "leader": {"successPolicy": {"rules": [{"succeededIndexes": "0"}]}},
    "count": {"successPolicy": {"rules": [{"succeededCount": 2}]}},
    "deadline": {"activeDeadlineSeconds": 20},
    "failed": {"backoffLimit": 0},
}
_LENGTHS = (15, 25, 40)


def ends(kind: str, termination: int) -> Frame:
    """Three indexes, and a Job that ends in one of several ways; a deleted pod takes `termination` seconds."""
    code = int(kind == "failed")
    run = lived(
        make_job(**indexed(3) | _ENDS[kind]),
        lambda index, _before: Work(_LENGTHS[index or 0], code if index == 0 else 0),
        termination=termination,
    )
    return Frame(join([job_bars(run, end_of(run)), condition_table(run)]), _two_steps(run))


def _two_steps(run: JobRun) -> str:
    first = job_of(run).status.conditions
    times = [at for at, status in run.statuses if status.conditions]
    gap = human_duration(times[-1] - times[0])
    if times[-1] == times[0]:
        return _("Both conditions come at once: no pod is left that would have to end.")
    says = _("`{first}` comes first; `{last}` follows {gap} later, when the last pod is gone.")
    return says.format(first=first[0].type, last=first[-1].type, gap=gap)


# A pod that is taken away.


def replaced(policy: str, takes: int) -> Frame:
    """A pod is deleted after 10 s and needs `takes` seconds to end; the next one starts at once or later."""
    job = make_job(podReplacementPolicy=policy, completionMode="Indexed", completions=1)
    run = JobRun(job, lambda _index, _before: Work(60), termination=timedelta(seconds=takes))
    run.until(run.start + timedelta(seconds=10))
    run.delete(next(iter(run.lives)))
    run.until(run.start + HOUR)
    first, second = list(run.lives.values())[:2]
    rows: Sequence[tuple[str, str]] = [
        (_("first pod deleted, ended"), f"{_second(run, first.deleted)}, {_second(run, first.ended)}"),
        (_("second pod made"), _second(run, second.created)),
    ]
    both = (first.ended or run.now) - second.created
    says = (
        _("For {time} **two pods** work on index 0.").format(time=human_duration(both))
        if both > timedelta()
        else _("Never two pods at once.")
    )
    table = el("ul", join(el("li", inline(f"{name}: **{value}**")) for name, value in rows))
    return Frame(join([_two_bars(run), table]), says)


def _second(run: JobRun, moment: datetime | None) -> str:
    return human_duration((moment or run.now) - run.start)


def _two_bars(run: JobRun) -> Html:
    """Two pods of one index, which may overlap."""
    length = (end_of(run) - run.start).total_seconds()
    rows = {
        _("pod {n}").format(n=number): [
            Span(
                (life.created - run.start).total_seconds(),
                ((life.ended or run.now) - run.start).total_seconds(),
                "waits" if life.deleted else "now",
                _("deleted") if life.deleted else _("done"),
            )
        ]
        for number, life in enumerate(run.lives.values(), 1)
    }
    return span_bars(rows, length, {})
