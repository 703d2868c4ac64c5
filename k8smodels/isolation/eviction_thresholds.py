"""Eviction thresholds: when the kubelet begins to evict pods. `k8smodels.isolation.threshold_settings` reads them.

References
----------
pkg/kubelet/eviction/helpers.go: thresholdsMet, nodeConditions; pkg/kubelet/eviction/api/types.go: GetThresholdQuantity
(v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.api.durations import format_duration
from k8smodels.api.gotext import INT64_MAX
from k8smodels.api.quantity import Quantity

MEMORY, DISK, PID = "MemoryPressure", "DiskPressure", "PIDPressure"

NODE_CONDITIONS: Mapping[str, str] = {
    "memory.available": MEMORY,
    "allocatableMemory.available": MEMORY,
    "nodefs.available": DISK,
    "nodefs.inodesFree": DISK,
    "imagefs.available": DISK,
    "imagefs.inodesFree": DISK,
    "containerfs.available": DISK,
    "containerfs.inodesFree": DISK,
    "pid.available": PID,
}
"""The condition of the node that each signal sets."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What a signal measured: what is available, of which capacity."""

    available: Quantity
    capacity: Quantity


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity, or else a part of the capacity.

    Attributes
    ----------
    quantity
        The quantity; None for a percentage.
    fraction
        The percentage as a number of 32 bits, the kubelet's precision: 10% is a little more than 0.1.
    """

    quantity: Quantity | None
    fraction: float = 0.0

    def of(self, capacity: Quantity) -> Quantity:
        """The amount on a node with that capacity; a percentage is rounded down."""
        if self.quantity is not None:
            return self.quantity
        return Quantity.from_value(int(float(min(capacity.value(), INT64_MAX)) * self.fraction), "BinarySI")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit below which the available amount of a signal must not fall.

    Attributes
    ----------
    signal
        What is watched, e.g. ``memory.available``.
    value
        The limit.
    grace_period_ns
        How long it may be crossed before pods are evicted; 0 for a hard threshold.
    min_reclaim
        How much more must be available before the kubelet stops; None for nothing.
    """

    signal: str
    value: Amount
    grace_period_ns: int = 0
    min_reclaim: Amount | None = None

    @property
    def is_hard(self) -> bool:
        """Whether pods are evicted at once."""
        return self.grace_period_ns == 0

    def __str__(self) -> str:
        return self.signal if self.is_hard else f"{self.signal} for {format_duration(self.grace_period_ns)}"

    def is_met(self, observed: Observation, *, with_min_reclaim: bool = False) -> bool:
        """Whether less than the threshold is available; exactly as much is enough."""
        limit = self.value.of(observed.capacity)
        if with_min_reclaim and self.min_reclaim is not None:
            limit += self.min_reclaim.of(observed.capacity)
        return limit > observed.available


def thresholds_met(
    thresholds: Iterable[Threshold], observations: Mapping[str, Observation], *, with_min_reclaim: bool = False
) -> tuple[Threshold, ...]:
    """The thresholds that are crossed; a signal that was not observed crosses none.

    Parameters
    ----------
    thresholds
        Those to look at.
    observations
        What was measured, by signal.
    with_min_reclaim
        Whether the minimum reclaim counts too: a threshold that was met stays met until then.
    """
    return tuple(
        threshold
        for threshold in thresholds
        if threshold.signal in observations
        and threshold.is_met(observations[threshold.signal], with_min_reclaim=with_min_reclaim)
    )


def node_conditions(thresholds: Iterable[Threshold]) -> tuple[str, ...]:
    """The conditions of a node whose thresholds these are that are met, each once."""
    return tuple(dict.fromkeys(NODE_CONDITIONS[threshold.signal] for threshold in thresholds))
