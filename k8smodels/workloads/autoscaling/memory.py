"""What the controller remembers of an autoscaler: recommendations and changes of size, for the windows of time.

References
----------
pkg/controller/podautoscaler/horizontal.go: stabilizeRecommendation, stabilizeRecommendationWithBehaviors,
storeScaleEvent, getReplicasChangePerPeriod (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from k8smodels.api.autoscaling import HPAScalingRules
from k8smodels.api.times import seconds

DOWNSCALE_STABILIZATION = timedelta(minutes=5)
"""How long a recommendation holds a scale down back, unless `behavior` says otherwise."""


class Stamped(NamedTuple):
    """A number of replicas, wanted or changed, and when."""

    replicas: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """The past of one autoscaler. It is lost when the controller starts anew.

    Attributes
    ----------
    recommendations
        What metrics asked for.
    ups, downs
        Pods added and removed.
    """

    recommendations: tuple[Stamped, ...] = ()
    ups: tuple[Stamped, ...] = ()
    downs: tuple[Stamped, ...] = ()

    def begun(self, replicas: int, now: datetime) -> Memory:
        """The same; if there is none yet, with the present size as the first recommendation."""
        return self if self.recommendations else replace(self, recommendations=(Stamped(replicas, now),))

    def highest(self, wanted: int, now: datetime) -> tuple[int, Memory]:
        """The largest recommendation of the last five minutes, and the memory with `wanted`."""
        cutoff = now - DOWNSCALE_STABILIZATION
        recent = [each.replicas for each in self.recommendations if each.at >= cutoff]
        kept = _stored(self.recommendations, Stamped(wanted, now), lambda each: each.at < cutoff)
        return max([wanted, *recent]), replace(self, recommendations=kept)

    def stabilized(
        self, current: int, wanted: int, up: HPAScalingRules, down: HPAScalingRules, now: datetime
    ) -> tuple[int, Memory]:
        """The size nearest to the present one between the least and the most that the windows recommend.

        A recommendation exactly as old as a window is long does not count any more.
        """
        up_cutoff = now - seconds(up.stabilization_window_seconds or 0)
        down_cutoff = now - seconds(down.stabilization_window_seconds or 0)
        lowest = min([wanted, *(each.replicas for each in self.recommendations if each.at > up_cutoff)])
        highest = max([wanted, *(each.replicas for each in self.recommendations if each.at > down_cutoff)])
        cutoff = min(up_cutoff, down_cutoff)
        kept = _stored(self.recommendations, Stamped(wanted, now), lambda each: each.at < cutoff)
        return min(max(current, lowest), highest), replace(self, recommendations=kept)

    def changed(self, before: int, after: int, rules: HPAScalingRules, now: datetime) -> Memory:
        """The memory with a change of size; it takes the place of one that no policy looks at any more."""
        longest = max((policy.period_seconds for policy in rules.policies), default=0)
        cutoff = now - seconds(longest)
        past = self.ups if after > before else self.downs
        kept = _stored(past, Stamped(abs(after - before), now), lambda each: each.at < cutoff)
        return replace(self, ups=kept) if after > before else replace(self, downs=kept)

    def replicas_at_start(self, current: int, period_seconds: int, now: datetime) -> int:
        """The size at the start of the period that ends `now`."""
        cutoff = now - seconds(period_seconds)
        added, removed = (sum(each.replicas for each in past if each.at > cutoff) for past in (self.ups, self.downs))
        return current - added + removed


def _stored(past: Sequence[Stamped], new: Stamped, is_old: Callable[[Stamped], bool]) -> tuple[Stamped, ...]:
    """`past` with `new` in the place of the last one that is old, or at the end."""
    old = [i for i, each in enumerate(past) if is_old(each)]
    return (*past[: old[-1]], new, *past[old[-1] + 1 :]) if old else (*past, new)
