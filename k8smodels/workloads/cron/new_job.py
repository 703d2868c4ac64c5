"""The Job that a CronJob starts.

References
----------
pkg/controller/cronjob/utils.go: getJobFromTemplate2; cronjob_controllerv2.go: getJobName (v1.37)
"""

from __future__ import annotations

from datetime import datetime

from k8smodels.api.batch import CronJob, Job
from k8smodels.api.meta import ObjectMeta, controller_reference
from k8smodels.workloads.cron.zones import load_zone

SCHEDULED_TIMESTAMP = "batch.kubernetes.io/cronjob-scheduled-timestamp"


def job_name(cron_job: CronJob, scheduled: datetime) -> str:
    """The name of the Job of that time: the same start cannot happen twice."""
    return f"{cron_job.name}-{int(scheduled.timestamp()) // 60}"


def job_of(cron_job: CronJob, due: datetime) -> Job:
    """The Job that `cron_job` starts for that time; its UID is made from its name."""
    template = cron_job.spec.job_template
    name = job_name(cron_job, due)
    zone = load_zone(cron_job.spec.time_zone or "")
    scheduled = due.astimezone(zone).isoformat().replace("+00:00", "Z")
    meta = ObjectMeta(
        name=name,
        namespace=cron_job.metadata.namespace,
        uid=f"job-{name}",
        labels=template.metadata.labels,
        annotations={**template.metadata.annotations, SCHEDULED_TIMESTAMP: scheduled},
        owner_references=(controller_reference(cron_job),),
    )
    return Job(metadata=meta, spec=template.spec)
