"""The phase of a pod: a summary of its containers' states.

References
----------
pkg/kubelet/kubelet_pods.go: getPhase (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8smodels.api.container_status import ContainerStateTerminated
from k8smodels.api.pod import Container, ContainerStatus, Pod, PodSpec
from k8smodels.i18n import _
from k8smodels.runtime.restarts import should_restart

RESTARTING_ALL = "RestartingAllContainers"
"""Reason of a container that ended because its whole pod starts over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one container stands, as far as the phase asks.

    Attributes
    ----------
    state
        ``running``; ``stopped``: it ran and ended, and may be about to start again; ``waiting``: it never ran;
        ``unknown``: no status.
    exit_code
        How it ended, if it is stopped.
    restarts
        Whether it is started again after that end.
    started
        Whether a running container has passed its startup probe.
    """

    container: str
    state: str
    exit_code: int | None = None
    restarts: bool = False
    started: bool = False

    @property
    def failed(self) -> bool:
        """Whether it ended with another code than 0."""
        return self.exit_code not in (None, 0)


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """A phase and what decided it.

    Attributes
    ----------
    phase
        ``Pending``, ``Running``, ``Succeeded`` or ``Failed``. The kubelet never says ``Unknown``.
    reason
        The rule that decided.
    deciding
        Names of the containers that it is about.
    """

    phase: str
    reason: str
    deciding: tuple[str, ...] = ()


def pod_phase(pod: Pod, *, is_terminal: bool = False, has_initialized: bool = False) -> PhaseResult:
    """The phase that the kubelet computes from the statuses in `pod`.

    Parameters
    ----------
    is_terminal
        The kubelet has decided that no container starts again: the pod is deleted, evicted or past its deadline.
    has_initialized
        All init containers were done once. From then on a sidecar that starts again makes the pod no longer pending.
    """
    spec = pod.spec
    statuses = {status.name: status for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)}
    inits = _standings((item for item in spec.init_containers if not item.is_sidecar), spec, statuses)
    sidecars = _standings((item for item in spec.init_containers if item.is_sidecar), spec, statuses)
    apps = _standings(spec.containers, spec, statuses)
    early = _initialization(inits, sidecars, has_initialized)
    if early is not None:
        return early
    counted = [*(item for item in sidecars if item.state != "stopped"), *apps]
    return _main_phase(counted, apps, is_terminal and not is_static(pod))


def is_static(pod: Pod) -> bool:
    """Whether the pod comes from a file of the node and not from the API server."""
    return pod.metadata.annotations.get("kubernetes.io/config.source", "api") != "api"


def _initialization(
    inits: Sequence[Standing], sidecars: Sequence[Standing], has_initialized: bool
) -> PhaseResult | None:
    """The phase that init containers decide, if they do."""
    lost = _names(item for item in inits if item.failed and not item.restarts)
    if lost:
        return PhaseResult("Failed", _("an init container failed and is not started again"), lost)
    pending = _names(item for item in inits if item.state != "stopped")
    if pending:
        return PhaseResult("Pending", _("an init container has not finished"), pending)
    unready = _names(item for item in sidecars if _is_pending_sidecar(item))
    if unready and not has_initialized:
        return PhaseResult("Pending", _("a sidecar has not started"), unready)
    return None


def _is_pending_sidecar(item: Standing) -> bool:
    return item.state == "waiting" or (item.state == "running" and not item.started)


def _main_phase(counted: Sequence[Standing], apps: Sequence[Standing], is_terminal: bool) -> PhaseResult:
    """The phase that the containers decide; `counted` are they and the sidecars that have not ended."""
    by_state = {
        state: _names(item for item in counted if item.state == state)
        for state in ("waiting", "unknown", "running", "stopped")
    }
    if by_state["waiting"]:
        return PhaseResult("Pending", _("a container has never started"), by_state["waiting"])
    if by_state["unknown"]:
        return PhaseResult("Pending", _("a container has no status"), by_state["unknown"])
    if by_state["running"]:
        return PhaseResult("Running", _("a container runs, and none waits for its first start"), by_state["running"])
    if not by_state["stopped"]:
        return PhaseResult("Pending", _("no container has a status"))
    return _ended(apps, is_terminal)


def _ended(apps: Sequence[Standing], is_terminal: bool) -> PhaseResult:
    """The phase of a pod all of whose containers have ended."""
    again = _names(item for item in apps if item.restarts)
    if again and not is_terminal:
        return PhaseResult("Running", _("all have ended, and some are started again"), again)
    failed = _names(item for item in apps if item.failed)
    if failed:
        return PhaseResult("Failed", _("all have ended for good, at least one of them with an error"), failed)
    return PhaseResult("Succeeded", _("all have ended for good with exit code 0"), _names(apps))


def _standings(
    containers: Iterable[Container], spec: PodSpec, statuses: dict[str, ContainerStatus]
) -> tuple[Standing, ...]:
    return tuple(_standing(container, spec, statuses.get(container.name)) for container in containers)


def _standing(container: Container, spec: PodSpec, status: ContainerStatus | None) -> Standing:
    if status is None:
        return Standing(container.name, "unknown")
    state = status.state
    if state.running is not None:
        return Standing(container.name, "running", started=bool(status.started))
    if state.terminated is not None:
        return _stopped(container, spec, state.terminated)
    if state.waiting is None:
        return Standing(container.name, "unknown")
    if status.last_state.terminated is not None:
        return _stopped(container, spec, status.last_state.terminated)
    return Standing(container.name, "waiting")


def _stopped(container: Container, spec: PodSpec, end: ContainerStateTerminated) -> Standing:
    restarts = end.reason == RESTARTING_ALL or should_restart(container, spec, end.exit_code)
    return Standing(container.name, "stopped", end.exit_code, restarts)


def _names(standings: Iterable[Standing]) -> tuple[str, ...]:
    return tuple(item.container for item in standings)
