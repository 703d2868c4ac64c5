"""The cell TARGETS of an autoscaler: ``cpu: 63%/80%``.

References
----------
pkg/printers/internalversion/printers.go: formatHPAMetrics (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.autoscaling import (
    ExternalMetricSource,
    MetricSpec,
    MetricStatus,
    MetricValueStatus,
    ObjectMetricSource,
    PodsMetricSource,
    ResourceMetricSource,
)
from k8smodels.controlplane.kubectl.tables.table import NONE

UNKNOWN = "<unknown>"
_SHOWN = 2


def targets(specs: Sequence[MetricSpec], statuses: Sequence[MetricStatus]) -> str:
    """The present value of each metric and its target; of more than two how many there are."""
    if not specs:
        return NONE
    cells = [_target(spec, statuses[i] if i < len(statuses) else MetricStatus()) for i, spec in enumerate(specs)]
    shown = ", ".join(cells[:_SHOWN])
    return f"{shown} + {len(cells) - _SHOWN} more..." if len(cells) > _SHOWN else shown


def _target(spec: MetricSpec, status: MetricStatus) -> str:
    if spec.external is not None:
        return _value(spec.external, status.external.current if status.external else None)
    if spec.object is not None:
        return _value(spec.object, status.object.current if status.object else None)
    if spec.pods is not None:
        current = status.pods.current.average_value if status.pods else UNKNOWN
        return f"{current}/{spec.pods.target.average_value}"
    if spec.resource is not None:
        return _resource(spec.resource, status.resource.current if status.resource else None)
    if spec.container_resource is not None:
        found = status.container_resource
        return _resource(spec.container_resource, found.current if found else None)
    return "<unknown type>"


def _value(
    source: ExternalMetricSource | ObjectMetricSource | PodsMetricSource, current: MetricValueStatus | None
) -> str:
    target = source.target
    if target.average_value is not None:
        average = current.average_value if current else None
        return f"{UNKNOWN if average is None else average}/{target.average_value} (avg)"
    return f"{current.value if current else UNKNOWN}/{target.value}"


def _resource(source: ResourceMetricSource, current: MetricValueStatus | None) -> str:
    target = source.target
    if target.average_value is not None:
        return f"{source.name}: {current.average_value if current else UNKNOWN}/{target.average_value}"
    used = current.average_utilization if current else None
    percent = UNKNOWN if used is None else f"{used}%"
    aim = "<auto>" if target.average_utilization is None else f"{target.average_utilization}%"
    return f"{source.name}: {percent}/{aim}"
