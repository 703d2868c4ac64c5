"""What the kubelet does next to a pod, by what the runtime says of it.

Not modelled: ephemeral containers, resizes in place, containers in an unknown state.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_manager.go: computePodActions; pkg/kubelet/kuberuntime/util/util.go:
PodSandboxChanged; pkg/kubelet/container/helpers.go: ShouldContainerBeRestarted (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from k8smodels.api.pod import Container, Pod
from k8smodels.runtime.init_actions import init_actions
from k8smodels.runtime.probe_state import NO_PROBES, ProbeState
from k8smodels.runtime.restarts import should_restart
from k8smodels.runtime.simulated_runtime import CREATED, EXITED, RUNNING, ContainerRecord, RuntimeStatus


@dataclass(frozen=True, slots=True)
class PodActions:
    """One sync's plan.

    Attributes
    ----------
    kill_pod
        Stop all containers and the sandbox.
    create_sandbox
        Then make a new one, of number `attempt`.
    init_containers_to_start, containers_to_start
        In this order.
    containers_to_kill
        The message of the event, by the container's name.
    """

    kill_pod: bool = False
    create_sandbox: bool = False
    attempt: int = 0
    init_containers_to_start: tuple[Container, ...] = ()
    containers_to_start: tuple[Container, ...] = ()
    containers_to_kill: Mapping[str, str] = field(default_factory=dict)


def compute_pod_actions(pod: Pod, status: RuntimeStatus, probes: ProbeState = NO_PROBES) -> PodActions:
    """What one sync of `pod` does."""
    if not status.sandboxes or not status.sandboxes[0].ready:
        return _new_sandbox_actions(pod, status)
    initialized, start, kill, lost = init_actions(pod, status, probes)
    plan = PodActions(
        attempt=status.sandboxes[0].attempt, init_containers_to_start=start, containers_to_kill=kill, kill_pod=lost
    )
    return _container_actions(pod, status, probes, plan) if initialized and not lost else plan


def _new_sandbox_actions(pod: Pod, status: RuntimeStatus) -> PodActions:
    """Everything starts over, unless the pod is done."""
    attempt = status.sandboxes[0].attempt + 1 if status.sandboxes else 0
    stop = PodActions(kill_pod=True, attempt=attempt)
    if pod.spec.restart_policy == "Never" and attempt and status.containers:
        return stop
    start = tuple(item for item in pod.spec.containers if not _has_run_once(item, pod, status))
    if not start and any(status.latest(item.name) for item in pod.spec.containers):
        return stop
    begin = replace(stop, create_sandbox=True)
    if pod.spec.init_containers:
        return replace(begin, init_containers_to_start=pod.spec.init_containers[:1])
    return replace(begin, containers_to_start=start)


def _has_run_once(container: Container, pod: Pod, status: RuntimeStatus) -> bool:
    record = status.latest(container.name)
    succeeded = record is not None and record.state == EXITED and record.exit_code == 0
    return succeeded and (container.restart_policy or pod.spec.restart_policy) == "OnFailure"


def _container_actions(pod: Pod, status: RuntimeStatus, probes: ProbeState, plan: PodActions) -> PodActions:
    """Start what should run and does not; stop what runs and should not. With nothing left, stop the pod."""
    start, kill, kept = list[Container](), dict(plan.containers_to_kill), 0
    for container in pod.spec.containers:
        record = status.latest(container.name)
        if record is None or record.state != RUNNING:
            if should_be_started(container, pod, record):
                start.append(container)
            continue
        problem, restart = _problem(container, record, pod, probes)
        if not problem:
            kept += 1
            continue
        if restart:
            start.append(container)
        kill[container.name] = f"{problem}, will be restarted" if restart else problem
    plan = replace(plan, containers_to_start=tuple(start), containers_to_kill=kill)
    return plan if kept or start else replace(plan, kill_pod=True, init_containers_to_start=())


def should_be_started(container: Container, pod: Pod, record: ContainerRecord | None) -> bool:
    """Whether a container that does not run should: it never did, or its restart policy says so."""
    if pod.is_terminating:
        return False
    if record is None or record.state == CREATED:
        return True
    return record.state == EXITED and should_restart(container, pod.spec, record.exit_code)


def _problem(container: Container, record: ContainerRecord, pod: Pod, probes: ProbeState) -> tuple[str, bool]:
    """Why a running container is stopped, and whether it then starts again; no reason if it stays."""
    if record.image != container.image:
        return f"Container {container.name} definition changed", True
    if container.name in probes.failed:
        restart = (container.restart_policy or pod.spec.restart_policy) != "Never"
        return f"Container {container.name} failed {probes.failed[container.name]} probe", restart
    return "", False
