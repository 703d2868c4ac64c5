"""Scenes of the chapter on Jobs: pods that run to completion, fail, wait and are given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from k8smodels.api.batch import Job
from k8smodels.i18n import _, ngettext
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.jobs import condition_table, human_duration, job_bars, job_line, pod_table
from k8smodels.views.services import terminal
from k8smodels.workloads import JobRun, Work
from k8smodels.workloads.job.work import Script

HOUR = timedelta(hours=1)
BROKEN, FILM_SECONDS = 3, 1200
"""The film whose program exits with 1, and how long each other one takes."""


def make_job(name: str = "films", *, policy: str = "Never", container: str = "convert", **spec: Any) -> Job:
    """A Job with one container, with `spec` in the API's own spelling."""
    containers = [{"name": container, "image": f"{container}:1"}]
    template = {"spec": {"restartPolicy": policy, "containers": containers}}
    metadata = {"name": name, "namespace": "studio"}
    return Job.from_json({"metadata": metadata, "spec": {"template": template} | spec})


def lived(job: Job, script: Script, length: timedelta = HOUR, termination: float = 2) -> JobRun:
    """A run of `job` until it has ended, or for `length`."""
    run = JobRun(job, script, termination=timedelta(seconds=termination))
    run.until(run.start + length)
    return run


def end_of(run: JobRun) -> datetime:
    """When the last thing happened that a picture should show."""
    ends = [life.ended or run.now for life in run.lives.values()]
    last = max([*ends, *(at for at, _status in run.statuses)], default=run.now)
    return min(last, run.now) if last > run.start else run.start + timedelta(seconds=1)


def job_of(run: JobRun) -> Job:
    """The Job of a run that keeps it.

    Raises
    ------
    ValueError
        Its time to live is over.
    """
    if run.job is None:
        raise ValueError(_("The Job is gone: its ttlSecondsAfterFinished is over."))
    return run.job


def listing(run: JobRun) -> str:
    """What kubectl prints of the Job at its end."""
    return job_line(job_of(run), end_of(run))


# The puzzle: ten films, one of them broken.


def broken(index: int | None, _before: int) -> Work:
    """Film 3 fails after 5 s; each other one takes 20 minutes."""
    return Work(5, 1) if index == BROKEN else Work(FILM_SECONDS)


def indexed(completions: int, parallelism: int | None = None) -> dict[str, Any]:
    """The fields of an Indexed Job."""
    parallelism = completions if parallelism is None else parallelism
    return {"completionMode": "Indexed", "completions": completions, "parallelism": parallelism}


def films(**spec: Any) -> Job:
    """Ten films at once."""
    return make_job(**indexed(10) | spec)


def puzzle() -> Frame:
    """The Job as the API server fills it in, for an hour."""
    run = lived(films(), broken)
    says = _("After {time} the Job is **{end}**: {n} films are converted.")
    words = says.format(
        time=human_duration(end_of(run) - run.start), end=job_of(run).finished, n=job_of(run).status.succeeded
    )
    return Frame(join([job_bars(run, end_of(run)), terminal(listing(run), "kubectl get jobs")]), words)


# Three shapes of a Job.

SHAPES: Mapping[str, str] = {
    "count": "a fixed count",
    "Indexed": "an index each",
    "queue": "a work queue",
}
TASKS = (40, 25, 30, 20, 35, 15)
"""How long six tasks take, in seconds."""


def shape(kind: str, parallelism: int) -> Frame:
    """Six tasks, done by a Job of one of three kinds."""
    fields: dict[str, Any] = {"parallelism": parallelism}
    if kind != "queue":
        fields["completions"] = len(TASKS)
    if kind == "Indexed":
        fields["completionMode"] = "Indexed"
    workers = [0.0] * parallelism
    for task in TASKS:
        workers[workers.index(min(workers))] += task
    started = iter(workers if kind == "queue" else TASKS)
    run = lived(make_job(**fields), lambda index, _before: Work(next(started, 1) if index is None else TASKS[index]))
    words = {
        "count": _("**{pods}** pods, one for each completion. Which pod does which task is not the Job's concern."),
        "Indexed": _("**{pods}** pods. Each is told its index, and that says which task is its own."),
        "queue": _("**{pods}** pods fetch tasks themselves until none is left. The first success says: no new pods."),
    }
    yaml = ", ".join(f"{name}: {value}" for name, value in fields.items())
    html = join([el("p", el("code", yaml)), job_bars(run, end_of(run)), terminal(listing(run), "kubectl get jobs")])
    return Frame(html, words[kind].format(pods=len(run.lives)))


