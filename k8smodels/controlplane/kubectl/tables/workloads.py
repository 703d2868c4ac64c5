"""Rows of the objects that make pods.

References
----------
pkg/printers/internalversion/printers.go: printDeployment, printReplicaSet, printStatefulSet, printDaemonSet, printJob,
printCronJob (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from k8smodels.api.batch import CronJob, Job
from k8smodels.api.pod import Container
from k8smodels.api.selectors import LabelSelector, SelectorError, as_selector, format_label_selector
from k8smodels.api.times import parse_time
from k8smodels.api.workload import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8smodels.controlplane.kubectl.ages import human_duration, since
from k8smodels.controlplane.kubectl.raw import mapping
from k8smodels.controlplane.kubectl.tables.table import NONE, Table, age, format_labels

_WIDE = ("Containers", "Images", "Selector")


def containers_and_images(containers: tuple[Container, ...]) -> list[str]:
    """Two cells: the names of containers, and their images."""
    return [",".join(item.name for item in containers), ",".join(item.image for item in containers)]


def _deployment(item: Deployment, now: datetime, wide: bool) -> list[str]:
    status = item.status
    ready = f"{status.ready_replicas}/{item.spec.wanted_replicas}"
    cells = [item.name, ready, str(status.updated_replicas), str(status.available_replicas), age(item, now)]
    if wide:
        try:
            selector = str(as_selector(item.spec.selector))
        except SelectorError:
            selector = "<invalid>"
        cells += [*containers_and_images(item.spec.template.spec.containers), selector]
    return cells


def _replica_set(item: ReplicaSet, now: datetime, wide: bool) -> list[str]:
    cells = [
        item.name,
        str(item.spec.wanted_replicas),
        str(item.status.replicas),
        str(item.status.ready_replicas),
        age(item, now),
    ]
    if wide:
        containers = item.spec.template.spec.containers
        cells += [*containers_and_images(containers), format_label_selector(item.spec.selector)]
    return cells


def _stateful_set(item: StatefulSet, now: datetime, wide: bool) -> list[str]:
    ready = _status(item).get("readyReplicas", 0)
    cells = [item.name, f"{ready}/{item.spec.wanted_replicas}", age(item, now)]
    return cells + (containers_and_images(item.spec.template.spec.containers) if wide else [])


def _daemon_set(item: DaemonSet, now: datetime, wide: bool) -> list[str]:
    status, template = _status(item), item.spec.template.spec
    names = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    numbers = [str(status.get(name, 0)) for name in (*names, "numberAvailable")]
    cells = [item.name, *numbers, format_labels(template.node_selector), age(item, now)]
    if wide:
        cells += [*containers_and_images(template.containers), format_label_selector(item.spec.selector)]
    return cells


def _job(item: Job, now: datetime, wide: bool) -> list[str]:
    cells = [item.name, _job_status(item), _completions(item), _job_duration(item, now), age(item, now)]
    if wide:
        selector = LabelSelector.from_json(mapping(item.spec.unknown.get("selector")))
        own = selector if item.spec.unknown.get("selector") else None
        cells += [*containers_and_images(item.spec.template.spec.containers), format_label_selector(own)]
    return cells


def _job_status(item: Job) -> str:
    true = {condition.type for condition in item.status.conditions if condition.status == "True"}
    for word in ("Complete", "Failed"):
        if word in true:
            return word
    if item.metadata.deletion_timestamp:
        return "Terminating"
    return next((word for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet") if word in true), "Running")


def _completions(item: Job) -> str:
    if item.spec.completions is not None:
        return f"{item.status.succeeded}/{item.spec.completions}"
    parallelism = item.spec.parallelism or 0
    return f"{item.status.succeeded}/1" + (f" of {parallelism}" if parallelism > 1 else "")


def _job_duration(item: Job, now: datetime) -> str:
    started, ended = item.status.start_time, item.status.completion_time
    if not started:
        return ""
    taken: timedelta = (parse_time(ended) if ended else now) - parse_time(started)
    return human_duration(taken.total_seconds())


def _cron_job(item: CronJob, now: datetime, wide: bool) -> list[str]:
    spec, status = item.spec, item.status
    last = since(status.last_schedule_time, now) if status.last_schedule_time else NONE
    zone = NONE if spec.time_zone is None else spec.time_zone
    cells = [item.name, spec.schedule, zone, str(spec.suspend), str(len(status.active)), last, age(item, now)]
    return cells + ([*containers_and_images(spec.job_template.spec.template.spec.containers), NONE] if wide else [])


def _status(item: StatefulSet | DaemonSet) -> Mapping[str, Any]:
    return mapping(item.unknown.get("status"))


DEPLOYMENTS = Table(("Name", "Ready", "Up-to-date", "Available", "Age"), _WIDE, _deployment)
REPLICA_SETS = Table(("Name", "Desired", "Current", "Ready", "Age"), _WIDE, _replica_set)
STATEFUL_SETS = Table(("Name", "Ready", "Age"), ("Containers", "Images"), _stateful_set)
DAEMON_SETS = Table(
    ("Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age"), _WIDE, _daemon_set
)
JOBS = Table(("Name", "Status", "Completions", "Duration", "Age"), _WIDE, _job)
CRON_JOBS = Table(("Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age"), _WIDE, _cron_job)
