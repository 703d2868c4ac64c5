"""Jobs and CronJobs: pods that run to completion, once or on a schedule.

References
----------
staging/src/k8s.io/api/batch/v1/types.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import Condition, KubernetesObject, ObjectMeta
from k8smodels.api.pod import PodTemplateSpec
from k8smodels.api.structure import Struct, struct


@struct
class PodFailurePolicyOnExitCodesRequirement(Struct):
    """Exit codes that a rule is about, of one container or of any."""

    container_name: str | None = None
    operator: str = ""
    values: tuple[int, ...] = ()


@struct
class PodFailurePolicyOnPodConditionsPattern(Struct):
    """A condition of a failed pod; its status is ``True`` where none is given."""

    type: str = ""
    status: str = ""


@struct
class PodFailurePolicyRule(Struct):
    """What a failed pod of that kind means: ``FailJob``, ``FailIndex``, ``Ignore`` or ``Count``."""

    action: str = ""
    on_exit_codes: PodFailurePolicyOnExitCodesRequirement | None = None
    on_pod_conditions: tuple[PodFailurePolicyOnPodConditionsPattern, ...] = ()


@struct
class PodFailurePolicy(Struct):
    """Rules for failed pods; the first that matches counts."""

    rules: tuple[PodFailurePolicyRule, ...] = ()


@struct
class SuccessPolicyRule(Struct):
    """Indexes, and how many of them, whose success is enough."""

    succeeded_indexes: str | None = None
    succeeded_count: int | None = None


@struct
class SuccessPolicy(Struct):
    """Rules for an early success; the first that is met counts."""

    rules: tuple[SuccessPolicyRule, ...] = ()


@struct
class JobSpec(Struct):
    """How many pods run to completion, and what happens to failed ones."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"selector", "manualSelector", "managedBy", "scheduling"})

    parallelism: int | None = None
    completions: int | None = None
    completion_mode: str = ""
    active_deadline_seconds: int | None = None
    backoff_limit: int | None = None
    backoff_limit_per_index: int | None = None
    max_failed_indexes: int | None = None
    pod_failure_policy: PodFailurePolicy | None = None
    success_policy: SuccessPolicy | None = None
    pod_replacement_policy: str = ""
    ttl_seconds_after_finished: int | None = None
    suspend: bool = False
    template: PodTemplateSpec = PodTemplateSpec()


@struct
class JobCondition(Condition):
    """One condition of a Job, e.g. ``Complete``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"lastProbeTime"})


@struct
class JobStatus(Struct):
    """What became of a Job's pods."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"uncountedTerminatedPods"})

    conditions: tuple[JobCondition, ...] = ()
    start_time: str = ""
    completion_time: str = ""
    active: int = 0
    ready: int | None = None
    succeeded: int = 0
    failed: int = 0
    terminating: int | None = None
    completed_indexes: str = ""
    failed_indexes: str | None = None


@struct
class Job(KubernetesObject):
    """Pods that run to completion."""

    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "Job"

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    @property
    def finished(self) -> str:
        """``Complete`` or ``Failed``; empty while it may still run."""
        true = [condition.type for condition in self.status.conditions if condition.status == "True"]
        return next((kind for kind in true if kind in ("Complete", "Failed")), "")


@struct
class JobTemplateSpec(Struct):
    """The Job that a CronJob makes copies of."""

    metadata: ObjectMeta = ObjectMeta()
    spec: JobSpec = JobSpec()


@struct
class CronJobSpec(Struct):
    """When Jobs start, and what happens if one is missed or still runs."""

    schedule: str = ""
    time_zone: str | None = None
    starting_deadline_seconds: int | None = None
    concurrency_policy: str = ""
    suspend: bool = False
    job_template: JobTemplateSpec = JobTemplateSpec()
    successful_jobs_history_limit: int | None = None
    failed_jobs_history_limit: int | None = None


@struct
class ActiveJob(Struct):
    """A reference to a Job that runs."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"fieldPath", "resourceVersion"})

    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""


@struct
class CronJobStatus(Struct):
    """Which Jobs run, and when one was last started and last succeeded."""

    active: tuple[ActiveJob, ...] = ()
    last_schedule_time: str = ""
    last_successful_time: str = ""


@struct
class CronJob(KubernetesObject):
    """Jobs on a schedule."""

    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "CronJob"

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
