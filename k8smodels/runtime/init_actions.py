"""Which init containers and sidecars the kubelet starts next.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container.go: computeInitContainerActions (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from k8smodels.api.pod import Container, Pod
from k8smodels.runtime.probe_state import NO_PROBES, ProbeState
from k8smodels.runtime.restarts import should_restart
from k8smodels.runtime.simulated_runtime import CREATED, EXITED, RUNNING, ContainerRecord, RuntimeStatus

InitActions = tuple[bool, tuple[Container, ...], Mapping[str, str], bool]
"""Whether the pod is initialized, what to start, what to kill and why, whether initialization has failed for good."""


@dataclass(slots=True)
class _Plan:
    """What is found while the init containers are looked at, the last one first."""

    pod: Pod
    probes: ProbeState
    initialized: bool
    start: list[int] = field(default_factory=list)
    kill: dict[str, str] = field(default_factory=dict)


def init_actions(pod: Pod, status: RuntimeStatus, probes: ProbeState = NO_PROBES) -> InitActions:
    """What one sync does to the init containers.

    They are looked at backwards: the last one that has begun tells how far the pod is, for those before it may have
    been removed. Behind it, only sidecars are kept running.
    """
    inits, current = pod.spec.init_containers, status.active
    if not inits:
        return True, (), {}, False
    plan = _Plan(pod, probes, any(current.latest(item.name) for item in pod.spec.containers))
    later_has_begun = plan.initialized
    for i in reversed(range(len(inits))):
        record = current.latest(inits[i].name)
        if record is None:
            if later_has_begun and inits[i].is_sidecar:
                plan.start.append(i)
            continue
        if later_has_begun and not inits[i].is_sidecar:
            continue
        if inits[i].is_sidecar:
            _sidecar(plan, i, record, starts_next=not later_has_begun)
        elif not _regular(plan, i, record):
            return False, (), {}, True
        later_has_begun = True
    if not later_has_begun:
        plan.start.append(0)
    return plan.initialized, tuple(inits[i] for i in reversed(plan.start)), plan.kill, False


def _regular(plan: _Plan, i: int, record: ContainerRecord) -> bool:
    """Look at a regular init container; whether initialization can still succeed."""
    container = plan.pod.spec.init_containers[i]
    if record.state == CREATED:
        plan.start.append(i)
    elif record.state == EXITED and record.exit_code == 0:
        _done(plan, i, starts_next=True)
    elif record.state == EXITED:
        if plan.pod.is_terminating or not should_restart(container, plan.pod.spec, record.exit_code):
            return False
        plan.start.append(i)
    return True


def _sidecar(plan: _Plan, i: int, record: ContainerRecord, *, starts_next: bool) -> None:
    """Look at a sidecar: restart it if it does not run, and let the next one start once it has started."""
    container = plan.pod.spec.init_containers[i]
    failed = plan.probes.failed.get(container.name)
    if record.state != RUNNING:
        plan.start.append(i)
    elif failed == "startup":
        _restart(plan, i, f"Init container {container.name} failed startup probe")
    elif container.name not in plan.probes.starting:
        _done(plan, i, starts_next=starts_next)
        if record.image != container.image:
            _restart(plan, i, f"Init container {container.name} definition changed")
        elif failed:
            _restart(plan, i, f"Init container {container.name} failed {failed} probe")


def _restart(plan: _Plan, i: int, why: str) -> None:
    plan.kill[plan.pod.spec.init_containers[i].name] = why
    plan.start.append(i)


def _done(plan: _Plan, i: int, *, starts_next: bool) -> None:
    """Init container `i` has done its part: the next one may start, and after the last one the containers."""
    if i == len(plan.pod.spec.init_containers) - 1:
        plan.initialized = True
    elif starts_next:
        plan.start.append(i + 1)
