"""How a container is started: its wait, its image, its creation, its start, its hook.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container.go: startContainer; kuberuntime_manager.go: doBackOff;
labels.go: newContainerLabels (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k8smodels.api.pod import Container
from k8smodels.runtime.backoff import Backoff
from k8smodels.runtime.cri_calls import CreateContainer, ExecSync, ImageStatus, StartContainer
from k8smodels.runtime.expansion import expand
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.runtime.simulated_runtime import EXITED
from k8smodels.runtime.sync_context import SyncContext


@dataclass(frozen=True, slots=True)
class StartError:
    """A container that could not be started now.

    Attributes
    ----------
    reason
        The reason in its status, e.g. ``CrashLoopBackOff``.
    message
        The message beside it.
    retry_at_ns
        When a new try is worth it; 0: at any time.
    """

    container: str
    reason: str
    message: str
    retry_at_ns: int = 0

    def __str__(self) -> str:
        return f"StartContainer {self.container}: {self.reason}: {self.message}"


def start_container(sync: SyncContext, container: Container) -> StartError | None:
    """Start `container`, or tell why not."""
    waits = _crash_loop_back_off(sync, container)
    if waits is not None:
        return waits
    policy = container.image_pull_policy or "IfNotPresent"
    name = container.name

    def record(event: PodEvent) -> None:
        sync.events.append(replace(event, container=name))

    image = sync.memory.images.ensure_image_exists(container.image, policy, record, sync.now_ns)
    if image.error:
        sync.record("Warning", "Failed", f"Error: {image.error}", name)
        return StartError(name, image.error, image.message, image.retry_at_ns)
    sync.runtime.call(ImageStatus(container.image))  # for the user that the image names
    sync.runtime.call(_creation(sync, container), sync.now_ns)
    sync.record("Normal", "Created", "Container created", name)
    sync.runtime.call(StartContainer(container.name), sync.now_ns)
    sync.record("Normal", "Started", "Container started", name)
    hook = container.lifecycle and container.lifecycle.post_start
    if hook and hook.exec:
        sync.runtime.call(ExecSync(container.name, hook.exec.command), sync.now_ns)
    return None


def _crash_loop_back_off(sync: SyncContext, container: Container) -> StartError | None:
    """The error of a container that ended too recently; otherwise its restart is counted."""
    ended = next((item for item in sync.status.with_state(EXITED) if item.name == container.name), None)
    if ended is None:
        return None
    key = (container.name, container.image, repr(container.resources))
    backoff = sync.memory.backoffs.get(key, Backoff(sync.memory.settings))
    if backoff.waits(ended.finished_ns, sync.now_ns):
        event = f"Back-off restarting failed container {container.name} in pod {sync.pod_name}"
        sync.record("Warning", "BackOff", event, container.name)
        message = backoff.message(container.name, sync.pod_name)
        return StartError(container.name, "CrashLoopBackOff", message, ended.finished_ns + backoff.delay_ns)
    sync.memory.backoffs[key] = backoff.restarted(ended.finished_ns, sync.now_ns)
    return None


def _creation(sync: SyncContext, container: Container) -> CreateContainer:
    """The call that creates the container; its attempt is one more than that of the newest one before."""
    before = sync.status.latest(container.name)
    attempt = before.attempt + 1 if before else 0
    variables = {variable.name: variable.value for variable in container.env}
    return CreateContainer(
        container=container.name,
        attempt=attempt,
        image=container.image,
        command=tuple(expand(word, variables) for word in container.command),
        args=tuple(expand(word, variables) for word in container.args),
        log_path=f"{container.name}/{attempt}.log",
        restart_count=str(attempt),
        labels={"io.kubernetes.container.name": container.name, **pod_labels(sync)},
    )


def pod_labels(sync: SyncContext) -> Mapping[str, str]:
    """The labels by which the kubelet finds what belongs to the pod."""
    return {
        "io.kubernetes.pod.name": sync.pod.name,
        "io.kubernetes.pod.namespace": sync.pod.namespace,
        "io.kubernetes.pod.uid": sync.pod.metadata.uid,
    }
