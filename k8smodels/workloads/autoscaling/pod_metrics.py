"""Metrics about pods: what they use of a resource, and values of their own.

References
----------
pkg/controller/podautoscaler/horizontal.go: computeStatusForPodsMetric, computeStatusForResourceMetricGeneric (v1.37)
"""

from __future__ import annotations

from k8smodels.api.autoscaling import (
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
    PodsMetricStatus,
    ResourceMetricSource,
    ResourceMetricStatus,
)
from k8smodels.api.errors import invalid
from k8smodels.api.quantity import Quantity
from k8smodels.workloads.autoscaling.calculator import Estimate, from_average, from_utilization
from k8smodels.workloads.autoscaling.samples import MetricUnavailable
from k8smodels.workloads.autoscaling.scene import Proposal, Scene, source_of, target_milli


def pods_metric(spec: MetricSpec, scene: Scene) -> Proposal:
    """What a value of each pod asks for."""
    source = source_of(spec.pods, "pods")
    if source.target.average_value is None:
        raise invalid("pods.target.averageValue", None, "must specify a positive target averageValue")
    target = target_milli(source.target.average_value, "averageValue")
    try:
        samples = scene.samples.of_pods(source.metric.name)
    except MetricUnavailable as error:
        raise MetricUnavailable(f"unable to get metric {source.metric.name}: {error}") from None
    estimate = from_average(scene.replicas, scene.pods, samples, "", target, scene.tolerance, scene.now)
    current = MetricValueStatus(average_value=Quantity.from_milli(estimate.usage.average_milli))
    status = PodsMetricStatus(metric=source.metric, current=current)
    return Proposal(f"pods metric {source.metric.name}", MetricStatus(type=spec.type, pods=status), estimate)


def resource_metric(spec: MetricSpec, scene: Scene) -> Proposal:
    """What the use of a resource asks for."""
    source = source_of(spec.resource, "resource")
    estimate, current = _of_resource(source, "", scene)
    average = current.average_utilization is None
    name = f"{source.name} resource" if average else f"{source.name} resource utilization (percentage of request)"
    status = MetricStatus(type=spec.type, resource=ResourceMetricStatus(name=source.name, current=current))
    return Proposal(name, status, estimate)


def container_resource_metric(spec: MetricSpec, scene: Scene) -> Proposal:
    """What one container's use of a resource asks for."""
    source = source_of(spec.container_resource, "containerResource")
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
        milli = target_milli(target.average_value, "averageValue")
        return from_average(replicas, pods, samples, resource, milli, tolerance, now)
    percent = target.average_utilization
    if percent is None or percent <= 0:
        raise invalid("target.averageUtilization", percent, "must be greater than 0")
    return from_utilization(replicas, pods, samples, resource, container, percent, tolerance, now)
