"""The end of a pod over time: hooks, signals, grace, the order of its containers.

Not modelled: hooks that fail, the time that calls take, the force delete of ``--grace-period=0``.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container.go: killContainer, executePreStopHook;
kuberuntime_termination_order.go: waitForTurn (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.api.pod import Container, Pod
from k8smodels.i18n import _
from k8smodels.runtime.grace import MINIMUM_SECONDS, grace_period_seconds, with_default_grace
from k8smodels.runtime.pod_kill import kill_order
from k8smodels.runtime.programs import SERVER, Program
from k8smodels.runtime.timeline import Happening


@dataclass(frozen=True, slots=True)
class ContainerEnd:
    """How one container ends.

    Attributes
    ----------
    stop_seconds
        When the stop signal is sent; time counts from the wish that the pod end.
    timeout_seconds
        How long after it SIGKILL would follow.
    end_seconds
        When the container has ended.
    exit_code
        How.
    happenings
        Its part of the timeline.
    """

    container: str
    stop_seconds: float
    timeout_seconds: int
    end_seconds: float
    exit_code: int
    happenings: tuple[Happening, ...]


@dataclass(frozen=True, slots=True)
class Termination:
    """The end of a pod.

    Attributes
    ----------
    ends
        One for each container that ran, in the order in which they are told to stop.
    """

    ends: tuple[ContainerEnd, ...]

    @property
    def seconds(self) -> float:
        """When the last container has ended and the sandbox is stopped."""
        return max((end.end_seconds for end in self.ends), default=0)

    def end(self, container: str) -> ContainerEnd:
        """The end of the container of that name."""
        return next(end for end in self.ends if end.container == container)

    @property
    def timeline(self) -> tuple[Happening, ...]:
        """All that happens, in order; the sandbox is stopped last."""
        happenings = sorted((item for end in self.ends for item in end.happenings), key=lambda item: item.at_seconds)
        return (*happenings, Happening(self.seconds, "", "StopPodSandbox", _("no container runs any more")))


def terminate_pod(
    pod: Pod,
    programs: Mapping[str, Program] | None = None,
    *,
    running: Iterable[str] | None = None,
    grace_period_override: int | None = None,
) -> Termination:
    """Stop `pod`.

    Parameters
    ----------
    programs
        What runs in the containers; a name without one stands for a server that stops at once.
    running
        Containers that run; all of them and the sidecars if not given.
    grace_period_override
        Seconds that stand for every grace period, as an eviction sets them.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> deaf = {"main": Program(handles_sigterm=False)}
    >>> terminate_pod(pod("web", termination_grace_period_seconds=30), deaf).end("main").exit_code
    137
    """
    pod, programs = with_default_grace(pod), programs or {}
    together, one_by_one = kill_order(pod, _long_running(pod) if running is None else running)

    def end(container: Container, turn_seconds: float) -> ContainerEnd:
        grace = grace_period_seconds(pod, container) if grace_period_override is None else grace_period_override
        return end_container(container, programs.get(container.name, SERVER), grace, turn_seconds)

    ends = [end(container, 0) for container in together]
    apps = {item.name for item in pod.spec.containers}
    turn_seconds = max((item.end_seconds for item in ends if item.container in apps), default=0.0)
    for container in one_by_one:
        ends.append(end(container, turn_seconds))
        turn_seconds = max(turn_seconds, ends[-1].end_seconds)
    return Termination(tuple(ends))


def _long_running(pod: Pod) -> list[str]:
    sidecars = [item.name for item in pod.spec.init_containers if item.is_sidecar]
    return sidecars + [item.name for item in pod.spec.containers]


def end_container(container: Container, program: Program, grace_seconds: int, turn_seconds: float = 0) -> ContainerEnd:
    """The end of one container whose turn comes at `turn_seconds`.

    The hook and the wait for its turn are taken from the grace period, in whole seconds; at least 2 s remain.
    """
    grace = grace_seconds
    happenings, now_seconds, left = list[Happening](), 0.0, grace
    if container.lifecycle and container.lifecycle.pre_stop and grace > 0:
        happenings.append(Happening(0, container.name, "preStop"))
        now_seconds = min(program.pre_stop_seconds, grace)
        left -= int(now_seconds)
    if turn_seconds > now_seconds and left > 0:
        happenings.append(Happening(now_seconds, container.name, "waits", _("sidecars stop after the containers")))
        waited = min(turn_seconds - now_seconds, left)
        now_seconds, left = now_seconds + waited, left - int(waited)
    return _stopped(container, program, now_seconds, max(left, MINIMUM_SECONDS), happenings)


def _stopped(
    container: Container, program: Program, stop_seconds: float, timeout: int, before: list[Happening]
) -> ContainerEnd:
    name, stop = container.name, program.on_stop()
    signal = (container.lifecycle and container.lifecycle.stop_signal) or "SIGTERM"
    until = _("SIGKILL follows after {seconds} s").format(seconds=timeout)
    happenings = [*before, Happening(stop_seconds, name, signal, until)]
    if stop.after_seconds is not None and stop.after_seconds <= timeout:
        end_seconds, code, why = stop_seconds + stop.after_seconds, stop.exit_code, stop.why
    else:
        end_seconds, code, why = stop_seconds + timeout, 128 + 9, _("killed")
        reason = stop.why if stop.after_seconds is None else _("it has not ended in time")
        happenings.append(Happening(end_seconds, name, "SIGKILL", reason))
    happenings.append(Happening(end_seconds, name, f"exit {code}", why))
    return ContainerEnd(name, stop_seconds, timeout, end_seconds, code, tuple(happenings))
