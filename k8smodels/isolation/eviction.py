"""Which pod the kubelet evicts when its node runs out of memory, disk or process ids.

`rank_pods` orders pods by a list of steps: where one step finds no difference, the next one decides. The QoS class is
no step; it shows only through requests and priority.

Left out: an image file system apart from that of the containers (``containerfs``), pods that exceed a limit of
ephemeral storage, what is reclaimed before any pod is evicted (unused images, dead containers). Where a dozen pods or
more tie, Kubernetes' order is any; here they keep theirs.

References
----------
pkg/kubelet/eviction/helpers.go: rankMemoryPressure, rankPIDPressure, rankDiskPressureFunc, buildSignalToRankFunc;
pkg/kubelet/eviction/eviction_manager.go: synchronize; pkg/api/v1/resource/helpers.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Literal

from k8smodels.api.errors import unsupported
from k8smodels.api.pod import Pod
from k8smodels.isolation.pod_use import RESOURCES, PodUse, pod_use
from k8smodels.isolation.stats import PodStats, by_uid

StepName = Literal["no stats", "exceeds its request", "priority", "usage above its request", "processes", "tie"]
"""What can tell two pods apart; a tie leaves them in the order of the list."""


Step = tuple[StepName, Callable[[PodUse], int]]
"""A name, and a number a pod: the smaller goes first."""

_HAS_STATS: Step = ("no stats", lambda use: use.usage is not None)
_WITHIN_REQUEST: Step = ("exceeds its request", lambda use: not use.exceeds_request)
_PRIORITY: Step = ("priority", lambda use: use.priority)
_BY_USAGE: Step = ("usage above its request", lambda use: -use.above_request)
_BY_PROCESSES: Step = ("processes", lambda use: -(use.usage or 0))

STEPS: tuple[Step, ...] = (_HAS_STATS, _WITHIN_REQUEST, _PRIORITY, _BY_USAGE)
"""How pods compare under pressure of memory or disk."""

PID_STEPS: tuple[Step, ...] = (_PRIORITY, _HAS_STATS, _BY_PROCESSES)
"""How pods compare when process ids run out: requests do not matter."""


@dataclass(frozen=True, slots=True)
class RankedPod:
    """A pod's place in the order of eviction.

    Attributes
    ----------
    use
        What it was judged by.
    decided_by
        The step that put it before the next pod; None for the last one.
    """

    use: PodUse
    decided_by: StepName | None

    @property
    def name(self) -> str:
        """The pod's name."""
        return self.use.pod.name


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of eviction under one signal.

    Attributes
    ----------
    signal
        What ran out, e.g. ``memory.available``.
    pods
        All pods, the first to go first.
    """

    signal: str
    pods: tuple[RankedPod, ...]

    @property
    def evicted(self) -> Pod | None:
        """The pod that is evicted now, the first that is not critical: one pod, then the kubelet measures again."""
        return next((ranked.use.pod for ranked in self.pods if not ranked.use.is_spared), None)


def rank_pods(
    signal: str, pods: Sequence[Pod], stats: Iterable[PodStats], *, dedicated_image_fs: bool = False
) -> Ranking:
    """Order `pods` for eviction.

    Parameters
    ----------
    signal
        The signal whose threshold is met.
    pods
        The pods of the node.
    stats
        What was measured of them; a pod may be missing.
    dedicated_image_fs
        Whether images and containers' writable layers have a file system of their own.

    Raises
    ------
    FieldError
        A signal without a ranking.
    """
    if signal not in RESOURCES:
        raise unsupported("signal", signal, RESOURCES)
    measured = by_uid(stats)
    steps = PID_STEPS if signal == "pid.available" else STEPS
    uses = [pod_use(pod, measured.get(pod.metadata.uid), signal, dedicated_image_fs=dedicated_image_fs) for pod in pods]
    ordered = sorted(uses, key=lambda use: tuple(number(use) for _, number in steps))
    decided = [_deciding(steps, first, second) for first, second in pairwise(ordered)]
    return Ranking(signal, tuple(RankedPod(use, step) for use, step in zip_longest(ordered, decided)))


def _deciding(steps: Sequence[Step], first: PodUse, second: PodUse) -> StepName:
    return next((name for name, number in steps if number(first) != number(second)), "tie")
