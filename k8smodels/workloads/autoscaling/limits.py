"""How far a size may go at once: minimum, maximum, and the rate of change.

References
----------
pkg/controller/podautoscaler/horizontal.go: convertDesiredReplicasWithRules, convertDesiredReplicasWithBehaviorRate,
calculateScaleUpLimitWithScalingRules; pkg/apis/autoscaling/v2/defaults.go (v1.37)
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from k8smodels.api.autoscaling import HorizontalPodAutoscalerBehavior, HPAScalingPolicy, HPAScalingRules
from k8smodels.workloads.autoscaling.memory import DOWNSCALE_STABILIZATION, Memory

MIN_SCALE_UP_LIMIT = 4
"""Without `behavior` the size may double at once, and always reach this."""


class Limited(NamedTuple):
    """A size within the limits, and which one decided."""

    replicas: int
    reason: str = "DesiredWithinRange"
    message: str = "the desired count is within the acceptable range"


_TOO_FEW = ("TooFewReplicas", "the desired replica count is less than the minimum replica count")
_TOO_MANY = ("TooManyReplicas", "the desired replica count is more than the maximum replica count")
_UP = ("ScaleUpLimit", "the desired replica count is increasing faster than the maximum scale rate")
_DOWN = ("ScaleDownLimit", "the desired replica count is decreasing faster than the maximum scale rate")


def with_api_defaults(behavior: HorizontalPodAutoscalerBehavior) -> HorizontalPodAutoscalerBehavior:
    """`behavior` as the API server stores it; the window down is a flag of the controller and stays unset."""
    policies = (_policy("Pods", MIN_SCALE_UP_LIMIT), _policy("Percent", 100))
    return replace(
        behavior,
        scale_up=_filled(behavior.scale_up, 0, policies),
        scale_down=_filled(behavior.scale_down, None, policies[1:]),
    )


def with_defaults(behavior: HorizontalPodAutoscalerBehavior) -> HorizontalPodAutoscalerBehavior:
    """`behavior` as the controller goes by it: with the defaults of the API and the one of its flag."""
    window_seconds = int(DOWNSCALE_STABILIZATION.total_seconds())
    filled = with_api_defaults(behavior)
    return replace(filled, scale_down=_filled(filled.scale_down, window_seconds, ()))


def limit(current: int, wanted: int, least: int, most: int) -> Limited:
    """`wanted` between `least` and the smaller of `most` and twice the present size (4 at least)."""
    at_once = max(2 * current, MIN_SCALE_UP_LIMIT)
    if wanted < least:
        return Limited(least, *_TOO_FEW)
    if wanted > min(most, at_once):
        return Limited(min(most, at_once), *(_UP if most > at_once else _TOO_MANY))
    return Limited(wanted)


def limit_by_behavior(
    current: int,
    wanted: int,
    least: int,
    most: int,
    behavior: HorizontalPodAutoscalerBehavior,
    memory: Memory,
    now: datetime,
) -> Limited:
    """`wanted` as far as the policies of its direction allow."""
    if wanted > current:
        at_once = max(up_limit(current, behavior.scale_up, memory, now), current)
        if wanted > min(most, at_once):
            return Limited(min(most, at_once), *(_UP if most > at_once else _TOO_MANY))
    elif wanted < current:
        at_once = min(down_limit(current, behavior.scale_down, memory, now), current)
        if wanted < max(least, at_once):
            return Limited(max(least, at_once), *(_DOWN if least < at_once else _TOO_FEW))
    return Limited(wanted)


def up_limit(current: int, rules: HPAScalingRules, memory: Memory, now: datetime) -> int:
    """The largest size that the policies allow now; a percentage rounds up."""
    if rules.select_policy == "Disabled":
        return current
    allowed = []
    for policy in rules.policies:
        start = memory.replicas_at_start(current, policy.period_seconds, now)
        percent = math.ceil(start * (1 + policy.value / 100))
        allowed.append(start + policy.value if policy.type == "Pods" else percent)
    return min(allowed) if rules.select_policy == "Min" else max(allowed)


def down_limit(current: int, rules: HPAScalingRules, memory: Memory, now: datetime) -> int:
    """The smallest size that the policies allow now; a percentage rounds down."""
    if rules.select_policy == "Disabled":
        return current
    allowed = []
    for policy in rules.policies:
        start = memory.replicas_at_start(current, policy.period_seconds, now)
        percent = int(start * (1 - policy.value / 100))
        allowed.append(start - policy.value if policy.type == "Pods" else percent)
    return max(allowed) if rules.select_policy == "Min" else min(allowed)


def _filled(
    rules: HPAScalingRules, window_seconds: int | None, policies: tuple[HPAScalingPolicy, ...]
) -> HPAScalingRules:
    window = rules.stabilization_window_seconds
    return replace(
        rules,
        stabilization_window_seconds=window_seconds if window is None else window,
        select_policy=rules.select_policy or "Max",
        policies=rules.policies or policies,
    )


def _policy(kind: str, value: int) -> HPAScalingPolicy:
    return HPAScalingPolicy(type=kind, value=value, period_seconds=15)