# Retries.

WORK_SECONDS = 5


def retried(policy: str, failures: int, limit: int) -> Frame:
    """A pod that fails so often before it succeeds; who starts it again, and when."""
    job = make_job(policy=policy, backoffLimit=limit)
    run = lived(job, lambda _index, before: Work(WORK_SECONDS, int(before < failures)), 2 * HOUR)
    parts = [job_bars(run, end_of(run))]
    parts.append(pod_table(run, run.lives) if policy == "Never" else _restarts(run))
    length = human_duration(end_of(run) - run.start)
    count = len(run.lives)
    if job_of(run).finished == "Complete":
        says = ngettext("**Complete** after {time}, with {n} pod.", "**Complete** after {time}, with {n} pods.", count)
    else:
        says = ngettext(
            "**Failed** after {time}, with {n} pod: BackoffLimitExceeded.",
            "**Failed** after {time}, with {n} pods: BackoffLimitExceeded.",
            count,
        )
    return Frame(join(parts), says.format(time=length, n=count))


def _restarts(run: JobRun) -> Any:
    """When the one pod's container was started again."""
    (life,) = run.lives.values()
    starts = [human_duration(moment - run.start) for moment in life.restarts]
    text = _("The container starts again at: {times}.").format(times=", ".join(starts))
    return el("p", text if starts else _("The container is not started again."))


def gaps(failures: int) -> list[int]:
    """The seconds that the controller waits after each of so many failures."""
    run = lived(make_job(backoffLimit=failures), lambda _index, _before: Work(WORK_SECONDS, 1), 3 * HOUR)
    lives = list(run.lives.values())
    ends = [life.ended or run.now for life in lives]
    return [round((life.created - end).total_seconds()) for end, life in zip(ends, lives[1:], strict=False)]


# One budget for all, or one for each index.

BUDGETS: Mapping[str, str] = {
    "6": "backoffLimit: 6 (default)",
    "1": "backoffLimit: 1",
    "each": "backoffLimitPerIndex: 1",
    "stop": "the same, maxFailedIndexes: 0",
}
_BUDGETS: Mapping[str, dict[str, int]] = {
    "6": {},
    "1": {"backoffLimit": 1},
    "each": {"backoffLimitPerIndex": 1},
    "stop": {"backoffLimitPerIndex": 1, "maxFailedIndexes": 0},
}
FAILS: Mapping[int, str] = {0: "never", 1: "once", 2: "twice", 99: "always"}
INDEXES, INDEX_SECONDS = 5, 30


def budget(limits: str, fails: int, parallelism: int) -> Frame:
    """Five indexes, of which index 1 fails so often."""
    run = lived(
        make_job(**indexed(INDEXES, parallelism) | _BUDGETS[limits]),
        lambda index, before: Work(WORK_SECONDS, 1) if index == 1 and before < fails else Work(INDEX_SECONDS),
    )
    html = join([job_bars(run, end_of(run)), condition_table(run), _indexes(run)])
    return Frame(html, _ended_as(run))


def _indexes(run: JobRun) -> Any:
    status = job_of(run).status
    lines = [("completedIndexes", status.completed_indexes), ("failedIndexes", status.failed_indexes)]
    shown = [f"{name}: {text}" for name, text in lines if text]
    return el("p", el("code", "  ".join(shown))) if shown else None


def _ended_as(run: JobRun) -> str:
    status, length = job_of(run).status, human_duration(end_of(run) - run.start)
    if job_of(run).finished == "Complete":
        return _("**Complete** after {time}: {n} succeeded.").format(time=length, n=status.succeeded)
    reason = next((each.reason for each in status.conditions if each.type == "Failed"), "")
    says = _("**Failed** after {time}: {reason}. {done} succeeded, {failed} pods failed.")
    return says.format(time=length, reason=reason, done=status.succeeded, failed=status.failed)
