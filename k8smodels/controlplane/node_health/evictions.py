"""When a pod must leave its node because of a NoExecute taint.

References
----------
pkg/controller/tainteviction/taint_eviction.go: processPodOnNode, getMinTolerationTime
pkg/apis/core/v1/helper/helpers.go: GetMatchingTolerations (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from k8smodels.api.affinity import Taint, Toleration
from k8smodels.api.times import seconds
from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class Eviction:
    """A pod that will be deleted.

    Attributes
    ----------
    created_at
        When it was decided.
    fire_at
        When the pod is deleted.
    reason
        Which taint, and what the pod tolerates, in a sentence.
    """

    created_at: datetime
    fire_at: datetime
    reason: str


def taint_eviction(
    tolerations: Sequence[Toleration], taints: Sequence[Taint], now: datetime, planned: Eviction | None = None
) -> Eviction | None:
    """When a pod with these tolerations leaves a node with these taints; None if it may stay for ever.

    For each NoExecute taint the first toleration in the pod's list that matches counts, not the one with the shortest
    time; of several taints the shortest time counts. An eviction that was decided earlier keeps its time when the
    taints change.

    Parameters
    ----------
    tolerations, taints
        Of the pod, and of the node.
    now
        The present: when the pod or the taints changed.
    planned
        The eviction that was decided before.
    """
    evicting = [taint for taint in taints if taint.effect == "NoExecute"]
    for taint in evicting:
        if not any(each.tolerates(taint) for each in tolerations):
            return Eviction(now, now, _("it does not tolerate {taint}").format(taint=f"{taint.key}:{taint.effect}"))
    first = first_clock(tolerations, evicting)
    if first is None:
        return None
    if planned is not None and planned.created_at < now:
        return planned
    stay, taint = seconds(first[0]), first[1]
    text = _("it tolerates {taint} for {seconds} s")
    reason = text.format(taint=f"{taint.key}:{taint.effect}", seconds=round(stay.total_seconds()))
    return Eviction(now, now + stay, reason)


def first_clock(tolerations: Sequence[Toleration], taints: Sequence[Taint]) -> tuple[int, Taint] | None:
    """How many seconds a pod stays that tolerates these taints, and which one ends its stay; None: no clock runs."""
    used = [(next(each for each in tolerations if each.tolerates(taint)), taint) for taint in taints]
    clocks = [(max(each.toleration_seconds, 0), taint) for each, taint in used if each.toleration_seconds is not None]
    return min(clocks, key=itemgetter(0), default=None)
