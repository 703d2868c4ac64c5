"""Each metric of an autoscaler: which calculation it asks for, its name, its status, its errors.

References
----------
pkg/controller/podautoscaler/horizontal.go: computeReplicasForMetric, computeStatusFor... (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from k8smodels.api.autoscaling import (
    MetricIdentifier,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
    ObjectMetricStatus,
    PodsMetricStatus,
    ResourceMetricSource,
    ResourceMetricStatus,
)
from k8smodels.api.errors import invalid
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.workloads.autoscaling.calculator import (
    Estimate,
    Tolerance,
    from_average,
    from_total,
    from_utilization,
    from_value,
)
from k8smodels.workloads.autoscaling.samples import MetricUnavailable, Samples

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
    reason, error
        If it failed: the condition's reason, the error, and the error inside it that the condition shows.
    cause
        See `error`.
    """

    name: str
    status: MetricStatus
    estimate: Estimate | None = None
    reason: str = ""
    error: str = ""
    cause: str = ""


def propose(spec: MetricSpec, scene: Scene) -> Proposal:
    """What the metric `spec` asks for.

    Raises
    ------
    FieldError
        A target that is not above 0, or a source that is not the type's.
    """
    if spec.type not in _KINDS:
        error = f'unknown metric source type "{spec.type}"'
        return Proposal("", MetricStatus(), reason="InvalidMetricSourceType", error=error, cause=error)
    calculate, reason, words = _KINDS[spec.type]
    try:
        return calculate(spec, scene)
    except MetricUnavailable as error:
        outer = f"failed to get {words(spec)} value: {error}"
        return Proposal("", MetricStatus(), reason=reason, error=outer, cause=str(error))


def _object(spec: MetricSpec, scene: Scene) -> Proposal:
    source = _source(spec.object, "object")
    metric, target, about = source.metric, source.target, source.described_object
    try:
        value = scene.samples.of_object(metric.name)
    except MetricUnavailable as error:
        where = f"{about.kind} {scene.namespace}/{about.name}"
        words = f"unable to get metric {metric.name} on {where}: {error}"
        raise MetricUnavailable(
            _with_average(target, f"failed to get {metric.name} object metric: {words}", words)
        ) from None
    if target.type == "Value" and target.value is not None:
        estimate = from_value(scene.replicas, scene.pods, value, _milli(target.value, "value"), scene.tolerance)
        name, current = f"{about.kind} metric {metric.name}", MetricValueStatus(value=_quantity(value))
    elif target.type == "AverageValue" and target.average_value is not None:
        estimate = from_total(scene.replicas, value, _milli(target.average_value, "averageValue"), scene.tolerance)
        name, current = _external_name(metric), MetricValueStatus(average_value=_quantity(estimate.usage.average_milli))
    else:
        raise MetricUnavailable(
            "invalid object metric source: neither a value target nor an average value target was set"
        )
    status = ObjectMetricStatus(metric=metric, current=current, described_object=about)
    return Proposal(name, MetricStatus(type=spec.type, object=status), estimate)


def _pods(spec: MetricSpec, scene: Scene) -> Proposal:
    source = _source(spec.pods, "pods")
    if source.target.average_value is None:
        raise invalid("pods.target.averageValue", None, "must specify a positive target averageValue")
    target = _milli(source.target.average_value, "averageValue")
    try:
        samples = scene.samples.of_pods(source.metric.name)
    except MetricUnavailable as error:
        raise MetricUnavailable(f"unable to get metric {source.metric.name}: {error}") from None
    estimate = from_average(scene.replicas, scene.pods, samples, "", target, scene.tolerance, scene.now)
    current = MetricValueStatus(average_value=_quantity(estimate.usage.average_milli))
    status = PodsMetricStatus(metric=source.metric, current=current)
    return Proposal(f"pods metric {source.metric.name}", MetricStatus(type=spec.type, pods=status), estimate)


def _resource(spec: MetricSpec, scene: Scene) -> Proposal:
    source = _source(spec.resource, "resource")
    estimate, current = _of_resource(source, "", scene)
    average = current.average_utilization is None
    name = f"{source.name} resource" if average else f"{source.name} resource utilization (percentage of request)"
    status = MetricStatus(type=spec.type, resource=ResourceMetricStatus(name=source.name, current=current))
    return Proposal(name, status, estimate)


def _container_resource(spec: MetricSpec, scene: Scene) -> Proposal:
    source = _source(spec.container_resource, "containerResource")
    estimate, current = _of_resource(source, source.container, scene)
    average = current.average_utilization is None
    words = "container resource utilization (percentage of request)"
    name = f"{source.name} resource" if average else f"{source.name} {words}"
    status = ResourceMetricStatus(name=source.name, container=source.container, current=current)
    return Proposal(name, MetricStatus(type=spec.type, container_resource=status), estimate)


