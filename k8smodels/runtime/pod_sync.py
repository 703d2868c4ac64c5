"""One look of the kubelet at a pod: from what is and what should be to calls of the CRI.

Not modelled: ephemeral containers, resizes in place, image volumes, hooks that fail, the restart of all containers by a
rule, collection of dead containers.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_manager.go: SyncPod; kuberuntime_container.go: purgeInitContainers,
pruneInitContainersBeforeStart (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.pod import Pod
from k8smodels.runtime.backoff import DEFAULT_BACKOFF, BackoffSettings
from k8smodels.runtime.container_start import StartError, pod_labels, start_container
from k8smodels.runtime.cri_calls import Call, RemoveContainer, RunPodSandbox
from k8smodels.runtime.image_manager import ImageManager
from k8smodels.runtime.pod_actions import PodActions, compute_pod_actions
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.runtime.pod_kill import kill_container, kill_pod
from k8smodels.runtime.probe_state import NO_PROBES, ProbeState
from k8smodels.runtime.simulated_runtime import EXITED, ContainerRecord, SimulatedRuntime
from k8smodels.runtime.sync_context import Memory, SyncContext

LOG_ROOT = "/var/log/pods"
"""Where the kubelet has the runtime write logs (`podLogsDir`)."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one sync, or one kill, did.

    Attributes
    ----------
    calls
        Calls of the CRI, in order. Calls that go out at the same time stand in a fixed order: see `kill_order`.
    events
        What the kubelet told the API server.
    errors
        Containers that it could not start.
    """

    calls: tuple[Call, ...]
    events: tuple[PodEvent, ...]
    errors: tuple[StartError, ...] = ()


class PodWorker:
    """The kubelet's work for one pod.

    Parameters
    ----------
    runtime
        The runtime of the node.
    settings
        The wait between restarts.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> worker = PodWorker(SimulatedRuntime())
    >>> [type(call).__name__ for call in worker.sync(pod("web", image="nginx:1.27")).calls][:3]
    ['RunPodSandbox', 'ImageStatus', 'PullImage']
    """

    def __init__(self, runtime: SimulatedRuntime, settings: BackoffSettings = DEFAULT_BACKOFF) -> None:
        self.runtime = runtime
        self._memory = Memory(ImageManager(runtime), settings)

    def sync(self, pod: Pod, *, probes: ProbeState = NO_PROBES, now_ns: int = 0) -> SyncResult:
        """Bring the pod one step nearer to its spec."""
        first, sync = len(self.runtime.calls), self._context(pod, now_ns)
        plan = compute_pod_actions(pod, sync.status, probes)
        if plan.create_sandbox and sync.status.sandboxes:
            sync.record("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.")
        _stop(sync, plan, probes)
        _remove_init_containers(sync, everything=plan.create_sandbox)
        if plan.create_sandbox:
            sync.runtime.call(_new_sandbox(sync, plan.attempt), now_ns)
        errors = tuple(_start(sync, plan))
        return SyncResult(tuple(self.runtime.calls[first:]), tuple(sync.events), errors)

    def kill(self, pod: Pod, *, grace_period_override: int | None = None, now_ns: int = 0) -> SyncResult:
        """Stop all of the pod."""
        first, sync = len(self.runtime.calls), self._context(pod, now_ns)
        kill_pod(sync, grace_period_override)
        return SyncResult(tuple(self.runtime.calls[first:]), tuple(sync.events))

    def _context(self, pod: Pod, now_ns: int) -> SyncContext:
        return SyncContext(pod, self.runtime, self._memory, self.runtime.status(), now_ns)


def _stop(sync: SyncContext, plan: PodActions, probes: ProbeState) -> None:
    """Stop the whole pod, or the containers that should not run as they do."""
    if plan.kill_pod:
        kill_pod(sync)
        return
    for container in sync.pod.all_containers:
        if container.name in plan.containers_to_kill:
            message = plan.containers_to_kill[container.name]
            kill_container(sync, container, message, probes.failed.get(container.name, ""))


def _remove_init_containers(sync: SyncContext, *, everything: bool) -> None:
    """Before a new sandbox all init containers are removed, otherwise all ended ones but the newest of each name."""
    names = {container.name for container in sync.pod.spec.init_containers}
    records = [item for item in sync.status.containers if item.name in names]
    gone = records if everything else _older_ends(records)
    for item in sorted(gone, key=lambda item: (item.name, item.attempt)):
        sync.runtime.call(RemoveContainer(item.name, item.attempt))


def _older_ends(records: list[ContainerRecord]) -> list[ContainerRecord]:
    ended = [item for item in records if item.state == EXITED]
    newest = {item.name: item for item in reversed(ended)}
    return [item for item in ended if item is not newest[item.name]]


def _new_sandbox(sync: SyncContext, attempt: int) -> RunPodSandbox:
    pod, labels = sync.pod, {**sync.pod.labels, **pod_labels(sync)}
    directory = f"{LOG_ROOT}/{pod.namespace}_{pod.name}_{pod.metadata.uid}"
    return RunPodSandbox(f"{pod.namespace}/{pod.name}", attempt, directory, labels)


def _start(sync: SyncContext, plan: PodActions) -> Iterator[StartError]:
    """Start init containers, then containers. An init container that cannot start ends the sync, a sidecar does not."""
    for container in plan.init_containers_to_start:
        error = start_container(sync, container)
        if error is not None:
            yield error
            if not container.is_sidecar:
                return
    for container in plan.containers_to_start:
        error = start_container(sync, container)
        if error is not None:
            yield error
