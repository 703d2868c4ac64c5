"""``kubectl describe cronjob``.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeCronJob, describeJobTemplate; pkg/apis/batch/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.batch import CronJob, JobSpec
from k8smodels.controlplane.kubectl.ages import rfc1123
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.template import template
from k8smodels.controlplane.kubectl.describe.writer import Writer

UNSET = "<unset>"


def describe_cron_job(out: Writer, item: CronJob, _call: Call) -> None:
    """A CronJob with its schedule, its rules and what it makes."""
    spec, status = item.spec, item.status
    kept, failed = spec.successful_jobs_history_limit, spec.failed_jobs_history_limit
    deadline = spec.starting_deadline_seconds
    out.head(item.metadata)
    out.marks(item.metadata)
    out.field("Schedule", spec.schedule)
    out.field("Concurrency Policy", spec.concurrency_policy or "Allow")
    out.field("Suspend", spec.suspend)
    out.field("Time Zone", UNSET if spec.time_zone is None else spec.time_zone)
    out.field("Successful Job History Limit", 3 if kept is None else kept)
    out.field("Failed Job History Limit", 1 if failed is None else failed)
    out.field("Starting Deadline Seconds", UNSET if deadline is None else f"{deadline}s")
    _job(out, spec.job_template.spec)
    out.field("Last Schedule Time", rfc1123(status.last_schedule_time) if status.last_schedule_time else UNSET)
    out.field("Active Jobs", ", ".join(each.name for each in status.active) or "<none>")


def _job(out: Writer, spec: JobSpec) -> None:
    out.field("Selector", UNSET)
    out.field("Parallelism", UNSET if spec.parallelism is None else spec.parallelism)
    out.field("Completions", UNSET if spec.completions is None else spec.completions)
    if spec.active_deadline_seconds is not None:
        out.field("Active Deadline Seconds", f"{spec.active_deadline_seconds}s")
    template(out, spec.template)
