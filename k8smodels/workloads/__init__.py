"""Controllers that keep pods running.

Each controller is a function from what it sees and the present to what it writes: `sync_deployment`,
`sync_replica_set`, `sync_job`, `sync_cron_job`, and `reconcile` of an autoscaler. Their results carry the reasons: the
arithmetic of a rollout, the rule that put one pod before another, the condition that ended a Job. `DeploymentWorld`
moves a rollout by hand, one sync, one edit, one pod that becomes ready at a time::

    from k8smodels.api.kinds import load
    from k8smodels.workloads import DeploymentWorld

    (web,) = load(manifest)
    world = DeploymentWorld.of(web).sync()
    for scaling in world.scalings:
        message, reason = scaling.message, scaling.reason

`JobRun` and `CronRun` let a Job or a CronJob live: a script says what its pods do, and when they fail::

    from k8smodels.workloads import JobRun, Work

    run = JobRun(job, lambda index, before: Work(5, 1) if index == 3 else Work(60))

All time is virtual: `now` is always a parameter. What each model leaves out stands in its module.
"""

from k8smodels.workloads.autoscaling.limits import limit, limit_by_behavior
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import PodSample, Samples
from k8smodels.workloads.cron.missed import Missed, missed_starts, next_look, schedule_of
from k8smodels.workloads.cron.run import CronRecord, CronRun
from k8smodels.workloads.cron.schedule import ClockSchedule, EverySchedule, parse_schedule
from k8smodels.workloads.cron.sync import CronJobSync, sync_cron_job
from k8smodels.workloads.deployment.fenceposts import Fenceposts, resolve_fenceposts
from k8smodels.workloads.deployment.history import RollbackError, undo
from k8smodels.workloads.deployment.state import Scaling, Sync
from k8smodels.workloads.deployment.sync import sync_deployment
from k8smodels.workloads.deployment.world import DeploymentWorld
from k8smodels.workloads.events import Correlator, Event
from k8smodels.workloads.job.backoff import Backoff
from k8smodels.workloads.job.indexes import Indexes
from k8smodels.workloads.job.policies import Verdict, judge
from k8smodels.workloads.job.run import JobRun, PodLife
from k8smodels.workloads.job.sync import sync_job
from k8smodels.workloads.job.tracking import JobSync
from k8smodels.workloads.job.ttl import expires_at
from k8smodels.workloads.job.work import Work
from k8smodels.workloads.replicaset.deletion_order import Doomed, pods_to_delete
from k8smodels.workloads.replicaset.sync import ReplicaSetSync, sync_replica_set
from k8smodels.workloads.templates import expand

__all__ = [
    "Backoff",
    "ClockSchedule",
    "Correlator",
    "CronJobSync",
    "CronRecord",
    "CronRun",
    "DeploymentWorld",
    "Doomed",
    "Event",
    "EverySchedule",
    "Fenceposts",
    "Indexes",
    "JobRun",
    "JobSync",
    "Memory",
    "Missed",
    "PodLife",
    "PodSample",
    "Reconciliation",
    "ReplicaSetSync",
    "RollbackError",
    "Samples",
    "Scaling",
    "Sync",
    "Verdict",
    "Work",
    "expand",
    "expires_at",
    "judge",
    "limit",
    "limit_by_behavior",
    "missed_starts",
    "next_look",
    "parse_schedule",
    "pods_to_delete",
    "reconcile",
    "resolve_fenceposts",
    "schedule_of",
    "sync_cron_job",
    "sync_deployment",
    "sync_job",
    "sync_replica_set",
    "undo",
]
