"""The rules that decide which of two pods a ReplicaSet deletes first.

References
----------
pkg/controller/controller_utils.go: ActivePodsWithRanks; pkg/apis/core/v1/helper/helpers.go:
GetDeletionCostFromPodAnnotations (v1.37)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_optional_time
from k8smodels.workloads.readiness import is_ready, ready_since

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
"""The annotation that says how much a pod would be missed: a 32-bit integer, 0 where it is not set or no number."""

_COST = re.compile(r"0|-[0-9]+|[1-9][0-9]*", re.ASCII)
_DIGITS_OF_INT32 = 10
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pod with what the rules look at besides the pod itself.

    Attributes
    ----------
    pod
        The pod.
    rank
        How many active pods of the same Deployment run on its node.
    now
        The present.
    """

    pod: Pod
    rank: int
    now: datetime


def compare(one: Candidate, other: Candidate) -> tuple[int, str]:
    """Below 0 if `one` goes first, above 0 if `other` does, 0 if nothing tells them apart; and the rule that decides.

    The rules are Kubernetes' own words, where ``<`` reads "goes before".
    """
    for words, rule in _RULES:
        difference = rule(one, other)
        if difference:
            return difference, words
    return 0, ""


def deletion_cost(pod: Pod) -> int:
    """The value of the annotation `DELETION_COST`."""
    text = pod.metadata.annotations.get(DELETION_COST, "")
    if not _COST.fullmatch(text) or len(text.lstrip("-0")) > _DIGITS_OF_INT32:
        return 0
    cost = int(text)
    return cost if -(2**31) <= cost < 2**31 else 0


def _unassigned(one: Candidate, other: Candidate) -> int:
    return bool(one.pod.spec.node_name) - bool(other.pod.spec.node_name)


def _phase(one: Candidate, other: Candidate) -> int:
    return _PHASES.get(one.pod.status.phase, 0) - _PHASES.get(other.pod.status.phase, 0)


def _not_ready(one: Candidate, other: Candidate) -> int:
    return is_ready(one.pod) - is_ready(other.pod)


def _cost(one: Candidate, other: Candidate) -> int:
    return deletion_cost(one.pod) - deletion_cost(other.pod)


def _doubled_up(one: Candidate, other: Candidate) -> int:
    return other.rank - one.rank


def _ready_time(one: Candidate, other: Candidate) -> int:
    if not (is_ready(one.pod) and is_ready(other.pod)):
        return 0
    return _by_age(one, ready_since(one.pod), other, ready_since(other.pod))


def _restarts(one: Candidate, other: Candidate) -> int:
    mine, theirs = max_restarts(one.pod), max_restarts(other.pod)
    return (theirs > mine) - (theirs < mine)


def _creation(one: Candidate, other: Candidate) -> int:
    created = [
        parse_optional_time(each.pod.metadata.creation_timestamp, "metadata.creationTimestamp") for each in (one, other)
    ]
    return _by_age(one, created[0], other, created[1])


Rule = Callable[[Candidate, Candidate], int]
_RULES: tuple[tuple[str, Rule], ...] = (
    ("Unassigned < assigned", _unassigned),
    ("PodPending < PodUnknown < PodRunning", _phase),
    ("Not ready < ready", _not_ready),
    ("lower pod-deletion-cost < higher pod-deletion cost", _cost),
    ("Doubled up < not doubled up", _doubled_up),
    ("Been ready for empty time < less time < more time", _ready_time),
    ("Pods with containers with higher restart counts < lower restart counts", _restarts),
    ("Empty creation time pods < newer pods < older pods", _creation),
)


def max_restarts(pod: Pod) -> tuple[int, int]:
    """The most restarts of one container, and of one sidecar."""
    sidecars = {container.name for container in pod.spec.init_containers if container.restart_policy == "Always"}
    regular = [status.restart_count for status in pod.status.container_statuses]
    side = [status.restart_count for status in pod.status.init_container_statuses if status.name in sidecars]
    return max(regular, default=0), max(side, default=0)


def _by_age(one: Candidate, start: datetime | None, other: Candidate, other_start: datetime | None) -> int:
    """Younger first, by the power of two of the age; within the same power the UID decides, which is as good as chance.

    So age does not always win, and the pods that are left are not all of one rollout.
    """
    if start == other_start:
        return 0
    if start is None or other_start is None:
        return -1 if start is None else 1
    uids = one.pod.metadata.uid, other.pod.metadata.uid
    return age_power(one.now - start) - age_power(other.now - other_start) or (uids[0] > uids[1]) - (uids[0] < uids[1])


def age_power(age: timedelta) -> int:
    """The power of two of an age in nanoseconds: ages with the same power count as equal."""
    nanoseconds = age // timedelta(microseconds=1) * 1000
    return int(math.log2(nanoseconds)) if nanoseconds > 0 else -1
