"""One reconciliation of a HorizontalPodAutoscaler.

Left out: targets without a scale, selectors that several autoscalers share, and errors of the API server. Numbers
beyond 32 bits are cut off at the largest one.

References
----------
pkg/controller/podautoscaler/horizontal.go: reconcileAutoscaler, computeReplicasForMetrics
(v1.37, with the gates HPAScaleToZero and HPAConfigurableTolerance as they are by default: on)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from k8smodels.api.autoscaling import (
    HorizontalPodAutoscaler,
    MetricSpec,
    MetricTarget,
    ResourceMetricSource,
)
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.times import format_time
from k8smodels.workloads.autoscaling.calculator import DEFAULT_TOLERANCE, Tolerance
from k8smodels.workloads.autoscaling.conditions import is_true, with_condition
from k8smodels.workloads.autoscaling.limits import with_defaults
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.metrics import propose
from k8smodels.workloads.autoscaling.normalize import Wish, least_replicas, normalized
from k8smodels.workloads.autoscaling.samples import Samples
from k8smodels.workloads.autoscaling.scene import Proposal, Scene

_CPU = ResourceMetricSource(name="cpu", target=MetricTarget(type="Utilization", average_utilization=80))
DEFAULT_METRICS = (MetricSpec(type="Resource", resource=_CPU),)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What one reconciliation leaves behind.

    Attributes
    ----------
    hpa
        With its new status, whose conditions say what limited the size.
    memory
        What the controller remembers for the next one.
    replicas
        The target's size.
    event
        The message of the event ``SuccessfulRescale``; empty if the size stays.
    error
        What is said to have failed; a size may have changed nevertheless.
    proposals
        What each metric asked for; none where the limits alone decided.
    """

    hpa: HorizontalPodAutoscaler
    memory: Memory
    replicas: int
    event: str = ""
    error: str = ""
    proposals: tuple[Proposal, ...] = ()


def reconcile(
    hpa: HorizontalPodAutoscaler,
    memory: Memory,
    replicas: int,
    pods: Sequence[Pod],
    samples: Samples,
    now: datetime,
) -> Reconciliation:
    """What the controller does when it looks at `hpa` once, each 15 seconds.

    Parameters
    ----------
    hpa
        The autoscaler; defaults of the API are taken for fields that are not set.
    memory
        What earlier reconciliations left.
    replicas
        The present size of the target.
    pods
        The target's pods.
    samples
        What the metrics APIs answer now.
    now
        The present.

    Raises
    ------
    FieldError
        A metric that the API server would have refused.
    """
    hpa, memory = _defaulted(hpa), memory.begun(replicas, now)
    able = ("AbleToScale", True, "SucceededGetScale", "the HPA controller was able to get the target's current scale")
    before = Reconciliation(replace(hpa, status=with_condition(hpa.status, *able, now)), memory, replicas)
    least, most = least_replicas(hpa), hpa.spec.max_replicas
    if replicas == 0:
        return _follow_metrics(before, pods, samples, now) if _may_leave_zero(hpa) else _disabled(before, now)
    if replicas > most:
        return _rescaled(before, most, "Current number of replicas above Spec.MaxReplicas", now)
    if replicas < least:
        return _rescaled(before, least, "Current number of replicas below Spec.MinReplicas", now)
    return _follow_metrics(before, pods, samples, now)


def _follow_metrics(before: Reconciliation, pods: Sequence[Pod], samples: Samples, now: datetime) -> Reconciliation:
    hpa, current = before.hpa, before.replicas
    scene = Scene(current, pods, samples, tolerance_of(hpa), hpa.namespace, now)
    proposals = tuple(propose(spec, scene) for spec in hpa.spec.metrics)
    largest = _largest(proposals)
    wanted = largest.estimate.replicas if largest and largest.estimate else 0
    failed = [each for each in proposals if each.error]
    if failed and (largest is None or wanted < current):
        return _failed(before, proposals, now)
    name = largest.name if largest else ""
    words = f"the HPA was able to successfully calculate a replica count from {name}"
    status = with_condition(hpa.status, "ScalingActive", True, "ValidMetricFound", words, now)
    reason = f"{name if wanted > 0 else ''} above target" if wanted > current else ""
    wish = Wish(wanted, "All metrics below target" if wanted < current else reason, status, before.memory)
    wish = normalized(hpa, current, wish, now)
    least = least_replicas(hpa)
    if current == 0 and least and is_true(hpa.status, "ScaledToZero") and wish.replicas < least:
        wish = replace(wish, replicas=least, reason=wish.reason or "Current number of replicas below Spec.MinReplicas")
    after = replace(
        before,
        hpa=replace(hpa, status=wish.status),
        memory=wish.memory,
        error=_invalid(proposals) if failed else "",
        proposals=proposals,
    )
    return _rescaled(after, wish.replicas, wish.reason, now) if wish.replicas != current else _settled(after, current)


