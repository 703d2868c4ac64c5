"""A proposed size after the windows of time and the limits, with the conditions that say what they did.

References
----------
pkg/controller/podautoscaler/horizontal.go: normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from k8smodels.api.autoscaling import HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus
from k8smodels.workloads.autoscaling.conditions import with_condition
from k8smodels.workloads.autoscaling.limits import limit, limit_by_behavior
from k8smodels.workloads.autoscaling.memory import Memory

_HIGHEST = (
    "ScaleDownStabilized",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
)
_LOWEST = (
    "ScaleUpStabilized",
    "recent recommendations were lower than current one, applying the lowest recent recommendation",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A size on its way through the limits."""

    replicas: int
    reason: str
    status: HorizontalPodAutoscalerStatus
    memory: Memory


def normalized(hpa: HorizontalPodAutoscaler, current: int, wish: Wish, now: datetime) -> Wish:
    """`wish` after the windows of time, then the limits; the conditions tell what they did."""
    least, most, behavior = least_replicas(hpa), hpa.spec.max_replicas, hpa.spec.behavior
    if behavior is None:
        stable, memory = wish.memory.highest(wish.replicas, now)
        limited = limit(current, stable, least, most)
        raised = True
    else:
        stable, memory = wish.memory.stabilized(current, wish.replicas, behavior.scale_up, behavior.scale_down, now)
        limited = limit_by_behavior(current, stable, least, most, behavior, memory, now)
        raised = wish.replicas < current
    able = ("ReadyForNewScale", "recommended size matches current size")
    if stable != wish.replicas:
        able = _HIGHEST if raised else _LOWEST
    status = with_condition(wish.status, "AbleToScale", True, *able, now)
    is_limited = limited.replicas != stable
    status = with_condition(status, "ScalingLimited", is_limited, limited.reason, limited.message, now)
    return Wish(limited.replicas, wish.reason, status, memory)


def least_replicas(hpa: HorizontalPodAutoscaler) -> int:
    """`spec.minReplicas`, 1 where it is not set."""
    return 1 if hpa.spec.min_replicas is None else hpa.spec.min_replicas
