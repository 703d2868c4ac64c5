"""How many pods a Job makes or deletes in one sync.

References
----------
pkg/controller/job/job_controller.go: manageJob, getPodCreationInfoForIndependentIndexes; indexed_job_utils.go:
firstPendingIndexes, addIndexFailureCountAnnotation (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.workloads.job.backoff import Backoff, remaining_of_index
from k8smodels.workloads.job.indexes import Indexes
from k8smodels.workloads.job.pods import (
    COMPLETION_INDEX,
    FAILURE_COUNT,
    IGNORED_FAILURE_COUNT,
    TRACKING_FINALIZER,
    completion_index,
    failure_count,
    ignored_failure_count,
    is_ending,
    pods_to_remove,
)
from k8smodels.workloads.job.policies import judge
from k8smodels.workloads.job.seen import Seen
from k8smodels.workloads.job.spec import counts_per_index, is_indexed, replaces_only_failed
from k8smodels.workloads.templates import pod_of

MAX_PER_SYNC = 500
"""The most pods that one sync makes or deletes."""


@dataclass(frozen=True, slots=True)
class Change:
    """Pods to make or to delete, or how long to wait before that.

    Attributes
    ----------
    create
        New pods, without name, number and time.
    delete
        Pods that go uncounted.
    wait
        How long until failed pods may be replaced.
    """

    create: tuple[Pod, ...] = ()
    delete: tuple[Pod, ...] = ()
    wait: timedelta | None = None


def manage(seen: Seen, backoff: Backoff) -> Change:
    """What brings the active pods to their number."""
    job = seen.job
    if job.spec.suspend:
        return Change(delete=pods_to_remove(job, seen.active, len(seen.active)))
    wanted = wanted_active(seen)
    surplus = pods_to_remove(job, seen.active, max(len(seen.active) - wanted, 0))[:MAX_PER_SYNC]
    if surplus:
        return Change(delete=surplus)
    missing = wanted - len(seen.active) - (seen.ending if replaces_only_failed(job) else 0)
    if missing <= 0:
        return Change()
    wait = timedelta() if counts_per_index(job) else backoff.remaining(seen.now)
    if wait:
        return Change(wait=wait)
    missing = min(missing, MAX_PER_SYNC)
    return _indexed(seen, missing) if is_indexed(job) else Change(create=(new_pod(job, None, None),) * missing)


def wanted_active(seen: Seen) -> int:
    """As many as run side by side, but no more than there are completions to reach.

    A work queue, which has no number of completions, gets no new pods after the first success.
    """
    parallelism, completions = seen.job.spec.parallelism or 0, seen.job.spec.completions
    if completions is None:
        return len(seen.active) if seen.succeeded > 0 else parallelism
    return max(min(completions - seen.succeeded, parallelism), 0)


def _indexed(seen: Seen, missing: int) -> Change:
    """Pods for the lowest missing indexes, as far as none of them has to wait."""
    indexes = list(islice(_pending(seen).missing(seen.job.spec.completions or 0), missing))
    waits = {index: remaining_of_index(seen.waiting.get(index), seen.now) for index in indexes}
    ready = [index for index in indexes if not waits[index]]
    if not ready and waits:
        return Change(wait=min(waits.values()))
    return Change(create=tuple(new_pod(seen.job, index, seen.waiting.get(index)) for index in ready))


def _pending(seen: Seen) -> Indexes:
    """Indexes that need no pod."""
    taken: Sequence[Pod] = seen.active
    if replaces_only_failed(seen.job):
        taken = (*taken, *filter(is_ending, seen.pods))
    active = Indexes.of(index for pod in taken if (index := completion_index(pod)) is not None)
    return seen.succeeded_indexes | active | (seen.failed_indexes or Indexes())


def new_pod(job: Job, index: int | None, replaced: Pod | None) -> Pod:
    """A pod of the Job's template; an index's pod knows how often the index has failed before."""
    pod = pod_of(job, job.spec.template, "")
    annotations = dict(pod.metadata.annotations)
    labels = dict(pod.metadata.labels)
    if index is not None:
        annotations[COMPLETION_INDEX] = labels[COMPLETION_INDEX] = str(index)
        if counts_per_index(job):
            annotations |= _failures(job, replaced)
    prefix = f"{job.name}-" if index is None else f"{job.name}-{index}-"
    meta = replace(
        pod.metadata,
        name="",
        generate_name=prefix,
        annotations=annotations,
        labels=labels,
        finalizers=(*pod.metadata.finalizers, TRACKING_FINALIZER),
    )
    hostname = pod.spec.hostname if index is None else f"{job.name}-{index}"
    return replace(pod, metadata=meta, spec=replace(pod.spec, hostname=hostname))


def _failures(job: Job, replaced: Pod | None) -> dict[str, str]:
    if replaced is None:
        return {FAILURE_COUNT: "0"}
    counts = judge(job, replaced).counts
    ignored = ignored_failure_count(replaced) + (not counts)
    shown = {IGNORED_FAILURE_COUNT: str(ignored)} if ignored else {}
    return {FAILURE_COUNT: str(failure_count(replaced) + counts), **shown}
