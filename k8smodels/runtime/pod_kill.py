"""Which calls stop a pod, or one container of it.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container.go: killContainer, killContainersWithSyncResult;
kuberuntime_termination_order.go; kuberuntime_manager.go: killPodWithSyncResult (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.api.pod import Container, Pod
from k8smodels.runtime.cri_calls import ExecSync, StopContainer, StopPodSandbox
from k8smodels.runtime.grace import MINIMUM_SECONDS, grace_period_seconds
from k8smodels.runtime.simulated_runtime import RUNNING
from k8smodels.runtime.sync_context import SyncContext


def kill_pod(sync: SyncContext, grace_period_override: int | None = None) -> None:
    """Stop what runs, in the order of `kill_order`, then every sandbox, the newest first.

    Parameters
    ----------
    grace_period_override
        Seconds that stand for every grace period, as an eviction sets them.
    """
    together, one_by_one = kill_order(sync.pod, (item.name for item in sync.status.with_state(RUNNING)))
    grace = {item.name: _grace(sync, item, grace_period_override) for item in (*together, *one_by_one)}
    for container in (*together, *one_by_one):
        sync.record("Normal", "Killing", f"Stopping container {container.name}", container.name)
    for container in together:
        _pre_stop(sync, container, grace[container.name])
        _stop(sync, container, grace[container.name])
    for container in one_by_one:
        _pre_stop(sync, container, grace[container.name])
    for container in one_by_one:
        _stop(sync, container, grace[container.name])
    for sandbox in sync.status.sandboxes:
        sync.runtime.call(StopPodSandbox(sandbox.attempt), sync.now_ns)


def kill_container(sync: SyncContext, container: Container, message: str, failed_probe: str = "") -> None:
    """Stop one container of a pod that goes on."""
    grace = grace_period_seconds(sync.pod, container, failed_probe)
    sync.record("Normal", "Killing", message, container.name)
    _pre_stop(sync, container, grace)
    _stop(sync, container, grace)


def kill_order(pod: Pod, running: Iterable[str]) -> tuple[tuple[Container, ...], tuple[Container, ...]]:
    """The containers among `running` that are stopped at the same time, and those that follow one by one.

    Containers and regular init containers are stopped together (here in the order of their names). A sidecar waits for
    all containers and for every later sidecar, so that the first to start is the last to stop.
    """
    names = set(running)
    inits = [item for item in pod.spec.init_containers if item.name in names]
    together = [item for item in pod.spec.containers if item.name in names]
    together += [item for item in inits if not item.is_sidecar]
    sidecars = [item for item in inits if item.is_sidecar]
    return tuple(sorted(together, key=lambda item: item.name)), tuple(reversed(sidecars))


def _grace(sync: SyncContext, container: Container, override: int | None) -> int:
    return grace_period_seconds(sync.pod, container) if override is None else override


def _pre_stop(sync: SyncContext, container: Container, grace_seconds: int) -> None:
    """Run the hook; without grace there is no time for it."""
    hook = container.lifecycle and container.lifecycle.pre_stop
    if hook and hook.exec and grace_seconds > 0:
        sync.runtime.call(ExecSync(container.name, hook.exec.command), sync.now_ns)


def _stop(sync: SyncContext, container: Container, grace_seconds: int) -> None:
    sync.runtime.call(StopContainer(container.name, max(grace_seconds, MINIMUM_SECONDS)), sync.now_ns)
