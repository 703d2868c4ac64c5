"""How many replicas one metric asks for.

References
----------
pkg/controller/podautoscaler/replica_calculator.go; metrics/utilization.go (v1.37)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from k8smodels.api.pod import Pod
from k8smodels.workloads.autoscaling.pods import Groups, group_pods, ready_count, requests_milli, require_pods
from k8smodels.workloads.autoscaling.samples import MetricUnavailable, PodSamples

INT32_MAX = 2**31 - 1
DEFAULT_TOLERANCE = 0.1


class Tolerance(NamedTuple):
    """How far the ratio of usage and target may stray from 1 without consequence."""

    down: float = DEFAULT_TOLERANCE
    up: float = DEFAULT_TOLERANCE

    def allows(self, ratio: float) -> bool:
        """Whether `ratio` is near enough to 1."""
        return 1.0 - self.down <= ratio <= 1.0 + self.up


class Usage(NamedTuple):
    """Usage of some pods: its ratio to the target, the average in thousandths, the percentage of the requests."""

    ratio: float
    average_milli: int
    utilization: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one metric asks for.

    Attributes
    ----------
    replicas
        How many.
    usage
        Usage of the pods that count, before anything is assumed about others.
    ratio
        The ratio that decided: with assumed values for pods that have none, if there are such.
    groups
        The pods by what their samples are worth; None for a metric that is not about pods.
    """

    replicas: int
    usage: Usage
    ratio: float
    groups: Groups | None = None


Measure = Callable[[Mapping[str, int]], Usage]
"""Usage of pods from their values in thousandths."""


def from_utilization(
    current: int,
    pods: Sequence[Pod],
    samples: PodSamples,
    resource: str,
    container: str,
    percent: int,
    tolerance: Tolerance,
    now: datetime,
) -> Estimate:
    """Replicas at which the pods use `percent` of what they request, all together."""
    groups, values = _counted(pods, samples, resource, now)
    requests = requests_milli(pods, container, resource)

    def measure(values: Mapping[str, int]) -> Usage:
        known = [name for name in values if name in requests]
        used, requested = sum(values[name] for name in known), sum(requests[name] for name in known)
        if requested == 0:
            raise MetricUnavailable("no metrics returned matched known pods")
        utilization = used * 100 // requested
        return Usage(utilization / percent, used // len(known), utilization)

    full = {name: requests[name] * max(100, percent) // 100 for name in groups.missing}
    return careful_estimate(current, groups, values, full, measure, tolerance)


def from_average(
    current: int,
    pods: Sequence[Pod],
    samples: PodSamples,
    resource: str,
    target_milli: int,
    tolerance: Tolerance,
    now: datetime,
) -> Estimate:
    """Replicas at which the pods' average is `target_milli`; `resource` is empty for a metric that is none."""
    groups, values = _counted(pods, samples, resource, now)

    def measure(values: Mapping[str, int]) -> Usage:
        average = sum(values.values()) // len(values)
        return Usage(average / target_milli, average)

    return careful_estimate(current, groups, values, dict.fromkeys(groups.missing, target_milli), measure, tolerance)


def from_value(
    current: int, pods: Sequence[Pod], value_milli: int, target_milli: int, tolerance: Tolerance
) -> Estimate:
    """Replicas at which one value, shared by all, is `target_milli`: the ratio times the pods that are ready."""
    ratio = value_milli / target_milli
    usage = Usage(ratio, value_milli)
    if current == 0:
        return Estimate(_ceil(ratio), usage, ratio)
    if tolerance.allows(ratio):
        return Estimate(current, usage, ratio)
    try:
        return Estimate(_ceil(ratio * ready_count(pods)), usage, ratio)
    except MetricUnavailable as error:
        raise MetricUnavailable(f"unable to calculate ready pods: {error}") from None


def from_total(current: int, total_milli: int, target_milli: int, tolerance: Tolerance) -> Estimate:
    """Replicas at which each one's share of a total is `target_milli`."""
    wanted = target_milli * current
    ratio = total_milli / wanted if wanted else math.inf
    usage = Usage(ratio, math.ceil(total_milli / current) if current else 0)
    return Estimate(current if tolerance.allows(ratio) else _ceil(total_milli / target_milli), usage, ratio)


def _counted(pods: Sequence[Pod], samples: PodSamples, resource: str, now: datetime) -> tuple[Groups, dict[str, int]]:
    require_pods(pods)
    groups = group_pods(pods, samples, resource, now)
    aside = {*groups.ignored, *groups.unready}
    values = {name: sample.milli for name, sample in samples.items() if name not in aside}
    if not values:
        raise MetricUnavailable("did not receive metrics for targeted pods (pods might be unready)")
    return groups, values


def careful_estimate(
    current: int,
    groups: Groups,
    values: Mapping[str, int],
    full: Mapping[str, int],
    measure: Measure,
    tolerance: Tolerance,
) -> Estimate:
    """The ratio times the pods, with cautious assumptions about pods without a value that counts.

    On the way down a missing pod is taken to use all it may (`full`); on the way up missing and unready pods are taken
    to use nothing. If that turns the direction round, nothing changes.
    """
    usage = measure(values)
    unready_matter = bool(groups.unready) and usage.ratio > 1
    if not unready_matter and not groups.missing:
        replicas = current if tolerance.allows(usage.ratio) else _ceil(usage.ratio * len(groups.counted))
        return Estimate(replicas, usage, usage.ratio, groups)
    assumed = dict(values)
    if usage.ratio != 1:
        assumed |= full if usage.ratio < 1 else dict.fromkeys(groups.missing, 0)
    if unready_matter:
        assumed |= dict.fromkeys(groups.unready, 0)
    ratio = measure(assumed).ratio
    replicas = _ceil(ratio * len(assumed))
    turned = (usage.ratio - 1) * (ratio - 1) < 0 or (replicas - current) * (ratio - 1) < 0
    return Estimate(current if turned or tolerance.allows(ratio) else replicas, usage, ratio, groups)


def _ceil(number: float) -> int:
    return INT32_MAX if number > INT32_MAX else math.ceil(number)
