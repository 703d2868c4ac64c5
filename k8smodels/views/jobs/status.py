"""What the Job controller wrote, and what kubectl shows of it.

References
----------
pkg/printers/internalversion/printers.go: printJob (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from k8smodels.api.batch import Job, JobCondition
from k8smodels.api.times import parse_optional_time
from k8smodels.i18n import _
from k8smodels.views.html import Html, el
from k8smodels.views.isolation import grid
from k8smodels.views.jobs.times import human_duration
from k8smodels.views.text import columns
from k8smodels.workloads import JobRun

__all__ = ["condition_table", "job_line", "pod_table"]

_SHOWN = (
    ("Complete", "Complete"),
    ("Failed", "Failed"),
    ("Suspended", "Suspended"),
    ("FailureTarget", "FailureTarget"),
    ("SuccessCriteriaMet", "SuccessCriteriaMet"),
)


def job_line(job: Job, now: datetime) -> str:
    """What ``kubectl get jobs`` prints."""
    true = {each.type for each in job.status.conditions if each.status == "True"}
    status = next((word for kind, word in _SHOWN if kind in true), "Running")
    head = ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"]
    age = now - (parse_optional_time(job.metadata.creation_timestamp) or now)
    return columns(head, [[job.name, status, _completions(job), _duration(job, now), human_duration(age)]])


def _completions(job: Job) -> str:
    wanted, parallelism = job.spec.completions, job.spec.parallelism or 0
    if wanted is not None:
        return f"{job.status.succeeded}/{wanted}"
    return f"{job.status.succeeded}/1 of {parallelism}" if parallelism > 1 else f"{job.status.succeeded}/1"


def _duration(job: Job, now: datetime) -> str:
    start = parse_optional_time(job.status.start_time)
    if start is None:
        return ""
    return human_duration((parse_optional_time(job.status.completion_time) or now) - start)


def condition_table(run: JobRun) -> Html:
    """A row whenever the conditions changed: when, the counts then, and what is new."""
    rows, before = list[Sequence[str | Html]](), tuple[JobCondition, ...]()
    for at, status in run.statuses:
        new = [each for each in status.conditions if each not in before]
        before = status.conditions
        counts = _("{active} / {succeeded} / {failed}").format(
            active=status.active, succeeded=status.succeeded, failed=status.failed
        )
        rows += [(_at(run, at), _condition(each), el("code", each.reason), counts) for each in new]
    if not rows:
        return el("p", _("The Job has no condition yet."), class_="muted")
    return grid([_("at"), _("condition"), _("reason"), _("active / succeeded / failed")], rows)


def _condition(condition: JobCondition) -> Html:
    kind = {"Failed": "no", "FailureTarget": "no", "Complete": "ok", "SuccessCriteriaMet": "ok"}
    word = condition.type if condition.status == "True" else f"{condition.type}=False"
    return el("span", el("b", word), class_=f"v nw {kind.get(condition.type, 'wait')}")


def pod_table(run: JobRun, names: Iterable[str]) -> Html:
    """A row a pod: when it was made and when it ended, how, and how long its place stayed empty before it."""
    rows, ended = list[Sequence[str]](), None
    for number, name in enumerate(names, 1):
        life = run.lives[name]
        wait = human_duration(life.created - ended) if ended else "–"
        rows.append((str(number), wait, _at(run, life.created), _at(run, life.ended) if life.ended else _("runs")))
        ended = life.ended
    return grid([_("pod"), _("waited"), _("made at"), _("ended at")], rows)


def _at(run: JobRun, moment: datetime) -> str:
    return human_duration(moment - run.start)
