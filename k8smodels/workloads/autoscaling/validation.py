"""What the API server refuses in a HorizontalPodAutoscaler, and the defaults that it fills in before.

Left out: of `metadata` all but the name; names of resources that no container can have; an empty list of policies,
which here is the same as none.

References
----------
pkg/apis/autoscaling/validation/validation.go; pkg/apis/autoscaling/v2/defaults.go;
pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from k8smodels.api.autoscaling import (
    ContainerResourceMetricSource,
    CrossVersionObjectReference,
    ExternalMetricSource,
    HorizontalPodAutoscaler,
    HPAScalingRules,
    MetricSpec,
    MetricTarget,
    ObjectMetricSource,
    PodsMetricSource,
    ResourceMetricSource,
)
from k8smodels.api.dns_names import dns_label_problems, dns_subdomain_problems
from k8smodels.api.errors import FieldError, InvalidObject, forbidden, invalid, required, unsupported
from k8smodels.workloads.autoscaling.limits import with_api_defaults
from k8smodels.workloads.autoscaling.normalize import least_replicas
from k8smodels.workloads.autoscaling.reconcile import DEFAULT_METRICS

MAX_PERIOD_SECONDS = 1800
MAX_STABILIZATION_WINDOW_SECONDS = 3600

_SOURCES: Mapping[str, str] = {
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
    "External": "external",
    "ContainerResource": "containerResource",
}
_NO_TARGET = "must set either a target raw value or a target utilization"
_TWO_TARGETS = "may not set both a target raw value and a target utilization"
Source = (
    ObjectMetricSource | ExternalMetricSource | PodsMetricSource | ResourceMetricSource | ContainerResourceMetricSource
)


def stored(hpa: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    """`hpa` as the API server stores it: with its defaults.

    Raises
    ------
    InvalidObject
        All errors of the object at once.
    """
    spec = hpa.spec
    filled = replace(
        spec,
        min_replicas=least_replicas(hpa),
        metrics=spec.metrics or DEFAULT_METRICS,
        behavior=spec.behavior and with_api_defaults(spec.behavior),
    )
    complete = replace(hpa, spec=filled)
    errors = list({str(error): error for error in _errors(complete)}.values())
    if errors:
        raise InvalidObject(hpa.kind, hpa.name, errors)
    return complete


def _errors(hpa: HorizontalPodAutoscaler) -> Iterator[FieldError]:
    if not hpa.name and not hpa.metadata.generate_name:
        yield required("metadata.name", "name or generateName is required")
    elif hpa.name:
        yield from (invalid("metadata.name", hpa.name, problem) for problem in dns_subdomain_problems(hpa.name))
    spec = hpa.spec
    least, most = spec.min_replicas or 0, spec.max_replicas
    if least < 0:
        yield invalid("spec.minReplicas", least, "must be greater than or equal to 0")
    if most == 0:
        yield required("spec.maxReplicas", "must be set and greater than 0")
    elif most < 0:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to 1")
    if most < least:
        yield invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`")
    needs_group = spec.scale_target_ref.kind != "ReplicationController"
    yield from _reference(spec.scale_target_ref, "spec.scaleTargetRef", needs_group)
    for i, metric in enumerate(spec.metrics):
        yield from _metric(metric, f"spec.metrics[{i}]")
    if least == 0 and not any(metric.type in ("Object", "External") for metric in spec.metrics):
        words = "must specify at least one Object or External metric to support scaling to zero replicas"
        yield forbidden("spec.metrics", words)
    if spec.behavior:
        yield from _rules(spec.behavior.scale_up, "spec.behavior.scaleUp")
        yield from _rules(spec.behavior.scale_down, "spec.behavior.scaleDown")


def _reference(reference: CrossVersionObjectReference, path: str, needs_group: bool) -> Iterator[FieldError]:
    for field in ("kind", "name"):
        value = getattr(reference, field)
        yield from _path_segment(value, f"{path}.{field}") if value else (required(f"{path}.{field}"),)
    version = reference.api_version
    if version.count("/") > 1:
        yield invalid(f"{path}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    elif needs_group and not version.rpartition("/")[0]:
        yield invalid(f"{path}.apiVersion", version, "apiVersion must specify API group")


def _path_segment(name: str, path: str) -> Iterator[FieldError]:
    if name in (".", ".."):
        yield invalid(path, name, f"may not be '{name}'")
        return
    yield from (invalid(path, name, f"may not contain '{each}'") for each in "/%" if each in name)


def _metric(metric: MetricSpec, path: str) -> Iterator[FieldError]:
    if not metric.type:
        yield required(f"{path}.type", "must specify a metric source type")
    if metric.type not in _SOURCES:
        yield unsupported(f"{path}.type", metric.type, _SOURCES)
    order = ("object", "external", "pods", "resource", "containerResource")
    sources = (metric.object, metric.external, metric.pods, metric.resource, metric.container_resource)
    present = {name: source for name, source in zip(order, sources, strict=True) if source is not None}
    if present:
        name = next(iter(present))
        yield from _source(present[name], f"{path}.{name}")
    expected = _SOURCES.get(metric.type)
    if expected and expected not in present:
        yield required(f"{path}.{expected}", "must populate information for the given metric source")
    if len(present) != 1:
        for name in present:
            if name != expected:
                yield forbidden(f"{path}.{name}", "must populate the given metric source only")


def _source(source: Source, path: str) -> Iterator[FieldError]:
    if isinstance(source, ResourceMetricSource):
        yield from _resource(source, path)
        return
    if isinstance(source, ObjectMetricSource):
        yield from _reference(source.described_object, f"{path}.describedObject", needs_group=False)
    name, target = source.metric.name, source.target
    yield from (
        _path_segment(name, f"{path}.metric.name")
        if name
        else (required(f"{path}.metric.name", "must specify a metric name"),)
    )
    yield from _target(target, f"{path}.target")
    at = f"{path}.target.averageValue"
    is_external = isinstance(source, ExternalMetricSource)
    if is_external and target.value is None and target.average_value is None:
        yield required(at, "must set either a target value for metric or a per-pod target")
    elif is_external and target.value is not None and target.average_value is not None:
        words = "may not set both a target value for metric and a per-pod target"
        yield forbidden(f"{path}.target.value", words)
    elif isinstance(source, ObjectMetricSource) and target.value is None and target.average_value is None:
        yield required(at, "must set either a target value or averageValue")
    elif isinstance(source, PodsMetricSource) and not is_external and target.average_value is None:
        yield required(at, "must specify a positive target averageValue")


def _resource(source: ResourceMetricSource, path: str) -> Iterator[FieldError]:
    if not source.name:
        yield required(f"{path}.name", "must specify a resource name")
    if isinstance(source, ContainerResourceMetricSource):
        at = f"{path}.container"
        if not source.container:
            yield required(at, "must specify a container")
        else:
            yield from (invalid(at, source.container, problem) for problem in dns_label_problems(source.container))
    target = source.target
    yield from _target(target, f"{path}.target")
    if target.average_utilization is None and target.average_value is None:
        yield required(f"{path}.target.averageUtilization", _NO_TARGET)
    if target.average_utilization is not None and target.average_value is not None:
        yield forbidden(f"{path}.target.averageValue", _TWO_TARGETS)


def _target(target: MetricTarget, path: str) -> Iterator[FieldError]:
    if not target.type:
        yield required(f"{path}.type", "must specify a metric target type")
    if target.type not in ("Utilization", "Value", "AverageValue"):
        yield invalid(f"{path}.type", target.type, "must be either Utilization, Value, or AverageValue")
    for field, amount in (("value", target.value), ("averageValue", target.average_value)):
        if amount is not None and amount.sign != 1:
            yield invalid(f"{path}.{field}", str(amount), "must be positive")
    if target.average_utilization is not None and target.average_utilization < 1:
        yield invalid(f"{path}.averageUtilization", target.average_utilization, "must be greater than 0")


def _rules(rules: HPAScalingRules, path: str) -> Iterator[FieldError]:
    window, at = rules.stabilization_window_seconds or 0, f"{path}.stabilizationWindowSeconds"
    if window < 0:
        yield invalid(at, window, "must be greater than or equal to zero")
    if window > MAX_STABILIZATION_WINDOW_SECONDS:
        yield invalid(at, window, f"must be less than or equal to {MAX_STABILIZATION_WINDOW_SECONDS}")
    choices = ("Max", "Min", "Disabled")
    if rules.select_policy not in choices:
        yield unsupported(f"{path}.selectPolicy", rules.select_policy, choices)
    for i, policy in enumerate(rules.policies):
        here = f"{path}.policies[{i}]"
        if policy.type not in ("Pods", "Percent"):
            yield unsupported(f"{here}.type", policy.type, ("Pods", "Percent"))
        for field, number in (("value", policy.value), ("periodSeconds", policy.period_seconds)):
            if number <= 0:
                yield invalid(f"{here}.{field}", number, "must be greater than zero")
        if policy.period_seconds > MAX_PERIOD_SECONDS:
            words = f"must be less than or equal to {MAX_PERIOD_SECONDS}"
            yield invalid(f"{here}.periodSeconds", policy.period_seconds, words)
    if rules.tolerance is not None and rules.tolerance.sign < 0:
        yield invalid(f"{path}.tolerance", str(rules.tolerance), "must be greater than or equal to 0")