def _rescaled(before: Reconciliation, after: int, reason: str, now: datetime) -> Reconciliation:
    hpa, current = before.hpa, before.replicas
    words = f"the HPA controller was able to update the target scale to {after}"
    status = with_condition(hpa.status, "AbleToScale", True, "SucceededRescale", words, now)
    if current > 0 and after == 0 and _has_outside_metrics(hpa):
        zero = (True, "ScaledToZero", "the HPA controller scaled the workload to zero")
    else:
        zero = (False, "NotScaledToZero", "the HPA controller did not scale the workload to zero")
    status = replace(with_condition(status, "ScaledToZero", *zero, now), last_scale_time=format_time(now))
    memory, behavior = before.memory, hpa.spec.behavior
    if behavior is not None:
        rules = behavior.scale_up if after > current else behavior.scale_down
        memory = memory.changed(current, after, rules, now)
    event = f"New size: {after}; reason: {reason}"
    changed = replace(before, hpa=replace(hpa, status=status), memory=memory, event=event)
    return _settled(changed, after)


def _disabled(before: Reconciliation, now: datetime) -> Reconciliation:
    words = "scaling is disabled since the replica count of the target is zero"
    status = with_condition(before.hpa.status, "ScalingActive", False, "ScalingDisabled", words, now)
    return _settled(replace(before, hpa=replace(before.hpa, status=status)), 0)


def _failed(before: Reconciliation, proposals: tuple[Proposal, ...], now: datetime) -> Reconciliation:
    """No metric can be read, or one cannot and the others ask for less: nothing changes."""
    hpa, first = before.hpa, next(each for each in proposals if each.error)
    words = f"the HPA was unable to compute the replica count: {first.cause}"
    status = with_condition(hpa.status, "ScalingActive", False, first.reason, words, now)
    target = f"{hpa.spec.scale_target_ref.kind}/{hpa.namespace}/{hpa.spec.scale_target_ref.name}"
    error = f"failed to compute desired number of replicas based on listed metrics for {target}: {_invalid(proposals)}"
    failed = replace(before, hpa=replace(hpa, status=status), error=error, proposals=proposals)
    return _settled(failed, hpa.status.desired_replicas, replicas=before.replicas)


def _settled(after: Reconciliation, desired: int, replicas: int | None = None) -> Reconciliation:
    status = replace(
        after.hpa.status,
        observed_generation=after.hpa.metadata.generation,
        current_replicas=after.replicas,
        desired_replicas=desired,
        current_metrics=tuple(each.status for each in after.proposals),
    )
    hpa = replace(after.hpa, status=status)
    return replace(after, hpa=hpa, replicas=desired if replicas is None else replicas)


def _largest(proposals: Sequence[Proposal]) -> Proposal | None:
    """The first of those that ask for the most; if none asks for any pods, the last."""
    known = [(each.estimate.replicas, each) for each in proposals if each.estimate is not None]
    most = max((replicas for replicas, _ in known), default=0)
    asking = [each for replicas, each in known if replicas == most]
    return asking[0 if most else -1] if asking else None


def _invalid(proposals: Sequence[Proposal]) -> str:
    errors = [each.error for each in proposals if each.error]
    return f"invalid metrics ({len(errors)} invalid out of {len(proposals)}), first error is: {errors[0]}"


def _may_leave_zero(hpa: HorizontalPodAutoscaler) -> bool:
    """Whether the controller itself scaled to zero; what a person scaled to zero stays there."""
    scaled_to_zero = is_true(hpa.status, "ScaledToZero")
    return scaled_to_zero and (least_replicas(hpa) != 0 or _has_outside_metrics(hpa))


def _has_outside_metrics(hpa: HorizontalPodAutoscaler) -> bool:
    return any(spec.type in ("Object", "External") for spec in hpa.spec.metrics)


def _defaulted(hpa: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    behavior = hpa.spec.behavior and with_defaults(hpa.spec.behavior)
    return replace(hpa, spec=replace(hpa.spec, metrics=hpa.spec.metrics or DEFAULT_METRICS, behavior=behavior))


def tolerance_of(hpa: HorizontalPodAutoscaler) -> Tolerance:
    """How far the ratio may stray: a tenth, unless `behavior` says otherwise."""
    behavior = hpa.spec.behavior
    if behavior is None:
        return Tolerance()
    return Tolerance(_fraction(behavior.scale_down.tolerance), _fraction(behavior.scale_up.tolerance))


def _fraction(tolerance: Quantity | None) -> float:
    return DEFAULT_TOLERANCE if tolerance is None else tolerance.milli_value() / 1000
