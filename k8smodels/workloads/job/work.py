"""What the containers of a Job's pods do, and what the kubelet writes of it into the pods' status.

Left out: more than one container that ends, nodes, and the time that images and starts take.

References
----------
staging/src/k8s.io/api/core/v1/types.go: PodStatus, ContainerStateTerminated (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from k8smodels.api.container_status import ContainerState, ContainerStateTerminated
from k8smodels.api.pod import ContainerStatus, Pod, PodCondition
from k8smodels.api.times import format_time

SIGKILL_EXIT_CODE = 137
"""Of a program that did not end when it was asked to."""


@dataclass(frozen=True, slots=True)
class Work:
    """One run of a pod's first container.

    Attributes
    ----------
    seconds
        How long it runs.
    exit_code
        What it ends with; 0 is success.
    condition
        Type of a condition that its pod gets with the end, such as ``DisruptionTarget``.
    """

    seconds: float
    exit_code: int = 0
    condition: str = ""


Script: TypeAlias = "Callable[[int | None, int], Work]"
"""What a pod does: from its completion index (None without one) and the number of runs before it to the work."""


def begun(pod: Pod, now: datetime) -> Pod:
    """`pod` as it runs and is ready."""
    at = format_time(now)
    ready = PodCondition(type="Ready", status="True", last_transition_time=at)
    return replace(pod, status=replace(pod.status, phase="Running", conditions=(ready,)))


def restarted(pod: Pod) -> Pod:
    """`pod` with its container started once more in place."""
    before = pod.status.container_statuses[0].restart_count if pod.status.container_statuses else 0
    status = ContainerStatus(name=_container(pod), restart_count=before + 1)
    return replace(pod, status=replace(pod.status, container_statuses=(status,)))


def ended(pod: Pod, now: datetime, work: Work, phase: str = "") -> Pod:
    """`pod` as it has ended with `work`; `phase` is ``Succeeded`` or ``Failed`` by the exit code if it is not given."""
    at = format_time(now)
    conditions = (PodCondition(type=work.condition, status="True", last_transition_time=at),) if work.condition else ()
    state = ContainerState(terminated=ContainerStateTerminated(exit_code=work.exit_code, finished_at=at))
    before = pod.status.container_statuses[0].restart_count if pod.status.container_statuses else 0
    statuses = (ContainerStatus(name=_container(pod), state=state, restart_count=before),)
    phase = phase or ("Failed" if work.exit_code or work.condition else "Succeeded")
    return replace(pod, status=replace(pod.status, phase=phase, conditions=conditions, container_statuses=statuses))


def _container(pod: Pod) -> str:
    return pod.spec.containers[0].name if pod.spec.containers else ""
