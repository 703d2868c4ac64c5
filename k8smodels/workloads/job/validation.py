"""What the API server refuses in a new Job, in its own words.

Left out: `managedBy`, `scheduling`, a selector of the reader's own, and metadata other than the name.

References
----------
pkg/apis/batch/validation/validation.go: ValidateJobCreate, validateJobSpec (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.batch import Job, JobSpec
from k8smodels.api.dns_names import dns_label_problems
from k8smodels.api.errors import FieldError, InvalidObject, invalid, required, unsupported, unsupported_in_order
from k8smodels.api.validation import NOT_NEGATIVE, validate
from k8smodels.workloads.job.policy_validation import failure_policy_errors, success_policy_errors
from k8smodels.workloads.job.spec import is_indexed

MAX_INDEXED_PARALLELISM = 100_000
"""Also the most failed indexes, and the completions from which on limits per index are stricter."""
MAX_PARALLELISM_OF_LARGE = 10_000

_AMOUNTS = (
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
)


def validate_job(job: Job) -> None:
    """Refuse what the API server would refuse in a Job that has its defaults (see `defaulted`).

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    common = _common(job)
    errors = [error for error in common if error.path.startswith("metadata")]
    errors += _spec_errors(job)
    errors += [error for error in common if not error.path.startswith("metadata")]
    errors += [*_restart_policy_errors(job.spec), *_name_errors(job)]
    if errors:
        raise InvalidObject("Job", job.name, errors)


def _common(job: Job) -> tuple[FieldError, ...]:
    """What is wrong with its name and its template."""
    try:
        validate(job)
    except InvalidObject as error:
        return error.errors
    return ()


def _spec_errors(job: Job) -> Iterator[FieldError]:
    spec = job.spec
    yield from _amount_errors(spec)
    if spec.max_failed_indexes is not None and spec.backoff_limit_per_index is None:
        yield required("spec.backoffLimitPerIndex", "when maxFailedIndexes is specified")
    if spec.completion_mode not in ("", "NonIndexed", "Indexed"):
        yield unsupported_in_order("spec.completionMode", spec.completion_mode, ("NonIndexed", "Indexed"))
    if is_indexed(job):
        yield from _indexed_errors(spec)
    elif spec.completion_mode in ("", "NonIndexed"):
        for name, value in _per_index(spec):
            if value is not None:
                yield invalid(f"spec.{name}", value, "requires indexed completion mode")
    if spec.pod_failure_policy is not None:
        yield from failure_policy_errors(spec)
    if spec.success_policy is not None:
        yield from success_policy_errors(spec)
    yield from _replacement_errors(spec)


def _amount_errors(spec: JobSpec) -> Iterator[FieldError]:
    fields = spec.to_json()
    for name in _AMOUNTS:
        if fields.get(name) is not None and fields[name] < 0:
            yield invalid(f"spec.{name}", fields[name], NOT_NEGATIVE)


def _per_index(spec: JobSpec) -> tuple[tuple[str, int | None], ...]:
    return ("backoffLimitPerIndex", spec.backoff_limit_per_index), ("maxFailedIndexes", spec.max_failed_indexes)


def _indexed_errors(spec: JobSpec) -> Iterator[FieldError]:
    if spec.completions is None:
        yield required("spec.completions", "when completion mode is Indexed")
    if (spec.parallelism or 0) > MAX_INDEXED_PARALLELISM:
        detail = f"must be less than or equal to {MAX_INDEXED_PARALLELISM} when completion mode is Indexed"
        yield invalid("spec.parallelism", spec.parallelism, detail)
    failed = spec.max_failed_indexes
    if failed is not None:
        if spec.completions is not None and failed > spec.completions:
            yield invalid("spec.maxFailedIndexes", failed, "must be less than or equal to completions")
        if failed > MAX_INDEXED_PARALLELISM:
            yield invalid("spec.maxFailedIndexes", failed, f"must be less than or equal to {MAX_INDEXED_PARALLELISM}")
    if (spec.completions or 0) > MAX_INDEXED_PARALLELISM and spec.backoff_limit_per_index is not None:
        yield from _large_errors(spec)


def _large_errors(spec: JobSpec) -> Iterator[FieldError]:
    """Many completions with limits per index: the status would grow too long."""
    above = f"when completions are above {MAX_INDEXED_PARALLELISM} and used with backoff limit per index"
    if spec.max_failed_indexes is None:
        detail = f"must be specified when completions is above {MAX_INDEXED_PARALLELISM}"
        yield required("spec.maxFailedIndexes", detail)
    for name, value in (("parallelism", spec.parallelism), ("maxFailedIndexes", spec.max_failed_indexes)):
        if value is not None and value > MAX_PARALLELISM_OF_LARGE:
            yield invalid(f"spec.{name}", value, f"must be less than or equal to {MAX_PARALLELISM_OF_LARGE} {above}")


def _replacement_errors(spec: JobSpec) -> Iterator[FieldError]:
    """With a pod failure policy a pod is replaced only when it has failed: nothing else could be judged."""
    known = ("Failed",) if spec.pod_failure_policy is not None else ("Failed", "TerminatingOrFailed")
    if spec.pod_replacement_policy and spec.pod_replacement_policy not in known:
        yield unsupported("spec.podReplacementPolicy", spec.pod_replacement_policy, known)


def _restart_policy_errors(spec: JobSpec) -> Iterator[FieldError]:
    path, policy = "spec.template.spec.restartPolicy", spec.template.spec.restart_policy
    if policy in ("", "Always"):
        yield required(path, 'valid values: "OnFailure", "Never"')
    elif policy not in ("OnFailure", "Never"):
        # the first is any pod's rule, the second a Job's
        yield unsupported_in_order(path, policy, ("Always", "OnFailure", "Never"))
        yield unsupported_in_order(path, policy, ("OnFailure", "Never"))
    elif policy != "Never" and spec.pod_failure_policy is not None:
        yield invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')


def _name_errors(job: Job) -> Iterator[FieldError]:
    """The host name of the last pod has to be a DNS label."""
    if is_indexed(job) and job.spec.completions:
        host = f"{job.name}-{job.spec.completions - 1}"
        if dns_label_problems(host):
            yield invalid("metadata.name", job.name, f"will not able to create pod with invalid DNS label: {host}")
