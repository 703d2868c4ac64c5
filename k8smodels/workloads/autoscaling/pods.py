"""Which pods' samples count, and what the pods request.

References
----------
pkg/controller/podautoscaler/replica_calculator.go: groupPods, calculateRequests (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from k8smodels.api.pod import Pod
from k8smodels.api.resources import pod_requests
from k8smodels.api.times import parse_optional_time, parse_time
from k8smodels.workloads.autoscaling.samples import MetricUnavailable, PodSample, PodSamples
from k8smodels.workloads.readiness import is_ready, ready_condition

CPU_INITIALIZATION_PERIOD = timedelta(minutes=5)
"""How long after a pod's start its CPU samples are looked at with suspicion."""

INITIAL_READINESS_DELAY = timedelta(seconds=30)
"""A pod that is not ready, and last changed so soon after its start, is taken for never having been ready."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Names of pods by what their samples are worth.

    Attributes
    ----------
    counted
        Their samples count.
    unready
        Set aside: not ready, or pending.
    missing
        Without a sample.
    ignored
        Failed or being deleted.
    """

    counted: tuple[str, ...] = ()
    unready: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def group_pods(pods: Iterable[Pod], samples: PodSamples, resource: str, now: datetime) -> Groups:
    """`pods` in their groups, for a metric of `resource`; empty for a metric that is no resource."""
    groups: dict[str, list[str]] = {"counted": [], "unready": [], "missing": [], "ignored": []}
    for pod in pods:
        groups[_group(pod, samples.get(pod.name), resource, now)].append(pod.name)
    return Groups(**{name: tuple(names) for name, names in groups.items()})


def _group(pod: Pod, sample: PodSample | None, resource: str, now: datetime) -> str:
    if pod.is_terminating or pod.status.phase == "Failed":
        return "ignored"
    if pod.status.phase == "Pending":
        return "unready"
    if sample is None:
        return "missing"
    return "unready" if resource == "cpu" and not is_settled(pod, sample, now) else "counted"


def is_settled(pod: Pod, sample: PodSample, now: datetime) -> bool:
    """Whether a CPU sample tells of the pod's work, not of its start.

    In the first five minutes the pod must be ready and the sample's window must lie wholly after it became so. Later it
    only must have been ready once.
    """
    condition, started = ready_condition(pod), parse_optional_time(pod.status.start_time)
    if condition is None or started is None:
        return False
    changed = parse_optional_time(condition.last_transition_time) or parse_time("0001-01-01T00:00:00Z")
    not_ready = condition.status == "False"
    if started + CPU_INITIALIZATION_PERIOD > now:
        return not not_ready and sample.at >= changed + sample.window
    return not (not_ready and started + INITIAL_READINESS_DELAY > changed)


def ready_count(pods: Iterable[Pod]) -> int:
    """Pods that run and are ready.

    Raises
    ------
    MetricUnavailable
        There are no pods at all.
    """
    found = list(pods)
    require_pods(found)
    return sum(pod.status.phase == "Running" and is_ready(pod) for pod in found)


def require_pods(pods: Iterable[Pod]) -> None:
    """Complain if there are no pods."""
    if not list(pods):
        raise MetricUnavailable("no pods returned by selector while calculating replica count")


def requests_milli(pods: Iterable[Pod], container: str, resource: str) -> dict[str, int]:
    """What each pod requests of `resource`, in thousandths; of one container if it has a name.

    Raises
    ------
    MetricUnavailable
        A container requests none, or a pod lacks the container.
    """
    return {pod.name: _request(pod, container, resource) for pod in pods}


def _request(pod: Pod, container: str, resource: str) -> int:
    if not container and pod.spec.resources is not None and pod.spec.resources.requests:
        amounts = pod_requests(pod)
        if resource not in amounts:
            raise MetricUnavailable(f"missing pod-level request for {resource} in Pod {pod.name}")
        return amounts[resource].milli_value()
    sidecars = (each for each in pod.spec.init_containers if each.restart_policy == "Always")
    chosen = [each for each in (*pod.spec.containers, *sidecars) if container in ("", each.name)]
    if container and not chosen:
        raise MetricUnavailable(f"container {container} not found in Pod {pod.name}")
    total = 0
    for each in chosen[:1] if container else chosen:
        if resource not in each.resources.requests:
            words = f"missing request for {resource} in container {each.name} of Pod {pod.name}"
            raise MetricUnavailable(words)
        total += each.resources.requests[resource].milli_value()
    return total
