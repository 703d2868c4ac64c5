"""The diagnosis of the chapter on Jobs: what a terminal shows, what it comes from, and what to change."""

from __future__ import annotations

from datetime import timedelta

from k8smodels.explore import Task
from k8smodels.i18n import _
from k8smodels.scenes.diagnosis import Case, cause_and_remedy
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.jobs import FILM_SECONDS, broken, films, job_of, listing, lived, make_job
from k8smodels.scenes.jobs_cron import NOON, cron_job
from k8smodels.views.services import terminal
from k8smodels.views.text import columns
from k8smodels.workloads import CronRun, Event, JobRun, Work

__all__ = ["cases", "diagnose"]


def diagnose(seed: int) -> Task:
    """Show a terminal, and ask for the cause and the remedy."""
    found = cases()
    case = found[seed % len(found)]
    hints = [
        _("The reason of the last event names the rule that ended the Job."),
        _("Then compare counts and times: who ended, who was deleted, and after how long?"),
    ]
    return cause_and_remedy(terminal(case.text, _("A terminal")), case, found, dice_of(seed), hints)


def cases() -> tuple[Case, ...]:
    """All of them; what they print comes from runs of the models."""
    return (
        Case(
            _shown(lived(make_job(activeDeadlineSeconds=600), lambda _index, _before: Work(FILM_SECONDS))),
            _("The work takes longer than the Job may be active."),
            _("Set a longer activeDeadlineSeconds, or split the work."),
            _("No pod had failed by itself. Which clock had run out?"),
        ),
        Case(
            _shown(lived(make_job(policy="OnFailure", backoffLimit=3), lambda _index, _before: Work(5, 1))),
            _("The container was restarted in place up to the limit, and its pod was deleted: no log is left."),
            _("Take restartPolicy: Never, so that each failed pod stays and can be asked."),
            _("There was a single pod, and it was deleted. Who had started its container again?"),
        ),
        Case(
            _shown(_policy()),
            _("A rule of the failure policy says that this exit code can never get better."),
            _("Mend the input that the program refuses; a retry cannot help."),
            _("There was a single failure, far below the limit. Read the message: which rule is named?"),
        ),
        Case(
            _cron(_overlapping()),
            _("Jobs take longer than the time between two starts, and the policy forbids two at once."),
            _("Start less often, or make the Job faster."),
            _("Read the reason of the event that comes so often."),
        ),
        Case(
            _cron(_late()),
            _("The controller was away for longer than startingDeadlineSeconds."),
            _("Set a longer startingDeadlineSeconds, or none."),
            _("A start is missed for good only if it is too late. What says how late it may be?"),
        ),
        Case(
            _shown(lived(films(), broken)),
            _("One index fails again and again, and all share one budget of failures."),
            _("Set backoffLimitPerIndex."),
            _("Nine pods were deleted while they ran. Whose failures had used up the limit?"),
        ),
    )


def _policy() -> JobRun:
    rule = {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}}
    job = make_job(backoffLimit=6, podFailurePolicy={"rules": [rule]})
    return lived(job, lambda _index, _before: Work(5, 42))


def _shown(run: JobRun) -> str:
    """``kubectl get jobs``, the counts of ``kubectl describe job``, and its last events."""
    status = job_of(run).status
    counts = (
        f"{status.active} Active ({status.ready or 0} Ready) / {status.succeeded} Succeeded / {status.failed} Failed"
    )
    spec = job_of(run).spec
    lines = [f"Backoff Limit:   {spec.backoff_limit}"]
    if spec.active_deadline_seconds is not None:
        lines.append(f"Active Deadline Seconds:  {spec.active_deadline_seconds}s")
    events = _events([event for _at, event in run.events][-4:])
    head = f"$ kubectl get jobs\n{listing(run)}\n\n$ kubectl describe job {job_of(run).name}"
    return "\n".join([head, "...", *lines, f"Pods Statuses:   {counts}", "Events:", *events])


def _events(events: list[Event]) -> list[str]:
    rows = [["Warning" if event.warning else "Normal", event.reason, event.message] for event in events]
    return [f"  {line}" for line in columns(["Type", "Reason", "Message"], rows).splitlines()]


def _overlapping() -> CronRun:
    run = CronRun(
        cron_job(concurrencyPolicy="Forbid"), NOON - timedelta(minutes=1), lambda _name: timedelta(minutes=25)
    )
    run.until(NOON + timedelta(hours=2))
    return run


def _late() -> CronRun:
    spec = {"startingDeadlineSeconds": 200}
    run = CronRun(cron_job("0 * * * *", **spec), NOON - timedelta(minutes=1), lambda _name: timedelta(minutes=4))
    run.until(NOON + timedelta(minutes=50))
    run.stop(NOON + timedelta(minutes=95))
    return run


def _cron(run: CronRun) -> str:
    """The spec's lines of ``kubectl describe cronjob``, the last start, and the last events."""
    spec, status = run.cron_job.spec, run.cron_job.status
    deadline = spec.starting_deadline_seconds
    lines = [
        f"Schedule:                   {spec.schedule}",
        f"Concurrency Policy:         {spec.concurrency_policy or 'Allow'}",
        f"Starting Deadline Seconds:  {f'{deadline}s' if deadline else '<unset>'}",
        f"Last Schedule Time:         {status.last_schedule_time}",
    ]
    events = [record.event for record in run.log if record.event]
    now = f"$ date -u +%T\n{run.now:%H:%M:%S}\n$ kubectl describe cronjob report"
    return "\n".join([now, "...", *lines, "Events:", *_events(events[-4:])])
