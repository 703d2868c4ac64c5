"""An autoscaler as ``kubectl get hpa`` and ``kubectl describe hpa`` print it.

References
----------
pkg/printers/internalversion/printers.go: printHorizontalPodAutoscaler, formatHPAMetrics;
staging/src/k8s.io/kubectl/pkg/describe/describe.go: describeHorizontalPodAutoscalerV2 (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from k8smodels.api.autoscaling import (
    HorizontalPodAutoscaler,
    HPAScalingRules,
    MetricSpec,
    MetricStatus,
    MetricTarget,
    MetricValueStatus,
)
from k8smodels.api.gotext import quote
from k8smodels.views.text import columns

__all__ = ["HPAEvent", "described", "hpa_listing"]

Cells = tuple[str, ...]
_MOST_SHOWN = 2
_UNKNOWN = "<unknown>"


class HPAEvent(NamedTuple):
    """An event of an autoscaler; `age` as kubectl prints it."""

    type: str
    reason: str
    age: str
    message: str


def hpa_listing(hpas: Iterable[HorizontalPodAutoscaler], age: str = "2h") -> str:
    """``kubectl get hpa``."""
    head = ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
    return columns(head, [_row(hpa, age) for hpa in hpas])


def _row(hpa: HorizontalPodAutoscaler, age: str) -> list[object]:
    spec, pairs = hpa.spec, [_listed(metric, status) for metric, status in _metrics(hpa)]
    more = f" + {len(pairs) - _MOST_SHOWN} more..." if len(pairs) > _MOST_SHOWN else ""
    targets = ", ".join(pairs[:_MOST_SHOWN]) + more if pairs else "<none>"
    least = "<unset>" if spec.min_replicas is None else spec.min_replicas
    return [hpa.name, _reference(hpa), targets, least, spec.max_replicas, hpa.status.current_replicas, age]


def _listed(metric: MetricSpec, status: MetricStatus) -> str:
    now, target = _present(metric, status), _target(metric)
    source = metric.resource or metric.container_resource
    if source is not None:
        return f"{source.name}: {_number(now, target, percent_only=True)}/{_wanted(target, 'auto')}"
    outside = metric.external or metric.object
    average = " (avg)" if outside is not None and target.average_value is not None else ""
    return f"{_number(now, target)}/{_wanted(target)}{average}"


def described(hpa: HorizontalPodAutoscaler, events: Sequence[HPAEvent] | None = ()) -> str:
    """``kubectl describe hpa``, without annotations and the time of its creation.

    Parameters
    ----------
    events
        None: as with ``--show-events=false``.
    """
    spec, status = hpa.spec, hpa.status
    metrics = [_described_metric(metric, now) for metric, now in _metrics(hpa)]
    labels = sorted(f"{key}={value}" for key, value in hpa.labels.items()) or ["<none>"]
    least = "<unset>" if spec.min_replicas is None else str(spec.min_replicas)
    pairs: list[Cells] = [
        ("Name:", hpa.name),
        ("Namespace:", hpa.namespace),
        ("Labels:", labels[0]),
        *(("", label) for label in labels[1:]),
        ("Reference:", _reference(hpa)),
        ("Metrics:", "( current / target )"),
        *metrics,
        ("Min replicas:", least),
        ("Max replicas:", str(spec.max_replicas)),
    ]
    rules = (
        []
        if spec.behavior is None
        else [
            ("Behavior:",),
            *_rules("Scale Up", spec.behavior.scale_up),
            *_rules("Scale Down", spec.behavior.scale_down),
        ]
    )
    size = f"{status.current_replicas} current / {status.desired_replicas} desired"
    return _tabbed(
        [
            *pairs,
            *rules,
            (f"{spec.scale_target_ref.kind} pods:", size),
            *_conditions(hpa),
            *([] if events is None else _events(events)),
        ]
    )


def _described_metric(metric: MetricSpec, status: MetricStatus) -> Cells:
    now, target = _present(metric, status), _target(metric)
    number = f"{_number(now, target)} / {_wanted(target, 'auto')}"
    if metric.external is not None:
        kind = "target value" if target.average_value is None else "target average value"
        return f"  {quote(metric.external.metric.name)} ({kind}):", number
    if metric.pods is not None:
        return f"  {quote(metric.pods.metric.name)} on pods:", number
    if metric.object is not None:
        about = metric.object.described_object
        kind = "target average value" if target.type == "AverageValue" else "target value"
        return f'  "{metric.object.metric.name}" on {about.kind}/{about.name} ({kind}):', number
    source = metric.resource or metric.container_resource
    name = source.name if source else ""
    where = f' of container "{metric.container_resource.container}"' if metric.container_resource else ""
    if target.average_value is not None:
        return f"  resource {name}{where} on pods:", number
    # two blanks more than elsewhere: kubectl indents in the middle of the line
    return f"  resource {name}{where} on pods  (as a percentage of request):", number


def _metrics(hpa: HorizontalPodAutoscaler) -> list[tuple[MetricSpec, MetricStatus]]:
    known = hpa.status.current_metrics
    return [(metric, known[i] if i < len(known) else MetricStatus()) for i, metric in enumerate(hpa.spec.metrics)]


def _present(metric: MetricSpec, status: MetricStatus) -> MetricValueStatus | None:
    pairs = (
        (metric.resource, status.resource),
        (metric.container_resource, status.container_resource),
        (metric.pods, status.pods),
        (metric.object, status.object),
        (metric.external, status.external),
    )
    return next((now.current for wanted, now in pairs if wanted is not None and now is not None), None)


def _target(metric: MetricSpec) -> MetricTarget:
    sources = (metric.resource, metric.container_resource, metric.pods, metric.object, metric.external)
    return next((source.target for source in sources if source is not None), MetricTarget())


def _number(now: MetricValueStatus | None, target: MetricTarget, *, percent_only: bool = False) -> str:
    if now is None:
        return _UNKNOWN
    if target.average_value is not None:
        return str(now.average_value) if now.average_value is not None else _UNKNOWN
    if target.value is not None:
        return str(now.value) if now.value is not None else _UNKNOWN
    if now.average_utilization is None:
        return _UNKNOWN
    percent = f"{now.average_utilization}%"
    return percent if percent_only else f"{percent} ({now.average_value})"


def _wanted(target: MetricTarget, otherwise: str = "") -> str:
    if target.average_value is not None:
        return str(target.average_value)
    if target.value is not None:
        return str(target.value)
    return f"<{otherwise}>" if target.average_utilization is None else f"{target.average_utilization}%"


def _reference(hpa: HorizontalPodAutoscaler) -> str:
    return f"{hpa.spec.scale_target_ref.kind}/{hpa.spec.scale_target_ref.name}"


def _rules(title: str, rules: HPAScalingRules) -> list[Cells]:
    window = rules.stabilization_window_seconds
    lines: list[Cells] = [(f"  {title}:",)]
    if window is not None:
        lines.append((f"    Stabilization Window: {window} seconds",))
    if rules.policies:
        lines += [(f"    Select Policy: {rules.select_policy or 'Max'}",), ("    Policies:",)]
    lines += [
        (f"      - Type: {each.type}", f"Value: {each.value}", f"Period: {each.period_seconds} seconds")
        for each in rules.policies
    ]
    return lines


def _conditions(hpa: HorizontalPodAutoscaler) -> list[Cells]:
    head = [("Conditions:",), ("  Type", "Status", "Reason", "Message"), ("  ----", "------", "------", "-------")]
    rows = [(f"  {each.type}", each.status, each.reason, each.message) for each in hpa.status.conditions]
    return [*head, *rows] if rows else []


def _events(events: Sequence[HPAEvent]) -> list[Cells]:
    if not events:
        return [("Events:", "<none>")]
    head = [
        ("Events:",),
        ("  Type", "Reason", "Age", "From", "Message"),
        ("  ----", "------", "----", "----", "-------"),
    ]
    rows = [(f"  {each.type}", each.reason, each.age, "horizontal-pod-autoscaler", each.message) for each in events]
    return [*head, *rows]


def _tabbed(lines: Sequence[Cells]) -> str:
    """Lines as Go's tabwriter sets them: a column is as wide as its widest cell in neighbouring lines that have one.

    The last cell of a line ends no column.
    """
    texts = [line[0] for line in lines]
    for column in range(1, max(map(len, lines))):
        for start, end in _stretches([len(line) > column for line in lines]):
            width = max(len(text) for text in texts[start:end]) + 2
            for i in range(start, end):
                texts[i] = texts[i].ljust(width) + lines[i][column]
    return "\n".join(text.rstrip() for text in texts)


def _stretches(marks: Sequence[bool]) -> list[tuple[int, int]]:
    """From where to where `marks` are true."""
    starts = [i for i, mark in enumerate(marks) if mark and not (i and marks[i - 1])]
    ends = [i + 1 for i, mark in enumerate(marks) if mark and not (i + 1 < len(marks) and marks[i + 1])]
    return list(zip(starts, ends, strict=True))
