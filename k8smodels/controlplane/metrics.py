"""What metrics-server would say: the CPU that containers use, sampled now and then.

A simulated program uses as much as its `Behaviour` says, and its share of the load that somebody puts on it with
`Metrics.load`. Left out: memory, containers one by one, and the noise of real measurements.

References
----------
github.com/kubernetes-sigs/metrics-server: README (resolution 15 s)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from k8smodels.api.pod import Pod
from k8smodels.controlplane.api_server import APIServer
from k8smodels.controlplane.behaviour import Behaviour
from k8smodels.controlplane.timing import Timing
from k8smodels.workloads import PodSample, Samples
from k8smodels.workloads.readiness import is_ready

Load = Callable[[float], float]
"""Thousandths of a CPU that all requests together need, by the second."""


@dataclass(frozen=True, slots=True)
class LoadOn:
    """A load, and the pods that share it.

    Attributes
    ----------
    namespace, labels
        Which pods: those that are ready share it evenly.
    milli_cpu
        How much it is.
    """

    namespace: str
    labels: Mapping[str, str]
    milli_cpu: Load

    def selects(self, pod: Pod) -> bool:
        """Whether `pod` takes a share."""
        return pod.namespace == self.namespace and self.labels.items() <= pod.labels.items()


class Metrics:
    """The metrics API.

    Parameters
    ----------
    server, timing
        Where the pods are, and how often they are looked at.
    behaviour
        What a program uses by itself.
    """

    def __init__(self, server: APIServer, timing: Timing, behaviour: Callable[[Pod, str], Behaviour]) -> None:
        self._server, self._timing, self._behaviour = server, timing, behaviour
        self._loads: list[LoadOn] = []
        self._samples: dict[str, PodSample] = {}
        self._process: object = None

    def load(self, labels: Mapping[str, str], milli_cpu: Load, namespace: str = "default") -> None:
        """Put a load on the pods with these labels, instead of an earlier one on the same."""
        self._loads = [each for each in self._loads if (each.namespace, each.labels) != (namespace, labels)]
        self._loads.append(LoadOn(namespace, labels, milli_cpu))

    def start(self) -> None:
        """Begin to look, if nobody does yet: without an autoscaler or ``kubectl top`` nobody needs it."""
        if self._process is None:
            self._process = self._server.clock.environment.process(self._scrape())

    def milli_cpu(self, pod: Pod) -> int:
        """What `pod` uses now."""
        return self._usage([pod])[pod.metadata.uid]

    def samples(self) -> Samples:
        """What the API answers: values of CPU by the name of the pod."""
        return Samples(resource={"cpu": dict(self._samples)})

    def _scrape(self) -> Generator[Any, Any, None]:
        """Look at once, and then at every period of `Timing.metrics_resolution_seconds`."""
        clock = self._server.clock
        while True:
            pods = [item for item in self._server.store.objects("Pod") if isinstance(item, Pod) and _runs(item)]
            usage = self._usage(pods)
            window = timedelta(seconds=self._timing.metrics_resolution_seconds)
            self._samples = {pod.name: PodSample(usage[pod.metadata.uid], clock.now, window) for pod in pods}
            yield clock.environment.timeout(self._timing.metrics_resolution_seconds)

    def _usage(self, pods: list[Pod]) -> dict[str, int]:
        used = {pod.metadata.uid: self._idle(pod) for pod in pods}
        now = self._server.clock.seconds
        for load in self._loads:
            everyone = (item for item in self._server.store.objects("Pod", load.namespace) if isinstance(item, Pod))
            sharing = [pod for pod in everyone if load.selects(pod) and is_ready(pod)]
            share = load.milli_cpu(now) / len(sharing) if sharing else 0.0
            for pod in sharing:
                if pod.metadata.uid in used:
                    used[pod.metadata.uid] += round(min(share, _limit(pod)))
        return used

    def _idle(self, pod: Pod) -> int:
        return sum(self._behaviour(pod, item.image).cpu_milli for item in pod.spec.containers)


def _runs(pod: Pod) -> bool:
    return pod.status.phase == "Running"


def _limit(pod: Pod) -> float:
    """What its containers may use together; without a limit as much as they like."""
    limits = [item.resources.limits.get("cpu") for item in pod.spec.containers]
    return sum(limit.milli_value() if limit is not None else float("inf") for limit in limits)
