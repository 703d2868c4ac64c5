"""An autoscaler and its pods under a load, second by second.

Every 15 seconds the metrics of all pods are read (as metrics-server does with its own manifests), and 5 seconds later
the controller looks. A sample is the average since the reading before, or since the pod's start.

Left out: nodes (every pod finds one at once), the time that a deletion takes, queues (work that finds no CPU is lost,
not late), and an even spread (all ready pods share the load exactly).

References
----------
pkg/controller/podautoscaler/config/v1alpha1/defaults.go: HorizontalPodAutoscalerSyncPeriod (v1.37);
metrics-server: pkg/storage/pod.go, manifests/base/deployment.yaml
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from k8smodels.api.autoscaling import HorizontalPodAutoscaler, HorizontalPodAutoscalerCondition
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Container, Pod, PodCondition, PodSpec, PodStatus, ResourceRequirements
from k8smodels.api.quantity import Quantity
from k8smodels.api.times import format_time
from k8smodels.workloads.autoscaling.loads import Load
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import PodSample, Samples
from k8smodels.workloads.replicaset.deletion_order import pods_to_delete

METRIC_RESOLUTION_SECONDS = 15
FRESH_POD_SECONDS = 10
"""A pod that is younger has no sample."""

SYNC_PERIOD_SECONDS = 15
SYNC_DELAY_SECONDS = 5
"""How long after a reading the controller looks; in a cluster the two clocks are not related."""

BEGINNING = datetime(2026, 1, 5, tzinfo=UTC)
"""The moment of second 0."""
_LONG_AGO_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Workload:
    """Equal pods of one container ``web``.

    Attributes
    ----------
    request_milli
        CPU that a pod requests, in thousandths; None: it requests nothing.
    limit_milli
        CPU that a pod can use at most.
    start_seconds
        From a pod's creation until it is ready and serves.
    start_milli
        CPU that a pod uses until then.
    """

    request_milli: int | None = 500
    limit_milli: int = 1000
    start_seconds: int = 20
    start_milli: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One reconciliation, and what it met.

    Attributes
    ----------
    replicas, ready
        Pods before it, and how many of them serve.
    unserved_milli
        Work that finds no CPU at this moment.
    done
        What the controller did, with its reasons.
    """

    at_seconds: int
    load_milli: int
    replicas: int
    ready: int
    unserved_milli: int
    done: Reconciliation

    @property
    def wanted(self) -> int:
        """The size that the controller set."""
        return self.done.replicas

    @property
    def proposed(self) -> int | None:
        """The size that the metrics ask for, before windows and limits."""
        return max((each.estimate.replicas for each in self.done.proposals if each.estimate), default=None)

    @property
    def utilization(self) -> int | None:
        """Use in percent of the requests, as the status says it."""
        shown = (each.resource for each in self.done.hpa.status.current_metrics)
        return next((each.current.average_utilization for each in shown if each is not None), None)

    def condition(self, kind: str) -> HorizontalPodAutoscalerCondition:
        """The condition of type `kind`; empty if there is none."""
        found = (each for each in self.done.hpa.status.conditions if each.type == kind)
        return next(found, HorizontalPodAutoscalerCondition(type=kind))


@dataclass(frozen=True, slots=True)
class _Member:
    """A pod of the workload, as it is before and after it became ready."""

    name: str
    created: int
    ready_at: int
    starting: Pod
    serving: Pod

    def pod(self, second: int) -> Pod:
        return self.serving if second >= self.ready_at else self.starting


