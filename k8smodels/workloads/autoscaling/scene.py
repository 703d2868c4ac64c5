"""What a metric is calculated from, and what comes out: the parts that all kinds of metrics share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from k8smodels.api.autoscaling import MetricStatus
from k8smodels.api.errors import invalid
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.workloads.autoscaling.calculator import Estimate, Tolerance
from k8smodels.workloads.autoscaling.samples import Samples

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene:
    """What all metrics of one reconciliation look at.

    Attributes
    ----------
    replicas
        The target's present size.
    pods
        Its pods.
    samples
        What the metrics APIs answer.
    tolerance
        The autoscaler's.
    namespace
        The autoscaler's.
    now
        The present.
    """

    replicas: int
    pods: Sequence[Pod]
    samples: Samples
    tolerance: Tolerance
    namespace: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one metric says.

    Attributes
    ----------
    name
        The metric as events and conditions name it.
    status
        Its present value; empty if it failed.
    estimate
        The replicas that it asks for; None if it failed.
    reason
        If it failed: the condition's reason.
    error
        What failed, as the reconciliation's error tells it.
    cause
        The same without the metric, as the condition tells it.
    """

    name: str
    status: MetricStatus
    estimate: Estimate | None = None
    reason: str = ""
    error: str = ""
    cause: str = ""


def source_of(source: T | None, field: str) -> T:
    """`source`, which must be set."""
    if source is None:
        raise invalid(field, None, "must populate information for the given metric source")
    return source


def target_milli(target: Quantity, field: str) -> int:
    """The target in thousandths, which must be above 0."""
    milli = target.milli_value()
    if milli <= 0:
        raise invalid(f"target.{field}", str(target), "must be positive")
    return milli
