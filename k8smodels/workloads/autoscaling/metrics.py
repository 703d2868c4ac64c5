"""Each metric of an autoscaler: by its type, with the words of its errors.

References
----------
pkg/controller/podautoscaler/horizontal.go: computeReplicasForMetric (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k8smodels.api.autoscaling import MetricSpec, MetricStatus
from k8smodels.workloads.autoscaling.outside_metrics import external_metric, object_metric
from k8smodels.workloads.autoscaling.pod_metrics import container_resource_metric, pods_metric, resource_metric
from k8smodels.workloads.autoscaling.samples import MetricUnavailable
from k8smodels.workloads.autoscaling.scene import Proposal, Scene


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


_KINDS: Mapping[str, tuple[Callable[[MetricSpec, Scene], Proposal], str, Callable[[MetricSpec], str]]] = {
    "Object": (object_metric, "FailedGetObjectMetric", lambda _spec: "object metric"),
    "Pods": (pods_metric, "FailedGetPodsMetric", lambda _spec: "pods metric"),
    "Resource": (
        resource_metric,
        "FailedGetResourceMetric",
        lambda spec: f"{spec.resource.name if spec.resource else ''} resource metric",
    ),
    "ContainerResource": (
        container_resource_metric,
        "FailedGetContainerResourceMetric",
        lambda spec: f"{spec.container_resource.container if spec.container_resource else ''} container metric",
    ),
    "External": (
        external_metric,
        "FailedGetExternalMetric",
        lambda spec: f"{spec.external.metric.name if spec.external else ''} external metric",
    ),
}
