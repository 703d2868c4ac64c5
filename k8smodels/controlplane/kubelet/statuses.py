"""The times and addresses in a pod's status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from k8smodels.api.container_status import ContainerState
from k8smodels.api.pod import ContainerStatus, Pod, PodCondition
from k8smodels.api.pod_network import PodIP
from k8smodels.api.times import format_time
from k8smodels.controlplane.clock import START, Clock


def with_times(pod: Pod, before: Pod, started: Mapping[tuple[str, int], float], address: str, clock: Clock) -> Pod:
    """`pod` with the times that its status gains now; what has not changed since `before` keeps its own.

    Parameters
    ----------
    started
        When containers started, in seconds, by name and attempt.
    address
        The pod's address.
    """
    status = pod.status
    conditions = tuple(_since(each, before, clock.stamp) for each in status.conditions)
    containers = tuple(_with_start(each, before, started, clock.stamp) for each in status.container_statuses)
    inits = tuple(_with_start(each, before, started, clock.stamp) for each in status.init_container_statuses)
    status = replace(
        status,
        conditions=conditions,
        container_statuses=containers,
        init_container_statuses=inits,
        start_time=before.status.start_time or clock.stamp,
        pod_ip=address,
        pod_ips=(PodIP(ip=address),) if address else (),
        qos_class=before.status.qos_class,
    )
    return replace(pod, status=status)


def _since(condition: PodCondition, before: Pod, stamp: str) -> PodCondition:
    old = next((each for each in before.status.conditions if each.type == condition.type), None)
    same = old is not None and old.status == condition.status and old.last_transition_time
    return replace(condition, last_transition_time=old.last_transition_time if old and same else stamp)


def _with_start(
    status: ContainerStatus, before: Pod, started: Mapping[tuple[str, int], float], stamp: str
) -> ContainerStatus:
    began = started.get((status.name, status.restart_count))
    if began is None:
        return status
    at = format_time(START + timedelta(seconds=began))
    old = next((e for e in _all(before) if e.name == status.name and e.restart_count == status.restart_count), None)
    finished = old.state.terminated.finished_at if old and old.state.terminated else stamp
    state = _timed(status.state, at, finished)
    last = old.last_state if old is not None and old.restart_count == status.restart_count else None
    previous = next((each for each in _all(before) if each.name == status.name), None)
    if last is None and previous is not None and previous.state.terminated is not None:
        last = previous.state
    if last is None and status.last_state.terminated is not None:
        earlier = started.get((status.name, status.restart_count - 1))
        then = format_time(START + timedelta(seconds=earlier)) if earlier is not None else ""
        last = _timed(status.last_state, then, stamp)
    return replace(status, state=state, last_state=last if last is not None else status.last_state)


def _all(pod: Pod) -> tuple[ContainerStatus, ...]:
    return (*pod.status.init_container_statuses, *pod.status.container_statuses)


def _timed(state: ContainerState, started_at: str, finished_at: str) -> ContainerState:
    if state.running is not None:
        return replace(state, running=replace(state.running, started_at=started_at))
    if state.terminated is not None:
        return replace(state, terminated=replace(state.terminated, started_at=started_at, finished_at=finished_at))
    return state
