"""Probes over time: what the kubelet asks, what the program answers, what follows.

Not modelled: the random delay after a start of the kubelet, the extra looks at readiness on other changes of the pod's
status, the repetition of a probe that could not be made at all, other containers.

References
----------
pkg/kubelet/prober/worker.go: run, doProbe; pkg/kubelet/prober/prober.go: probe;
pkg/kubelet/prober/prober_manager.go: UpdatePodStatus (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.api.errors import InvalidObject, invalid
from k8smodels.api.pod import Pod
from k8smodels.runtime.grace import with_default_grace
from k8smodels.runtime.probe_results import Answer, ProbeResult
from k8smodels.runtime.probe_run import ProbeRun
from k8smodels.runtime.probe_spec import probe_errors
from k8smodels.runtime.programs import SERVER, Program
from k8smodels.runtime.timeline import Happening, check_seconds


@dataclass(frozen=True, slots=True)
class ProbeTimeline:
    """Probes and what came of them.

    Attributes
    ----------
    results
        Each probe made, in the order of the answers.
    timeline
        What followed: ``started``, ``ready``, ``unready``, ``Unhealthy``, ``Killing``, ``exit …``.
    """

    results: tuple[ProbeResult, ...]
    timeline: tuple[Happening, ...]

    def when(self, what: str) -> tuple[float, ...]:
        """The seconds at which `what` happened."""
        return tuple(item.at_seconds for item in self.timeline if item.what == what)

    def ready_at(self, at_seconds: float) -> bool:
        """Whether the container was ready at that time."""
        changes = [item.what for item in self.timeline if item.at_seconds <= at_seconds]
        return (
            "ready" in changes and next(what for what in reversed(changes) if what in ("ready", "unready")) == "ready"
        )


def run_probes(
    pod: Pod,
    answers: Mapping[str, Sequence[Answer]],
    *,
    container: str = "",
    program: Program = SERVER,
    first_tick_seconds: float = 0,
    until_seconds: float = 300,
) -> ProbeTimeline:
    """Ask the probes of one container of `pod`.

    Parameters
    ----------
    answers
        By kind of probe, in order of time; a kind that is not given is always well.
    container
        Its name; the first one if not given.
    program
        How it ends when a failed probe has it stopped.
    first_tick_seconds
        When the workers look for the first time after the start. They tick before there is a container, so on a node
        this is any moment of the first period.

    Raises
    ------
    InvalidObject
        Probes that the API server refuses.
    FieldError
        A time that is negative or longer than a day; a container that the pod does not have.
    """
    errors = list(probe_errors(pod))
    if errors:
        raise InvalidObject("Pod", pod.name, errors)
    check_seconds("until_seconds", until_seconds)
    check_seconds("first_tick_seconds", first_tick_seconds)
    names = [item.name for item in pod.all_containers]
    if container and container not in names:
        raise invalid("container", container, f"must be one of {', '.join(names)}")
    found = next(item for item in pod.all_containers if item.name == (container or pod.spec.containers[0].name))
    run = ProbeRun(with_default_grace(pod), found, answers, program, first_tick_seconds)
    run.until(until_seconds)
    return ProbeTimeline(tuple(run.results), tuple(run.timeline))