def _of_resource(source: ResourceMetricSource, container: str, scene: Scene) -> tuple[Estimate, MetricValueStatus]:
    resource, target = source.name, source.target
    kind = "usage" if target.average_value is not None else "utilization"
    try:
        estimate = _resource_estimate(resource, target, container, scene)
    except MetricUnavailable as error:
        raise MetricUnavailable(f"failed to get {resource} {kind}: {error}") from None
    usage = estimate.usage
    average = Quantity.from_milli(usage.average_milli, "BinarySI" if resource == "memory" else "DecimalSI")
    return estimate, MetricValueStatus(average_value=average, average_utilization=usage.utilization)


def _resource_estimate(resource: str, target: MetricTarget, container: str, scene: Scene) -> Estimate:
    try:
        samples = scene.samples.of_resource(resource, container)
    except MetricUnavailable as error:
        raise MetricUnavailable(f"unable to get metrics for resource {resource}: {error}") from None
    replicas, pods, tolerance, now = scene.replicas, scene.pods, scene.tolerance, scene.now
    if target.average_value is not None:
        milli = _milli(target.average_value, "averageValue")
        return from_average(replicas, pods, samples, resource, milli, tolerance, now)
    percent = target.average_utilization
    if percent is None or percent <= 0:
        raise invalid("target.averageUtilization", percent, "must be greater than 0")
    return from_utilization(replicas, pods, samples, resource, container, percent, tolerance, now)


def _external(spec: MetricSpec, scene: Scene) -> Proposal:
    source = _source(spec.external, "external")
    metric, target = source.metric, source.target
    try:
        total = scene.samples.of_external(metric.name)
        if target.average_value is not None:
            estimate = from_total(scene.replicas, total, _milli(target.average_value, "averageValue"), scene.tolerance)
            current = MetricValueStatus(average_value=_quantity(estimate.usage.average_milli))
        elif target.value is not None:
            milli = _milli(target.value, "value")
            estimate = from_value(scene.replicas, scene.pods, total, milli, scene.tolerance)
            current = MetricValueStatus(value=_quantity(total))
        else:
            raise invalid("external.target", target.type, "must set either a value or an averageValue")
    except MetricUnavailable as error:
        raise MetricUnavailable(_external_error(error, metric, target, scene)) from None
    status = PodsMetricStatus(metric=metric, current=current)
    return Proposal(_external_name(metric), MetricStatus(type=spec.type, external=status), estimate)


def _external_error(error: MetricUnavailable, metric: MetricIdentifier, target: MetricTarget, scene: Scene) -> str:
    words = str(error)
    if words.startswith("no metrics"):
        words = f"unable to get external metric {scene.namespace}/{metric.name}/{_selector(metric.selector)}: {words}"
    average, value = f"failed to get {metric.name} external metric: ", f"failed to get external metric {metric.name}: "
    return _with_average(target, average, value) + words


def _with_average(target: MetricTarget, average: str, value: str) -> str:
    return average if target.average_value is not None else value


def _external_name(metric: MetricIdentifier) -> str:
    return f"external metric {metric.name}({_selector(metric.selector)})"


def _selector(selector: LabelSelector | None) -> str:
    """A label selector as Go prints it into these messages."""
    if selector is None:
        return "nil"
    labels = "".join(f"{key}: {value}," for key, value in sorted(selector.match_labels.items()))
    expressions = "".join(
        f"LabelSelectorRequirement{{Key:{each.key},Operator:{each.operator},Values:[{' '.join(each.values)}],}},"
        for each in selector.match_expressions
    )
    return (
        f"&LabelSelector{{MatchLabels:map[string]string{{{labels}}},"
        f"MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )


def _source(source: T | None, field: str) -> T:
    if source is None:
        raise invalid(field, None, "must populate information for the given metric source")
    return source


def _milli(target: Quantity, field: str) -> int:
    milli = target.milli_value()
    if milli <= 0:
        raise invalid(f"target.{field}", str(target), "must be positive")
    return milli


def _quantity(milli: int) -> Quantity:
    return Quantity.from_milli(milli)


_KINDS: Mapping[str, tuple[Callable[[MetricSpec, Scene], Proposal], str, Callable[[MetricSpec], str]]] = {
    "Object": (_object, "FailedGetObjectMetric", lambda _spec: "object metric"),
    "Pods": (_pods, "FailedGetPodsMetric", lambda _spec: "pods metric"),
    "Resource": (
        _resource,
        "FailedGetResourceMetric",
        lambda spec: f"{spec.resource.name if spec.resource else ''} resource metric",
    ),
    "ContainerResource": (
        _container_resource,
        "FailedGetContainerResourceMetric",
        lambda spec: f"{spec.container_resource.container if spec.container_resource else ''} container metric",
    ),
    "External": (
        _external,
        "FailedGetExternalMetric",
        lambda spec: f"{spec.external.metric.name if spec.external else ''} external metric",
    ),
}
