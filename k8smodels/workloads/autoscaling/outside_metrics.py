"""Metrics about one object, or about nothing in the cluster.

References
----------
pkg/controller/podautoscaler/horizontal.go: computeStatusForObjectMetric, computeStatusForExternalMetric (v1.37)
"""

from __future__ import annotations

from k8smodels.api.autoscaling import (
    CrossVersionObjectReference,
    MetricIdentifier,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
    ObjectMetricStatus,
    PodsMetricStatus,
)
from k8smodels.api.errors import invalid
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.workloads.autoscaling.calculator import from_total, from_value
from k8smodels.workloads.autoscaling.samples import MetricUnavailable
from k8smodels.workloads.autoscaling.scene import Proposal, Scene, source_of, target_milli

_NO_TARGET = "invalid object metric source: neither a value target nor an average value target was set"


def object_metric(spec: MetricSpec, scene: Scene) -> Proposal:
    """What a value about an object asks for."""
    source = source_of(spec.object, "object")
    metric, target, about = source.metric, source.target, source.described_object
    value = _object_value(metric, target, about, scene)
    if target.type == "Value" and target.value is not None:
        milli = target_milli(target.value, "value")
        estimate = from_value(scene.replicas, scene.pods, value, milli, scene.tolerance)
        name, current = f"{about.kind} metric {metric.name}", MetricValueStatus(value=Quantity.from_milli(value))
    elif target.type == "AverageValue" and target.average_value is not None:
        milli = target_milli(target.average_value, "averageValue")
        estimate = from_total(scene.replicas, value, milli, scene.tolerance)
        average = Quantity.from_milli(estimate.usage.average_milli)
        name, current = _external_name(metric), MetricValueStatus(average_value=average)
    else:
        raise MetricUnavailable(_NO_TARGET)
    status = ObjectMetricStatus(metric=metric, current=current, described_object=about)
    return Proposal(name, MetricStatus(type=spec.type, object=status), estimate)


def _object_value(
    metric: MetricIdentifier, target: MetricTarget, about: CrossVersionObjectReference, scene: Scene
) -> int:
    try:
        return scene.samples.of_object(metric.name)
    except MetricUnavailable as error:
        where = f"{about.kind} {scene.namespace}/{about.name}"
        words = f"unable to get metric {metric.name} on {where}: {error}"
        average = f"failed to get {metric.name} object metric: {words}"
        raise MetricUnavailable(_with_average(target, average, words)) from None


def external_metric(spec: MetricSpec, scene: Scene) -> Proposal:
    """What an external metric asks for."""
    source = source_of(spec.external, "external")
    metric, target = source.metric, source.target
    try:
        total = scene.samples.of_external(metric.name)
        if target.average_value is not None:
            milli = target_milli(target.average_value, "averageValue")
            estimate = from_total(scene.replicas, total, milli, scene.tolerance)
            current = MetricValueStatus(average_value=Quantity.from_milli(estimate.usage.average_milli))
        elif target.value is not None:
            milli = target_milli(target.value, "value")
            estimate = from_value(scene.replicas, scene.pods, total, milli, scene.tolerance)
            current = MetricValueStatus(value=Quantity.from_milli(total))
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
