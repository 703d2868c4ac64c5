"""The columns READY, STATUS and RESTARTS of ``kubectl get pods``: the API server makes them from a pod's statuses.

The column STATUS is a word for people. It is not the phase, which controllers read.

Not modelled: pods that are gated or whose `status.reason` is set (such as ``Evicted``), the age of the last restart.

References
----------
pkg/printers/internalversion/printers.go: printPod (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.container_status import ContainerStateTerminated
from k8smodels.api.pod import ContainerStatus, Pod


@dataclass(frozen=True, slots=True)
class PodColumns:
    """What one line of the table says.

    Attributes
    ----------
    ready
        How many containers are ready, of how many: sidecars count, other init containers do not.
    status
        The first thing that is wrong, or the phase.
    restarts
        Of the init containers while they go on, then of the containers and sidecars.
    """

    ready: str
    status: str
    restarts: int


def pod_columns(pod: Pod) -> PodColumns:
    """The columns of `pod`.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> from k8smodels.runtime import job, pod_life
    >>> pod_columns(pod_life(pod("web", image="a:1"), {"main": job(1)}, until_seconds=3).pod)
    PodColumns(ready='0/1', status='CrashLoopBackOff', restarts=1)
    """
    sidecars = {item.name for item in pod.spec.init_containers if item.is_sidecar}
    inits, apps = pod.status.init_container_statuses, pod.status.container_statuses
    initializing = _initializing(pod, sidecars)
    status, counted = pod.status.phase, list(inits)
    ready = sum(item.ready and bool(item.started) for item in inits if item.name in sidecars)
    if initializing:
        status = initializing
    if not initializing or _is_true(pod, "Initialized"):
        status = _of_containers(pod, status)
        counted = [*(item for item in inits if item.name in sidecars), *apps]
        ready += sum(_serves(item) for item in apps)
    if pod.metadata.deletion_timestamp and pod.status.phase not in ("Succeeded", "Failed"):
        status = "Terminating"
    total = len(pod.spec.containers) + len(sidecars)
    return PodColumns(f"{ready}/{total}", status, sum(item.restart_count for item in counted))


def _initializing(pod: Pod, sidecars: set[str]) -> str:
    """What the first init container that is not done says; empty if all are."""
    for i, item in enumerate(pod.status.init_container_statuses):
        ended, waiting = item.state.terminated, item.state.waiting
        if (ended and ended.exit_code == 0) or (item.name in sidecars and item.started):
            continue
        if ended:
            return f"Init:{_end(ended)}"
        if waiting and waiting.reason not in ("", "PodInitializing"):
            return f"Init:{waiting.reason}"
        return f"Init:{i}/{len(pod.spec.init_containers)}"
    return ""


def _of_containers(pod: Pod, status: str) -> str:
    """The word of the first container that waits or has ended; ``Completed`` only if none runs or has failed."""
    statuses = pod.status.container_statuses
    words = [word for item in statuses if (word := _word(item))]
    status = words[0] if words else status
    if status != "Completed":
        return status
    runs = any(_serves(item) for item in statuses)
    failed = [_end(item.state.terminated) for item in statuses if item.state.terminated and _has_failed(item)]
    if runs and _is_true(pod, "Ready"):
        return "Running"
    return failed[0] if failed else "NotReady" if runs else status


def _word(item: ContainerStatus) -> str:
    if item.state.waiting and item.state.waiting.reason:
        return item.state.waiting.reason
    return _end(item.state.terminated) if item.state.terminated else ""


def _end(ended: ContainerStateTerminated) -> str:
    if ended.reason:
        return ended.reason
    return f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}"


def _has_failed(item: ContainerStatus) -> bool:
    return item.state.terminated is not None and item.state.terminated.exit_code != 0


def _serves(item: ContainerStatus) -> bool:
    return item.ready and item.state.running is not None


def _is_true(pod: Pod, condition: str) -> bool:
    return any(item.type == condition and item.status == "True" for item in pod.status.conditions)
