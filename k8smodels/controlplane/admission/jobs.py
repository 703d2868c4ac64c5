"""What the API server adds to a Job, and refuses in it.

Left out: `managedBy` and `scheduling`.

References
----------
pkg/registry/batch/job/strategy.go: generateSelector; pkg/apis/batch/validation/validation.go: ValidateJobCreate,
ValidateJobUpdate (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from k8smodels.api.affinity import Affinity
from k8smodels.api.batch import Job, JobSpec
from k8smodels.api.errors import FieldError, InvalidObject, invalid, required
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import PodSpec, ResourceRequirements
from k8smodels.api.selectors import LabelSelector, as_selector
from k8smodels.api.structure import JSON, Struct
from k8smodels.controlplane.admission.metadata import annotation_errors, label_errors
from k8smodels.controlplane.admission.rules import (
    IMMUTABLE,
    WHOLE_TEMPLATE,
    is_valid,
    mismatch,
    shown_selector,
    unchanged,
)
from k8smodels.network.policy.validation import selector_errors
from k8smodels.workloads.job.validation import validate_job

JOB_NAME_LABELS = ("job-name", "batch.kubernetes.io/job-name")
CONTROLLER_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
"""The older names are kept beside the newer ones."""


def generated_selector(job: Job) -> Job:
    """`job` with the labels on its pods, and the selector by its UID, that make them its own.

    A Job has the labels of its pods if it has been given none itself: then also those.

    Raises
    ------
    FieldError
        A selector that is none.
    """
    spec, template = job.spec, job.spec.template
    names = dict.fromkeys(JOB_NAME_LABELS, job.name) | dict.fromkeys(CONTROLLER_UID_LABELS, job.metadata.uid)
    given = selector_of(spec) or LabelSelector()
    selector = replace(given, match_labels={CONTROLLER_UID_LABELS[1]: job.metadata.uid, **given.match_labels})
    meta = replace(template.metadata, labels=names | dict(template.metadata.labels))
    unknown = {**spec.unknown, "selector": selector.to_json()}
    filled = replace(spec, template=replace(template, metadata=meta), unknown=unknown)
    shared = bool(job.labels) and job.labels == template.metadata.labels
    own = meta.labels if shared else job.labels
    return replace(job, metadata=replace(job.metadata, labels=own), spec=filled)


def selector_of(spec: JobSpec) -> LabelSelector | None:
    """The selector, which only a Job with `manualSelector` brings itself.

    Raises
    ------
    FieldError
        A selector that is none.
    """
    selector = spec.unknown.get("selector")
    try:
        return None if selector is None else LabelSelector.from_json(selector)
    except FieldError as error:
        raise error.within("spec.selector") from None


def has_manual_selector(job: Job) -> bool:
    """Whether the Job's maker answers for the selector."""
    return job.spec.unknown.get("manualSelector") is True


def job_errors(job: Job) -> Iterator[FieldError]:
    """What is wrong with a new Job besides its metadata."""
    yield from _generated_selector_errors(job)
    yield from _whole_spec_errors(job)
    yield from _name_errors(job)


def changed_job_errors(job: Job, before: Job) -> Iterator[FieldError]:
    """What is wrong with a Job that replaces the one of before: little of it can change."""
    spec, old = job.spec, before.spec
    yield from _whole_spec_errors(job)
    if spec.completion_mode != "Indexed":
        yield from unchanged("spec.completions", spec.completions, old.completions)
    elif spec.completions not in (None, old.completions, spec.parallelism):
        yield invalid("spec.completions", spec.completions, "can only be modified in tandem with spec.parallelism")
    now = selector_of(job.spec)
    yield from unchanged("spec.selector", now, selector_of(before.spec), shown_selector(now))
    yield from _changed_template_errors(job, before)
    yield from unchanged("spec.completionMode", spec.completion_mode, old.completion_mode)
    policy = _as_go(spec.pod_failure_policy)
    yield from unchanged("spec.podFailurePolicy", spec.pod_failure_policy, old.pod_failure_policy, policy)
    yield from unchanged("spec.backoffLimitPerIndex", spec.backoff_limit_per_index, old.backoff_limit_per_index)
    policy = _as_go(spec.success_policy)
    yield from unchanged("spec.successPolicy", spec.success_policy, old.success_policy, policy)
    yield from _name_errors(job)


