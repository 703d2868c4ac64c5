"""The conditions of a pod that the kubelet owns.

Not modelled: ``AllContainersRestarting``, conditions of resizes and disruptions, `observedGeneration`.

References
----------
pkg/kubelet/status/generate.go; pkg/kubelet/types/constants.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.api.gotext import quote
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodCondition
from k8smodels.runtime.simulated_runtime import RuntimeStatus


def pod_conditions(pod: Pod, phase: str, status: RuntimeStatus | None = None) -> tuple[PodCondition, ...]:
    """The conditions that follow from the statuses in `pod`, in the kubelet's order.

    Parameters
    ----------
    phase
        The pod's phase; see `pod_phase`.
    status
        What the runtime says of the sandbox; without it the sandbox is taken to be ready.
    """
    return (
        ready_to_start_containers(status),
        initialized(pod, phase),
        ready(pod, phase),
        containers_ready(pod, phase),
        PodCondition(type="PodScheduled", status="True"),
    )


def ready_to_start_containers(status: RuntimeStatus | None) -> PodCondition:
    """Whether the pod has a sandbox with a network."""
    if status is None or (status.sandboxes and status.sandboxes[0].ready):
        return PodCondition(type="PodReadyToStartContainers", status="True")
    message = "pod sandbox is not ready" if status.sandboxes else "no pod sandbox exists"
    return _false("PodReadyToStartContainers", "PodSandboxNotReady", message)


def initialized(pod: Pod, phase: str) -> PodCondition:
    """Whether every init container is done and every sidecar has started.

    It stays true: once a container of the pod has run, a sidecar that starts anew changes nothing.
    """
    inits, statuses = pod.spec.init_containers, _statuses(pod)
    if not statuses and inits:
        return _false("Initialized", "UnknownContainerStatuses")
    unknown = [item.name for item in inits if item.name not in statuses]
    known = [item for item in inits if item.name in statuses]
    incomplete = [item.name for item in known if not _is_initialized(item, statuses[item.name])]
    if phase == "Succeeded" and not unknown:
        return PodCondition(type="Initialized", status="True", reason="PodCompleted")
    if any(_has_run(statuses.get(item.name)) for item in pod.spec.containers):
        return PodCondition(type="Initialized", status="True")
    message = _listed(unknown=unknown, incomplete=incomplete)
    if message:
        return _false("Initialized", "ContainersNotInitialized", message)
    return PodCondition(type="Initialized", status="True")


def containers_ready(pod: Pod, phase: str) -> PodCondition:
    """Whether every container and every sidecar is ready."""
    statuses = _statuses(pod)
    if not statuses:
        return _false("ContainersReady", "UnknownContainerStatuses")
    expected = [*(item for item in pod.spec.init_containers if item.is_sidecar), *pod.spec.containers]
    unknown = [item.name for item in expected if item.name not in statuses]
    unready = [item.name for item in expected if item.name in statuses and not statuses[item.name].ready]
    if phase == "Succeeded" and not unknown:
        return _false("ContainersReady", "PodCompleted")
    if phase == "Failed":
        return _false("ContainersReady", "PodFailed")
    message = _listed(unknown=unknown, unready=unready)
    if message:
        return _false("ContainersReady", "ContainersNotReady", message)
    return PodCondition(type="ContainersReady", status="True")


def ready(pod: Pod, phase: str) -> PodCondition:
    """Whether Services send requests: the containers are ready, and every readiness gate is true."""
    containers = containers_ready(pod, phase)
    if containers.status != "True":
        return _false("Ready", containers.reason, containers.message)
    messages = [message for gate in pod.spec.readiness_gates if (message := _closed(pod, gate.condition_type))]
    if messages:
        return _false("Ready", "ReadinessGatesNotReady", ", ".join(messages))
    return PodCondition(type="Ready", status="True")


def _closed(pod: Pod, gate: str) -> str:
    """Why a readiness gate is not open; empty if it is."""
    condition = next((item for item in pod.status.conditions if item.type == gate), None)
    if condition is None:
        return f"corresponding condition of pod readiness gate {quote(gate)} does not exist."
    if condition.status != "True":
        return f'the status of pod readiness gate {quote(gate)} is not "True", but {condition.status}'
    return ""


def _is_initialized(container: Container, status: ContainerStatus) -> bool:
    return bool(status.started) if container.is_sidecar else status.ready


def _has_run(status: ContainerStatus | None) -> bool:
    return status is not None and (status.state.running is not None or status.state.terminated is not None)


def _statuses(pod: Pod) -> dict[str, ContainerStatus]:
    both = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    return {status.name: status for status in both}


def _listed(**names: Iterable[str]) -> str:
    parts = ((kind, " ".join(some)) for kind, some in names.items())
    return ", ".join(f"containers with {kind} status: [{some}]" for kind, some in parts if some)


def _false(kind: str, reason: str, message: str = "") -> PodCondition:
    return PodCondition(type=kind, status="False", reason=reason, message=message)
