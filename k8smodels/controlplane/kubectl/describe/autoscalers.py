"""``kubectl describe hpa``.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeHorizontalPodAutoscalerV2, printDirectionBehavior (v1.37)
"""

from __future__ import annotations

from k8smodels.api.autoscaling import (
    HorizontalPodAutoscaler,
    HPAScalingRules,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
)
from k8smodels.api.gotext import quote
from k8smodels.controlplane.kubectl.ages import rfc1123
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.writer import Writer

_UNKNOWN = "<unknown>"


def describe_autoscaler(out: Writer, item: HorizontalPodAutoscaler, _call: Call) -> None:
    """An autoscaler: what all objects have, and its `describe_scaling`."""
    out.head(item.metadata)
    out.marks(item.metadata)
    out.field("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    describe_scaling(out, item)


def describe_scaling(out: Writer, item: HorizontalPodAutoscaler) -> None:
    """Metrics and limits of an autoscaler, as it is stored, and what it last did."""
    spec, status = item.spec, item.status
    out.field("Reference", f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}")
    out.field("Metrics", "( current / target )")
    for i, metric in enumerate(spec.metrics):
        found = status.current_metrics[i] if i < len(status.current_metrics) else MetricStatus()
        out.line(_metric(metric, found), 1)
    out.field("Min replicas", "<unset>" if spec.min_replicas is None else spec.min_replicas)
    out.field("Max replicas", spec.max_replicas)
    if spec.behavior is not None:
        out.line("Behavior:")
        _rules(out, "Scale Up", spec.behavior.scale_up)
        _rules(out, "Scale Down", spec.behavior.scale_down)
    out.field(
        f"{spec.scale_target_ref.kind} pods", f"{status.current_replicas} current / {status.desired_replicas} desired"
    )
    if status.conditions:
        out.line("Conditions:")
        rows = [(each.type, each.status, each.reason, each.message) for each in status.conditions]
        out.table(("Type", "Status", "Reason", "Message"), rows)


def _metric(spec: MetricSpec, status: MetricStatus) -> str:
    if spec.external is not None:
        current = status.external.current if status.external else None
        return f"{quote(spec.external.metric.name)} {_value(spec.external.target, current)}"
    if spec.pods is not None:
        average = status.pods.current.average_value if status.pods else _UNKNOWN
        return f"{quote(spec.pods.metric.name)} on pods:\t{average} / {spec.pods.target.average_value}"
    if spec.object is not None:
        about, current = spec.object.described_object, status.object.current if status.object else None
        return f'"{spec.object.metric.name}" on {about.kind}/{about.name} {_value(spec.object.target, current)}'
    if spec.resource is not None:
        current = status.resource.current if status.resource else None
        return f"resource {spec.resource.name} on pods{_resource(spec.resource.target, current)}"
    if spec.container_resource is not None:
        source, found = spec.container_resource, status.container_resource
        which = f'resource {source.name} of container "{source.container}" on pods'
        return which + _resource(source.target, found.current if found else None)
    return f"<unknown metric type {quote(spec.type)}>"


def _value(target: MetricTarget, current: MetricValueStatus | None) -> str:
    if target.average_value is not None:
        average = current.average_value if current else None
        return f"(target average value):\t{_UNKNOWN if average is None else average} / {target.average_value}"
    return f"(target value):\t{current.value if current else _UNKNOWN} / {target.value}"


def _resource(target: MetricTarget, current: MetricValueStatus | None) -> str:
    if target.average_value is not None:
        return f":\t{current.average_value if current else _UNKNOWN} / {target.average_value}"
    used = current.average_utilization if current else None
    shown = _UNKNOWN if used is None or current is None else f"{used}% ({current.average_value})"
    aim = "<auto>" if target.average_utilization is None else f"{target.average_utilization}%"
    return f"  (as a percentage of request):\t{shown} / {aim}"


def _rules(out: Writer, title: str, rules: HPAScalingRules) -> None:
    out.line(f"{title}:", 1)
    if rules.stabilization_window_seconds is not None:
        out.line(f"Stabilization Window: {rules.stabilization_window_seconds} seconds", 2)
    if rules.policies:
        out.line(f"Select Policy: {rules.select_policy or 'Max'}", 2)
        out.line("Policies:", 2)
    for policy in rules.policies:
        out.line(f"- Type: {policy.type}\tValue: {policy.value}\tPeriod: {policy.period_seconds} seconds", 3)
