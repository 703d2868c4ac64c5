"""HorizontalPodAutoscalers: which metrics decide on a size, and how fast it may change.

References
----------
staging/src/k8s.io/api/autoscaling/v2/types.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import Condition, KubernetesObject
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct


@struct
class CrossVersionObjectReference(Struct):
    """An object by kind and name."""

    api_version: str = ""
    kind: str = ""
    name: str = ""


@struct
class MetricIdentifier(Struct):
    """A metric by name and labels."""

    name: str = ""
    selector: LabelSelector | None = None


@struct
class MetricTarget(Struct):
    """The value that is aimed at: ``Utilization``, ``Value`` or ``AverageValue``."""

    type: str = ""
    value: Quantity | None = None
    average_value: Quantity | None = None
    average_utilization: int | None = None


@struct
class ObjectMetricSource(Struct):
    """One value about one object."""

    described_object: CrossVersionObjectReference = CrossVersionObjectReference()
    target: MetricTarget = MetricTarget()
    metric: MetricIdentifier = MetricIdentifier()


@struct
class PodsMetricSource(Struct):
    """A value about each pod."""

    metric: MetricIdentifier = MetricIdentifier()
    target: MetricTarget = MetricTarget()


@struct
class ResourceMetricSource(Struct):
    """What each pod uses of a resource."""

    name: str = ""
    target: MetricTarget = MetricTarget()


@struct
class ContainerResourceMetricSource(ResourceMetricSource):
    """What one container of each pod uses of a resource."""

    container: str = ""


@struct
class ExternalMetricSource(PodsMetricSource):
    """Values that have nothing to do with an object of the cluster."""


@struct
class MetricSpec(Struct):
    """One metric; `type` says which of the sources is set."""

    type: str = ""
    object: ObjectMetricSource | None = None
    pods: PodsMetricSource | None = None
    resource: ResourceMetricSource | None = None
    container_resource: ContainerResourceMetricSource | None = None
    external: ExternalMetricSource | None = None


@struct
class HPAScalingPolicy(Struct):
    """At most `value` pods (``Pods``) or percent of them (``Percent``) within `periodSeconds`."""

    type: str = ""
    value: int = 0
    period_seconds: int = 0


@struct
class HPAScalingRules(Struct):
    """How fast a size may change in one direction. Fields that are not set have the API's defaults."""

    stabilization_window_seconds: int | None = None
    select_policy: str = ""
    policies: tuple[HPAScalingPolicy, ...] = ()
    tolerance: Quantity | None = None


@struct
class HorizontalPodAutoscalerBehavior(Struct):
    """The rules for both directions."""

    scale_up: HPAScalingRules = HPAScalingRules()
    scale_down: HPAScalingRules = HPAScalingRules()


@struct
class HorizontalPodAutoscalerSpec(Struct):
    """What is scaled, by which metrics, between which sizes."""

    scale_target_ref: CrossVersionObjectReference = CrossVersionObjectReference()
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: tuple[MetricSpec, ...] = ()
    behavior: HorizontalPodAutoscalerBehavior | None = None


@struct
class MetricValueStatus(Struct):
    """A metric's present value."""

    value: Quantity | None = None
    average_value: Quantity | None = None
    average_utilization: int | None = None


@struct
class ObjectMetricStatus(Struct):
    """The present value about an object."""

    metric: MetricIdentifier = MetricIdentifier()
    current: MetricValueStatus = MetricValueStatus()
    described_object: CrossVersionObjectReference = CrossVersionObjectReference()


@struct
class PodsMetricStatus(Struct):
    """The present average over pods, or the present value of an external metric."""

    metric: MetricIdentifier = MetricIdentifier()
    current: MetricValueStatus = MetricValueStatus()


@struct
class ResourceMetricStatus(Struct):
    """The present use of a resource."""

    name: str = ""
    container: str = ""
    current: MetricValueStatus = MetricValueStatus()


@struct
class MetricStatus(Struct):
    """What was read of one metric; empty for one that failed."""

    type: str = ""
    object: ObjectMetricStatus | None = None
    pods: PodsMetricStatus | None = None
    resource: ResourceMetricStatus | None = None
    container_resource: ResourceMetricStatus | None = None
    external: PodsMetricStatus | None = None


@struct
class HorizontalPodAutoscalerCondition(Condition):
    """One condition, e.g. ``ScalingLimited``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"observedGeneration"})


@struct
class HorizontalPodAutoscalerStatus(Struct):
    """What the controller last saw and did."""

    observed_generation: int | None = None
    last_scale_time: str = ""
    current_replicas: int = 0
    desired_replicas: int = 0
    current_metrics: tuple[MetricStatus, ...] = ()
    conditions: tuple[HorizontalPodAutoscalerCondition, ...] = ()


@struct
class HorizontalPodAutoscaler(KubernetesObject):
    """A size that follows metrics."""

    api_version: ClassVar[str] = "autoscaling/v2"
    kind: ClassVar[str] = "HorizontalPodAutoscaler"

    spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
    status: HorizontalPodAutoscalerStatus = HorizontalPodAutoscalerStatus()
