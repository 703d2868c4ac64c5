"""Adapter of the suite ``workloads/hpa``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.pod import Pod
from k8smodels.conformance.report import JSON
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import PodSample, Samples

_START = datetime(2000, 1, 2, tzinfo=UTC)


def hpa(case: JSON) -> JSON:
    """The suite ``workloads/hpa``."""
    autoscaler, memory, replicas = HorizontalPodAutoscaler.from_json(case["hpa"]), Memory(), case["replicas"]
    pods = [Pod.from_json(item) for item in case.get("pods", ())]
    out, now = [], _START
    for i, tick in enumerate(case["ticks"]):
        now += timedelta(seconds=tick.get("after") or (15 if i else 0))
        before = tick.get("replicas", replicas)
        done = reconcile(autoscaler, memory, before, pods, _samples(autoscaler, tick, now), now)
        autoscaler, memory, replicas = done.hpa, done.memory, done.replicas
        out.append(_tick(done, before))
    return out


def _samples(autoscaler: HorizontalPodAutoscaler, tick: JSON, now: datetime) -> Samples:
    """The same samples for every metric of a kind: the recorded metrics API does not look at names."""
    at = now - timedelta(seconds=tick.get("metricAge", 0))
    metrics = autoscaler.spec.metrics
    return Samples(
        resource={name: _pod_samples(values, at) for name, values in tick.get("resource", {}).items()},
        pods={each.pods.metric.name: _pod_samples(tick.get("custom", {}), at) for each in metrics if each.pods},
        object={each.object.metric.name: tick["object"] for each in metrics if each.object and "object" in tick},
        external={each.external.metric.name: tuple(tick.get("external", ())) for each in metrics if each.external},
    )


def _pod_samples(values: Mapping[str, int], at: datetime) -> dict[str, PodSample]:
    return {pod: PodSample(value, at) for pod, value in values.items()}


def _tick(done: Reconciliation, before: int) -> JSON:
    conditions = done.hpa.status.conditions
    limited = [each.message for each in conditions if each.type == "ScalingLimited" and each.status == "True"]
    metrics = [each.to_json() or {"type": ""} for each in done.hpa.status.current_metrics]
    shown = {
        "limited": limited[0] if limited else "",
        "event": done.event,
        "current": metrics if before > 0 else [],
        "error": done.error,
    }
    return {
        "replicas": done.replicas,
        "conditions": [f"{each.type}={each.status}/{each.reason}" for each in conditions],
        **{name: value for name, value in shown.items() if value},
    }