def job_spec_errors(spec: JobSpec) -> Iterator[FieldError]:
    """What is wrong with the spec of any Job, also of one that a CronJob is to make, at ``spec``."""
    errors = _judged(Job(metadata=ObjectMeta(name="job"), spec=spec))
    of_template = [error for error in errors if _is_of_template(error)]
    yield from (error for error in errors if error.path.startswith("spec.") and error not in of_template)
    metadata = spec.template.metadata
    yield from label_errors(metadata.labels, "spec.template.labels")
    yield from annotation_errors(metadata.annotations, "spec.template.annotations")
    yield from of_template


def _generated_selector_errors(job: Job) -> Iterator[FieldError]:
    """Labels of the same names that the Job's maker has given must not say something else."""
    selector, labels = selector_of(job.spec), job.spec.template.metadata.labels
    if has_manual_selector(job) or selector is None:
        return
    wanted = dict(zip(CONTROLLER_UID_LABELS, [job.metadata.uid] * 2, strict=True))
    wanted |= dict(zip(JOB_NAME_LABELS, [job.name] * 2, strict=True))
    for pair in zip(CONTROLLER_UID_LABELS, JOB_NAME_LABELS, strict=True):
        for name in pair:
            if labels.get(name) != wanted[name]:
                shown = {key: labels[key] for key in sorted(labels)}
                yield invalid(f"spec.template.metadata.labels[{name}]", shown, f"must be '{wanted[name]}'")
    if not is_valid(selector) or not as_selector(selector).matches(wanted):
        yield invalid("spec.selector", shown_selector(selector), "`selector` not auto-generated")


def _whole_spec_errors(job: Job) -> Iterator[FieldError]:
    yield from job_spec_errors(job.spec)
    selector = selector_of(job.spec)
    if selector is None:
        yield required("spec.selector")
    else:
        yield from selector_errors(selector, "spec.selector")
    yield from mismatch(selector, job.spec.template, "spec.template")


def _is_of_template(error: FieldError) -> bool:
    return error.path.startswith("spec.template")


def _name_errors(job: Job) -> Iterator[FieldError]:
    """What `validate_job` says of the name: that of the last pod must be valid, too."""
    return (error for error in _judged(job) if error.path == "metadata.name" and "pod" in error.detail)


def _judged(job: Job) -> Sequence[FieldError]:
    try:
        validate_job(job)
    except InvalidObject as refused:
        return refused.errors
    return ()


def _changed_template_errors(job: Job, before: Job) -> Iterator[FieldError]:
    """While a Job is suspended and has no pods, it can change where they may run and what they ask for."""
    now, old, path = job.spec.template, before.spec.template, "spec.template"
    changed = now != old
    if _is_at_rest(before):
        changed, path = _unbound(now.spec) != _unbound(old.spec), "spec.template.spec"
    if changed:
        yield FieldError(path, f"Invalid value: {WHOLE_TEMPLATE}", detail=IMMUTABLE)


def _is_at_rest(job: Job) -> bool:
    status = job.status
    was_suspended = any(each.type == "Suspended" and each.status == "True" for each in status.conditions)
    return job.spec.suspend and not status.active and (not status.start_time or was_suspended)


def _unbound(spec: PodSpec) -> PodSpec:
    """`spec` without what may change as long as no pod is made of it."""
    affinity = spec.affinity and replace(spec.affinity, node_affinity=None)
    return replace(
        spec,
        affinity=None if affinity == Affinity() else affinity,
        node_selector={},
        tolerations=(),
        scheduling_gates=(),
        containers=tuple(replace(each, resources=ResourceRequirements()) for each in spec.containers),
        init_containers=tuple(replace(each, resources=ResourceRequirements()) for each in spec.init_containers),
    )


def _as_go(value: Any) -> JSON:
    """A policy inside a message: with the names of the Go fields, and ``null`` for what is not set."""
    if isinstance(value, Struct):
        names = (field.name for field in fields(value) if field.name != "unknown")
        return {name.title().replace("_", ""): _as_go(getattr(value, name)) or _empty(name) for name in names}
    if isinstance(value, tuple):
        return [_as_go(item) for item in value]
    return value


def _empty(name: str) -> JSON:
    return [] if name == "rules" else None
