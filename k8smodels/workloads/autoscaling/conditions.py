"""The list of conditions of an autoscaler: each stays at its place.

References
----------
pkg/controller/podautoscaler/horizontal.go: setConditionInList (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from k8smodels.api.autoscaling import HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerStatus
from k8smodels.api.times import format_time

Status = HorizontalPodAutoscalerStatus


def with_condition(status: Status, kind: str, true: bool, reason: str, message: str, now: datetime) -> Status:
    """`status` with that condition, which keeps the time of its last transition while its status stays."""
    word, at = ("True" if true else "False"), format_time(now)
    present = next((each for each in status.conditions if each.type == kind), None)
    since = present.last_transition_time if present and present.status == word else at
    new = HorizontalPodAutoscalerCondition(
        type=kind, status=word, last_transition_time=since, reason=reason, message=message
    )
    if present is None:
        return replace(status, conditions=(*status.conditions, new))
    return replace(status, conditions=tuple(new if each is present else each for each in status.conditions))


def is_true(status: Status, kind: str) -> bool:
    """Whether the condition of type `kind` is true."""
    return any(each.type == kind and each.status == "True" for each in status.conditions)
