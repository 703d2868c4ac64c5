"""A Deployment's ReplicaSets: which is the new one, which are old, and what their annotations remember.

References
----------
pkg/controller/deployment/util/deployment_util.go: FindNewReplicaSet, EqualIgnoreHash, SetNewReplicaSetAnnotations,
MaxRevision, SetReplicasAnnotations (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from k8smodels.api.gotext import NumberError, parse_int
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import PodTemplateSpec
from k8smodels.api.times import parse_optional_time
from k8smodels.api.workload import Deployment, ReplicaSet, ReplicaSetSpec
from k8smodels.workloads.deployment.fenceposts import max_surge

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
NOT_COPIED = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        REVISION_HISTORY,
        DESIRED_REPLICAS,
        MAX_REPLICAS,
        "deprecated.deployment.rollback.to",
    }
)
"""Annotations that a ReplicaSet does not take over from its Deployment."""

_MAX_HISTORY_CHARACTERS = 2000


def size(replica_set: ReplicaSet) -> int:
    """`spec.replicas`, 1 where it is not set."""
    return replica_set.spec.wanted_replicas


def total(replica_sets: Iterable[ReplicaSet]) -> int:
    """The sum of `spec.replicas`: pods that are wanted, not pods that exist."""
    return sum(map(size, replica_sets))


def available(replica_sets: Iterable[ReplicaSet]) -> int:
    """The sum of `status.availableReplicas`."""
    return sum(each.status.available_replicas for each in replica_sets)


def active(replica_sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
    """Those that want any pods."""
    return [each for each in replica_sets if size(each) > 0]


def by_age(replica_sets: Iterable[ReplicaSet]) -> list[ReplicaSet]:
    """The oldest first; of equal ones by name."""
    return sorted(replica_sets, key=_age)


def new_replica_set(deployment: Deployment, replica_sets: Iterable[ReplicaSet]) -> ReplicaSet | None:
    """The oldest one with the Deployment's present template."""
    wanted = without_hash(deployment.spec.template)
    return next((each for each in by_age(replica_sets) if without_hash(each.spec.template) == wanted), None)


def without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    """`template` without the label that tells ReplicaSets apart."""
    labels = {key: value for key, value in template.metadata.labels.items() if key != HASH_LABEL}
    return replace(template, metadata=replace(template.metadata, labels=labels))


def revision(item: KubernetesObject) -> int:
    """The revision in the annotations; 0 where there is none, or no number."""
    return _number(item, REVISION) or 0


def desired_replicas(replica_set: ReplicaSet) -> int | None:
    """The Deployment's `spec.replicas` when this ReplicaSet was last scaled; None where it is not known."""
    return _count(replica_set, DESIRED_REPLICAS)


def max_replicas(replica_set: ReplicaSet) -> int | None:
    """Replicas and surge of the Deployment when this ReplicaSet was last scaled; None where it is not known."""
    return _count(replica_set, MAX_REPLICAS)


def annotated(replica_set: ReplicaSet, annotations: dict[str, str]) -> ReplicaSet:
    """`replica_set` with `annotations` beside its own."""
    merged = {**replica_set.metadata.annotations, **annotations}
    return replace(replica_set, metadata=replace(replica_set.metadata, annotations=merged))


def scaled(replica_set: ReplicaSet, replicas: int, deployment: Deployment) -> ReplicaSet:
    """`replica_set` with another size, and the Deployment's sizes in its annotations."""
    wanted = deployment.spec.wanted_replicas
    limits = {DESIRED_REPLICAS: str(wanted), MAX_REPLICAS: str(wanted + max_surge(deployment.spec))}
    return annotated(_with_spec(replica_set, replace(replica_set.spec, replicas=replicas)), limits)


def as_newest(replica_set: ReplicaSet, deployment: Deployment, older: Sequence[ReplicaSet]) -> ReplicaSet:
    """`replica_set` as the Deployment's newest revision, with its annotations and `minReadySeconds`.

    A ReplicaSet that becomes the new one again, after a rollback, gets a new number and remembers its old ones.
    """
    copied = {key: value for key, value in deployment.metadata.annotations.items() if key not in NOT_COPIED}
    before, newest = revision(replica_set), max(map(revision, older), default=0) + 1
    if before < newest:
        copied |= {REVISION: str(newest)} | _history(replica_set)
    spec = replace(replica_set.spec, min_ready_seconds=deployment.spec.min_ready_seconds)
    return annotated(_with_spec(replica_set, spec), copied)


def _with_spec(replica_set: ReplicaSet, spec: ReplicaSetSpec) -> ReplicaSet:
    """As the API server stores it: a spec that changes is another generation."""
    generation = replica_set.metadata.generation + (spec != replica_set.spec)
    return replace(replica_set, metadata=replace(replica_set.metadata, generation=generation), spec=spec)


def _history(replica_set: ReplicaSet) -> dict[str, str]:
    annotations = replica_set.metadata.annotations
    if REVISION not in annotations:
        return {}
    numbers = [*filter(None, annotations.get(REVISION_HISTORY, "").split(",")), annotations[REVISION]]
    while len(",".join(numbers)) > _MAX_HISTORY_CHARACTERS:
        del numbers[0]
    return {REVISION_HISTORY: ",".join(numbers)}


def _age(replica_set: ReplicaSet) -> tuple[float, str]:
    created = parse_optional_time(replica_set.metadata.creation_timestamp, "metadata.creationTimestamp")
    return created.timestamp() if created else 0.0, replica_set.name


def _count(replica_set: ReplicaSet, annotation: str) -> int | None:
    number = _number(replica_set, annotation)
    return number if number is not None and 0 <= number < 2**31 else None


def _number(item: KubernetesObject, annotation: str) -> int | None:
    try:
        return parse_int(item.metadata.annotations.get(annotation, ""))
    except NumberError:
        return None
