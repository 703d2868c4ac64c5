"""Rows of pods.

References
----------
pkg/printers/internalversion/printers.go: printPod (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from k8smodels.api.pod import ContainerStatus, Pod
from k8smodels.controlplane.kubectl.ages import since
from k8smodels.controlplane.kubectl.tables.table import NONE, Table, age
from k8smodels.runtime import pod_columns


def _cells(pod: Pod, now: datetime, wide: bool) -> list[str]:
    shown = pod_columns(pod)
    cells = [pod.name, shown.ready, _status(pod, shown.status), _restarts(pod, shown.restarts, now), age(pod, now)]
    if wide:
        address = pod.status.pod_ips[0].ip if pod.status.pod_ips else ""
        places = (address, pod.spec.node_name, pod.status.nominated_node_name, _gates(pod))
        cells += [place or NONE for place in places]
    return cells


def _status(pod: Pod, status: str) -> str:
    """The word of `pod_columns`, but where it is the phase: a reason, or that the pod is gated."""
    if status != pod.status.phase:
        return status
    scheduled = next((each for each in pod.status.conditions if each.type == "PodScheduled"), None)
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        return "SchedulingGated"
    return str(pod.status.unknown.get("reason") or status)


def _restarts(pod: Pod, number: int, now: datetime) -> str:
    """How many, and how long ago the last container of those that count ended."""
    ends = [end.finished_at for item in _counted(pod) if (end := item.last_state.terminated) and end.finished_at]
    return f"{number} ({since(max(ends), now)} ago)" if number and ends else str(number)


def _counted(pod: Pod) -> Iterator[ContainerStatus]:
    """The containers whose restarts count: all init containers while they go on, then sidecars and containers."""
    sidecars = {item.name for item in pod.spec.init_containers if item.is_sidecar}
    inits = pod.status.init_container_statuses
    done = all(_is_done(item, item.name in sidecars) for item in inits)
    initialized = any(each.type == "Initialized" and each.status == "True" for each in pod.status.conditions)
    if not done and not initialized:
        yield from inits
        return
    yield from (item for item in inits if item.name in sidecars)
    yield from pod.status.container_statuses


def _is_done(item: ContainerStatus, is_sidecar: bool) -> bool:
    ended = item.state.terminated
    return (ended is not None and ended.exit_code == 0) or (is_sidecar and bool(item.started))


def _gates(pod: Pod) -> str:
    """How many of the pod's readiness gates are open."""
    gates = pod.spec.readiness_gates
    true = {each.type for each in pod.status.conditions if each.status == "True"}
    return f"{sum(gate.condition_type in true for gate in gates)}/{len(gates)}" if gates else ""


PODS = Table(
    ("Name", "Ready", "Status", "Restarts", "Age"), ("IP", "Node", "Nominated Node", "Readiness Gates"), _cells
)
