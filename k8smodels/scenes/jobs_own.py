"""The reader's own Job: refused as the API server would, or played with a failure of choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from k8smodels.api.batch import Job
from k8smodels.i18n import _
from k8smodels.scenes.jobs import BROKEN, FILM_SECONDS, end_of, job_of, listing, lived
from k8smodels.scenes.one_object import one_object
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.jobs import condition_table, human_duration, job_bars
from k8smodels.views.services import terminal
from k8smodels.workloads import Indexes, JobRun, Work
from k8smodels.workloads.job.spec import defaulted, is_indexed
from k8smodels.workloads.job.validation import validate_job
from k8smodels.workloads.job.work import Script

_TEMPLATE = """\
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: convert, image: convert:1}
"""
EXAMPLES: Mapping[str, str] = {
    "four indexes, two at once": f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: films}}
spec:
  completionMode: Indexed
  completions: 4
  parallelism: 2
  backoffLimit: 2
{_TEMPLATE}""",
    "a budget for each index": f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: films}}
spec:
  completionMode: Indexed
  completions: 4
  parallelism: 4
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
    - action: FailIndex
      onExitCodes: {{operator: In, values: [42]}}
    - action: Ignore
      onPodConditions: [{{type: DisruptionTarget}}]
{_TEMPLATE}""",
    "as short as can be": f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: films}}
spec:
{_TEMPLATE}""",
    "no restartPolicy": """\
apiVersion: batch/v1
kind: Job
metadata: {name: films}
spec:
  template:
    spec:
      containers:
      - {name: convert, image: convert:1}
""",
    "several mistakes": """\
apiVersion: batch/v1
kind: Job
metadata: {name: films}
spec:
  completions: 4
  backoffLimitPerIndex: 1
  podFailurePolicy:
    rules:
    - action: FailIndex
      onExitCodes: {containerName: film, operator: In, values: [42, 0]}
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - {name: convert, image: convert:1}
""",
}
FAILURES: Mapping[str, str] = {
    "none": "all succeed",
    "once": "the first pod exits with 1, once",
    "always": "index 1 (or every pod) always exits with 1",
    "42": "the first pod exits with 42",
    "evicted": "the first pod is evicted",
}
MOST_AT_ONCE, MOST_COMPLETIONS = 20, 40
SECONDS = 20


def own(text: str, failure: str) -> Frame:
    """The Job in `text`, for an hour at most.

    Raises
    ------
    ValueError
        The API server refuses it, or it is too large to draw.
    """
    run = played(checked(text), failure)
    html = join([job_bars(run, end_of(run)), condition_table(run), terminal(listing(run), "kubectl get jobs")])
    job, length = job_of(run), human_duration(end_of(run) - run.start)
    if not job.finished:
        return Frame(html, _("It has not ended after {time}.").format(time=length))
    says = _("**{end}** after {time}: {done} succeeded, {failed} failed.")
    counts = {"done": job.status.succeeded, "failed": job.status.failed}
    return Frame(html, says.format(end=job.finished, time=length, **counts))


def checked(text: str) -> Job:
    """The one Job in `text`, with defaults; errors as of `own`."""
    job = defaulted(one_object(text, Job))
    validate_job(job)
    if (job.spec.parallelism or 0) > MOST_AT_ONCE or (job.spec.completions or 0) > MOST_COMPLETIONS:
        says = _("The figure takes at most {n} pods at once and {all} completions.")
        raise ValueError(says.format(n=MOST_AT_ONCE, all=MOST_COMPLETIONS))
    return job


def played(job: Job, failure: str) -> JobRun:
    """A run of `job` with one of the `FAILURES`; its time to live is left aside."""
    kept = replace(job, spec=replace(job.spec, ttl_seconds_after_finished=None))
    return lived(kept, _script(failure))


def _script(failure: str) -> Script:
    first = {"once": Work(5, 1), "42": Work(5, 42), "evicted": Work(5, 143, "DisruptionTarget")}.get(failure)

    def work(index: int | None, before: int) -> Work:
        if failure == "always" and index in (None, 1):
            return Work(5, 1)
        return first if first and before == 0 and not index else Work(SECONDS)

    return work


# The exercise with the reader's own input.

DAMAGED, EVICTED, FILMS = 5, 7, 10


def films_check(text: str) -> str:
    """Say in one sentence whether the Job in `text` does what the exercise asks for."""
    try:
        job = checked(text)
    except ValueError as error:
        return str(error)
    if not is_indexed(job) or job.spec.completions != FILMS:
        return _("Not yet: ten films need completionMode: Indexed and completions: {n}.").format(n=FILMS)
    run = lived(job, _films_work)
    status = job_of(run).status
    missing = [str(i) for i in range(FILMS) if i not in (BROKEN, DAMAGED) and i not in _done(run)]
    tried = [len([life for life in run.lives.values() if life.index == index]) for index in (BROKEN, DAMAGED)]
    if missing:
        return _("Not yet: these films are not converted: {films}.").format(films=", ".join(missing))
    if tried[1] != 1:
        return _("Not yet: film {film} is tried {n} times.").format(film=DAMAGED, n=tried[1])
    if status.failed > tried[0] + 1:
        return _("Not yet: the eviction of film {film} was counted as a failure.").format(film=EVICTED)
    return _("Done: {indexes} are converted, {failed} failed.").format(
        indexes=status.completed_indexes, failed=status.failed_indexes
    )


def _done(run: JobRun) -> Indexes:
    return Indexes.parse(job_of(run).status.completed_indexes, FILMS)


def _films_work(index: int | None, before: int) -> Work:
    if index == BROKEN:
        return Work(5, 1)
    if index == DAMAGED:
        return Work(5, 42)
    return Work(5, 143, "DisruptionTarget") if index == EVICTED and before == 0 else Work(FILM_SECONDS)
