"""What the API server fills in before it looks whether an object is valid.

Templates of pods stay as they are: their defaults come again when a pod is made of them.

References
----------
pkg/apis/apps/v1/defaults.go; pkg/apis/batch/v1/defaults.go; pkg/apis/core/v1/defaults.go: SetDefaults_Namespace,
SetDefaults_Secret (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.batch import CronJob, Job, JobSpec
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.node import Namespace
from k8smodels.api.workload import (
    DaemonSet,
    Deployment,
    DeploymentStrategy,
    ReplicaSet,
    RollingUpdateDeployment,
    StatefulSet,
)
from k8smodels.controlplane.admission.autoscaling import with_autoscaler_defaults
from k8smodels.workloads.job.spec import defaulted

_STATEFUL_SET: Mapping[str, Any] = {
    "podManagementPolicy": "OrderedReady",
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}},
    "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    "revisionHistoryLimit": 10,
}
_DAEMON_SET: Mapping[str, Any] = {
    "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    "revisionHistoryLimit": 10,
}


def with_defaults(item: KubernetesObject) -> KubernetesObject:
    """`item` with the defaults of its kind. Filling in twice changes nothing more."""
    match item:
        case Deployment():
            return _deployment(item)
        case ReplicaSet():
            return replace(item, spec=replace(item.spec, replicas=_or(item.spec.replicas, 1)))
        case StatefulSet():
            filled = replace(item.spec, replicas=_or(item.spec.replicas, 1))
            return replace(item, spec=replace(filled, unknown={**_STATEFUL_SET, **item.spec.unknown}))
        case DaemonSet():
            return replace(item, spec=replace(item.spec, unknown={**_DAEMON_SET, **item.spec.unknown}))
        case Job():
            return _job(item)
        case CronJob():
            return _cron_job(item)
        case HorizontalPodAutoscaler():
            return with_autoscaler_defaults(item)
        case Namespace():
            return _namespace(item)
        case Unstructured() if item.content.get("kind") == "Secret":
            return replace(item, content={**item.content, "type": item.content.get("type") or "Opaque"})
    return item


def _deployment(item: Deployment) -> Deployment:
    spec = item.spec
    filled = replace(
        spec,
        replicas=_or(spec.replicas, 1),
        strategy=_strategy(spec.strategy),
        revision_history_limit=_or(spec.revision_history_limit, 10),
        progress_deadline_seconds=_or(spec.progress_deadline_seconds, 600),
    )
    return replace(item, spec=filled)


def _strategy(strategy: DeploymentStrategy) -> DeploymentStrategy:
    kind = strategy.type or "RollingUpdate"
    if kind != "RollingUpdate":
        return strategy
    limits = strategy.rolling_update or RollingUpdateDeployment()
    filled = replace(
        limits,
        max_surge="25%" if limits.max_surge is None else limits.max_surge,
        max_unavailable="25%" if limits.max_unavailable is None else limits.max_unavailable,
    )
    return replace(strategy, type=kind, rolling_update=filled)


def _job(item: Job) -> Job:
    job = defaulted(replace(item, spec=_policy(item.spec)))
    labels = job.labels or job.spec.template.metadata.labels
    return replace(job, metadata=replace(job.metadata, labels=labels))


def _policy(spec: JobSpec) -> JobSpec:
    """A condition of a failed pod is meant to be true, unless the rule says otherwise."""
    policy = spec.pod_failure_policy
    if policy is None:
        return spec
    rules = tuple(
        replace(
            rule,
            on_pod_conditions=tuple(replace(each, status=each.status or "True") for each in rule.on_pod_conditions),
        )
        for rule in policy.rules
    )
    return replace(spec, pod_failure_policy=replace(policy, rules=rules))


def _cron_job(item: CronJob) -> CronJob:
    spec = item.spec
    filled = replace(
        spec,
        concurrency_policy=spec.concurrency_policy or "Allow",
        successful_jobs_history_limit=_or(spec.successful_jobs_history_limit, 3),
        failed_jobs_history_limit=_or(spec.failed_jobs_history_limit, 1),
        job_template=replace(spec.job_template, spec=_policy(spec.job_template.spec)),
    )
    return replace(item, spec=filled)


def _namespace(item: Namespace) -> Namespace:
    labels = {**item.labels, "kubernetes.io/metadata.name": item.name} if item.name else item.labels
    return replace(item, metadata=replace(item.metadata, labels=labels))


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
