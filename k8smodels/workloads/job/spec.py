"""A Job's spec with the API's defaults.

References
----------
pkg/apis/batch/v1/defaults.go: SetDefaults_Job (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.batch import Job

NO_LIMIT = 2**31 - 1


def defaulted(job: Job) -> Job:
    """`job` as the API server stores it, as far as the controller reads it. Defaulting twice changes nothing more."""
    spec = job.spec
    alone = spec.completions is None and spec.parallelism is None
    filled = replace(
        spec,
        completions=1 if alone else spec.completions,
        parallelism=1 if spec.parallelism is None else spec.parallelism,
        backoff_limit=_backoff_limit(job) if spec.backoff_limit is None else spec.backoff_limit,
        completion_mode=spec.completion_mode or "NonIndexed",
        pod_replacement_policy=spec.pod_replacement_policy or _replacement(job),
    )
    return replace(job, spec=filled)


def is_indexed(job: Job) -> bool:
    """Whether each completion has an index of its own."""
    return job.spec.completion_mode == "Indexed"


def counts_per_index(job: Job) -> bool:
    """Whether failures are counted for each index."""
    return job.spec.backoff_limit_per_index is not None


def replaces_only_failed(job: Job) -> bool:
    """Whether a deleted pod is replaced only when it has ended: by default with a pod failure policy."""
    return (job.spec.pod_replacement_policy or _replacement(job)) == "Failed"


def _replacement(job: Job) -> str:
    return "TerminatingOrFailed" if job.spec.pod_failure_policy is None else "Failed"


def _backoff_limit(job: Job) -> int:
    return NO_LIMIT if counts_per_index(job) else 6
