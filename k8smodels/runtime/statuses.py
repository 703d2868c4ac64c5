"""From what the runtime says of containers to the statuses in the API.

Not modelled: statuses of containers that the runtime has forgotten, readiness probes (a container that has started is
ready), times.

References
----------
pkg/kubelet/kubelet_pods.go: convertToAPIContainerStatuses; pkg/kubelet/reason_cache.go;
pkg/kubelet/prober/prober_manager.go: UpdatePodStatus (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from k8smodels.api.container_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
)
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodStatus
from k8smodels.runtime.container_start import StartError
from k8smodels.runtime.exit_codes import termination_reason
from k8smodels.runtime.pod_actions import should_be_started
from k8smodels.runtime.simulated_runtime import CREATED, EXITED, RUNNING, ContainerRecord, RuntimeStatus

Errors = Mapping[str, StartError]
"""The last error of each container that could not be started."""


def with_container_statuses(pod: Pod, status: RuntimeStatus, errors: Errors, starting: frozenset[str]) -> Pod:
    """`pod` with the statuses of its containers.

    Parameters
    ----------
    starting
        Running containers whose startup probe has not succeeded yet.
    """
    inits = tuple(_init_status(item, pod, status, errors, starting) for item in pod.spec.init_containers)
    apps = tuple(_status(item, pod, status, errors, starting) for item in pod.spec.containers)
    return replace(pod, status=replace(_cleared(pod), init_container_statuses=inits, container_statuses=apps))


def _cleared(pod: Pod) -> PodStatus:
    return replace(pod.status, init_container_statuses=(), container_statuses=())


def _init_status(
    container: Container, pod: Pod, status: RuntimeStatus, errors: Errors, starting: frozenset[str]
) -> ContainerStatus:
    """Like a container's; a regular init container is ready when it has ended well, and stays so."""
    found = _status(container, pod, status, errors, starting)
    ended = found.state.terminated
    return found if container.is_sidecar else replace(found, ready=ended is not None and ended.exit_code == 0)


def _status(
    container: Container, pod: Pod, status: RuntimeStatus, errors: Errors, starting: frozenset[str]
) -> ContainerStatus:
    records = [item for item in status.containers if item.name == container.name]
    newest = records[0] if records else None
    state = _state(newest, bool(pod.spec.init_containers))
    last = _state(records[1], has_init_containers=False) if len(records) > 1 else ContainerState()
    error = errors.get(container.name)
    if error and not _is_done_init(container, pod, newest) and should_be_started(container, pod, newest):
        last = state if state.terminated else last
        state = ContainerState(waiting=ContainerStateWaiting(reason=error.reason, message=error.message))
    started = state.running is not None and container.name not in starting
    count = newest.attempt if newest else 0
    return ContainerStatus(
        name=container.name, state=state, last_state=last, ready=started, started=started, restart_count=count
    )


def _is_done_init(container: Container, pod: Pod, record: ContainerRecord | None) -> bool:
    is_init = any(item.name == container.name for item in pod.spec.init_containers)
    return is_init and record is not None and record.state == EXITED and record.exit_code == 0


def _state(record: ContainerRecord | None, has_init_containers: bool) -> ContainerState:
    if record is None:
        reason = "PodInitializing" if has_init_containers else "ContainerCreating"
        return ContainerState(waiting=ContainerStateWaiting(reason=reason))
    if record.state == RUNNING:
        return ContainerState(running=ContainerStateRunning())
    if record.state == CREATED:
        return ContainerState(waiting=ContainerStateWaiting())
    reason = termination_reason(record.exit_code)
    return ContainerState(terminated=ContainerStateTerminated(exit_code=record.exit_code, reason=reason))
