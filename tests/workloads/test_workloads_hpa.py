from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.workloads.autoscaling.calculator import Tolerance, from_total, from_value
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import PodSample, Samples

NOW = datetime(2026, 3, 4, tzinfo=UTC)
QUEUE = {
    "type": "External",
    "external": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": "1"}},
}

policies = st.fixed_dictionaries(
    {"type": st.sampled_from(["Pods", "Percent"]), "value": st.integers(1, 150), "periodSeconds": st.integers(1, 120)}
)
rules = st.fixed_dictionaries(
    {},
    optional={
        "stabilizationWindowSeconds": st.integers(0, 120),
        "selectPolicy": st.sampled_from(["Max", "Min", "Disabled"]),
        "policies": st.lists(policies, min_size=1, max_size=2),
    },
)
behaviors = st.none() | st.fixed_dictionaries({}, optional={"scaleUp": rules, "scaleDown": rules})


def hpa(*metrics: object, **spec: object) -> HorizontalPodAutoscaler:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    fields = {"minReplicas": 1, "maxReplicas": 10, "scaleTargetRef": target, "metrics": list(metrics), **spec}
    return HorizontalPodAutoscaler.from_json({"metadata": {"name": "web"}, "spec": fields})


def pods(count: int, **resources: object) -> list[Pod]:
    status = {
        "phase": "Running",
        "startTime": "2026-03-03T00:00:00Z",
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-03-03T00:00:10Z"}],
    }
    container = {"name": "c", "resources": {"requests": {"cpu": "100m"}}}
    return [
        Pod.from_json(
            {"metadata": {"name": f"p{i}"}, "spec": {"containers": [container], **resources}, "status": status}
        )
        for i in range(count)
    ]


def looked(item: HorizontalPodAutoscaler, replicas: int, samples: Samples, count: int | None = None) -> Reconciliation:
    return reconcile(item, Memory(), replicas, pods(replicas if count is None else count), samples, NOW)


@settings(max_examples=80)
@given(behaviors, st.integers(1, 5), st.integers(0, 15), st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_the_size_comes_between_its_limits_and_stays_there(
    behavior: dict[str, object] | None, least: int, spread: int, queue: list[int]
) -> None:
    item, memory, replicas, now = (
        hpa(QUEUE, minReplicas=least, maxReplicas=least + spread, behavior=behavior),
        Memory(),
        3,
        NOW,
    )
    for value in queue:
        done = reconcile(item, memory, replicas, [], Samples(external={"queue": (value * 1000,)}), now)
        item, memory, replicas, now = done.hpa, done.memory, done.replicas, now + timedelta(seconds=15)
        assert least <= replicas <= least + spread


@given(st.integers(1, 100), st.integers(0, 10**6), st.integers(1, 10**5))
def test_a_share_of_a_total_is_met_as_well_as_whole_pods_can(current: int, total: int, target: int) -> None:
    replicas = from_total(current, total, target, Tolerance(0, 0)).replicas
    assert (replicas - 1) * target < total <= replicas * target or (replicas, total) == (0, 0)


def test_a_value_beyond_all_bounds_is_cut_off() -> None:
    assert from_value(1, pods(1), 10**30, 1, Tolerance()).replicas == 2**31 - 1


def test_without_metrics_80_percent_of_the_cpu_request_is_aimed_at() -> None:
    done = looked(hpa(), 2, Samples(resource={"cpu": {"p0": PodSample(160, NOW), "p1": PodSample(160, NOW)}}))
    assert (done.replicas, done.event) == (
        4,
        "New size: 4; reason: cpu resource utilization (percentage of request) above target",
    )
    (proposal,) = done.proposals
    assert proposal.estimate is not None
    assert (proposal.estimate.usage.utilization, proposal.estimate.ratio) == (160, 2.0)


def test_requests_of_the_pod_as_a_whole_are_used_where_it_has_them() -> None:
    item = hpa(
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
    )
    two = pods(2, resources={"requests": {"cpu": "400m"}})
    samples = Samples(resource={"cpu": {pod.name: PodSample(100, NOW) for pod in two}})
    (proposal,) = reconcile(item, Memory(), 2, two, samples, NOW).proposals
    assert proposal.status.to_json()["resource"]["current"] == {"averageUtilization": 25, "averageValue": "100m"}


def metric(kind: str, field: str, target: dict[str, object]) -> dict[str, object]:
    named = {"name": "cpu", "container": "side"} if "esource" in kind else {"metric": {"name": "m"}}
    about = {"describedObject": {"kind": "Service", "name": "s"}} if kind == "Object" else {}
    return {"type": kind, field: {**named, **about, "target": target}}


VALUE, AVERAGE = {"type": "Value", "value": "1"}, {"type": "AverageValue", "averageValue": "1"}


@pytest.mark.parametrize(
    ("spec", "reason", "words"),
    [
        (metric("Object", "object", VALUE), "FailedGetObjectMetric", "unable to get metric m on Service default/s: no"),
        (metric("Object", "object", AVERAGE), "FailedGetObjectMetric", "failed to get m object metric: unable"),
        (metric("External", "external", VALUE), "FailedGetExternalMetric", "failed to get external metric m: unable"),
        (
            metric("External", "external", AVERAGE),
            "FailedGetExternalMetric",
            "failed to get m external metric: unable to get external metric default/m/nil: no metrics returned",
        ),
        (
            metric("ContainerResource", "containerResource", AVERAGE),
            "FailedGetContainerResourceMetric",
            "failed to get side container metric value: failed to get cpu usage",
        ),
        ({"type": "Moon"}, "InvalidMetricSourceType", 'unknown metric source type "Moon"'),
    ],
)
def test_a_metric_that_fails_says_so_and_changes_nothing(spec: dict[str, object], reason: str, words: str) -> None:
    done = looked(hpa(spec), 3, Samples())
    assert done.replicas == 3
    assert words in done.error
    assert reason in [each.reason for each in done.hpa.status.conditions]


@pytest.mark.parametrize(
    "spec",
    [
        metric("Object", "object", {"type": "Value", "value": "0"}),
        metric("External", "external", {"type": "AverageValue", "averageValue": "-1"}),
        {"type": "Pods"},
    ],
)
def test_a_target_that_cannot_be_aimed_at_is_refused(spec: dict[str, object]) -> None:
    samples = Samples(object={"m": 1}, external={"m": (1,)}, pods={"m": {"p0": PodSample(1, NOW)}})
    with pytest.raises(FieldError):
        looked(hpa(spec), 1, samples)


def test_what_a_person_scaled_to_zero_stays_there() -> None:
    done = looked(hpa(QUEUE, minReplicas=0), 0, Samples(external={"queue": (9000,)}))
    assert (done.replicas, done.hpa.status.conditions[-1].reason) == (0, "ScalingDisabled")