def run(
    hpa: HorizontalPodAutoscaler,
    workload: Workload,
    load: Load,
    seconds: int,
    replicas: int,
    applied: Mapping[int, int] | None = None,
) -> tuple[Look, ...]:
    """What the autoscaler does within `seconds`; an External metric of whatever name reads the load itself.

    Parameters
    ----------
    replicas
        The size at second 0; these pods have been ready for an hour.
    applied
        Sizes that somebody else writes, by the second.

    Raises
    ------
    FieldError
        A metric that the API server would have refused.
    """
    members = tuple(_member(i, -_LONG_AGO_SECONDS, workload) for i in range(replicas))
    memory, used, looks = Memory(), [0.0], list[Look]()
    values: dict[str, PodSample] = {}
    made = replicas
    for now in range(1, seconds + 1):
        serving = sum(each.ready_at < now for each in members)
        used.append(used[-1] + (min(workload.limit_milli, load(now - 1) / serving) if serving else 0))
        size = (applied or {}).get(now, len(members))
        if now % METRIC_RESOLUTION_SECONDS == 0:
            values = _read(members, used, workload, now)
        elif now > SYNC_PERIOD_SECONDS and now % SYNC_PERIOD_SECONDS == SYNC_DELAY_SECONDS:
            pods, samples = [each.pod(now) for each in members], _samples(hpa, values, load(now))
            done = reconcile(hpa, memory, size, pods, samples, _moment(now))
            lost = max(0, load(now) - serving * workload.limit_milli)
            looks.append(Look(now, load(now), size, serving, lost, done))
            hpa, memory, size = done.hpa, done.memory, done.replicas
        created = max(0, size - len(members))
        members = _resized(members, size, made, now, workload)
        made += created
    return tuple(looks)


def _resized(members: tuple[_Member, ...], size: int, made: int, now: int, workload: Workload) -> tuple[_Member, ...]:
    """`members` as the ReplicaSet makes or deletes pods; new ones are numbered from `made` on."""
    missing = size - len(members)
    if missing >= 0:
        return (*members, *(_member(made + i, now, workload) for i in range(missing)))
    pods = [each.pod(now) for each in members]
    gone = {each.pod.name for each in pods_to_delete(pods, pods, -missing, _moment(now))}
    return tuple(each for each in members if each.name not in gone)


def _read(members: Sequence[_Member], used: Sequence[float], workload: Workload, now: int) -> dict[str, PodSample]:
    """Average use of each pod since the reading before, or since its start."""
    samples = {}
    for each in members:
        window = min(METRIC_RESOLUTION_SECONDS, now - each.created)
        if window >= FRESH_POD_SECONDS:
            served_from = min(max(now - window, each.ready_at), now)
            milli = used[now] - used[served_from] + (served_from - now + window) * workload.start_milli
            samples[each.name] = PodSample(round(milli / window), _moment(now), timedelta(seconds=window))
    return samples


def _samples(hpa: HorizontalPodAutoscaler, values: Mapping[str, PodSample], load_milli: int) -> Samples:
    outside = {each.external.metric.name: (load_milli,) for each in hpa.spec.metrics if each.external}
    return Samples(resource={"cpu": values, "web/cpu": values}, external=outside)


def _member(number: int, created: int, workload: Workload) -> _Member:
    ready_at, name = created + workload.start_seconds, f"web-{number}"
    requests = {} if workload.request_milli is None else {"cpu": Quantity.from_milli(workload.request_milli)}
    limits = {"cpu": Quantity.from_milli(workload.limit_milli)}
    container = Container(name="web", resources=ResourceRequirements(requests=requests, limits=limits))
    at = format_time(_moment(created))
    not_yet = PodStatus(phase="Running", start_time=at, conditions=(_ready(False, at),))
    starting = Pod(
        metadata=ObjectMeta(name=name, creation_timestamp=at), spec=PodSpec(containers=(container,)), status=not_yet
    )
    ready = (_ready(True, format_time(_moment(ready_at))),)
    return _Member(name, created, ready_at, starting, replace(starting, status=replace(not_yet, conditions=ready)))


def _ready(true: bool, since: str) -> PodCondition:
    return PodCondition(type="Ready", status=str(true), last_transition_time=since)


def _moment(second: int) -> datetime:
    return BEGINNING + timedelta(seconds=second)
