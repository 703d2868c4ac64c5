from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.workloads.autoscaling.loads import steps, through, wave
from k8smodels.workloads.autoscaling.run import Look, Workload, run

RULES = st.fixed_dictionaries(
    {},
    optional={
        "stabilizationWindowSeconds": st.sampled_from([0, 30, 60, 120]),
        "selectPolicy": st.sampled_from(["Max", "Min"]),
        "policies": st.lists(
            st.fixed_dictionaries(
                {
                    "type": st.sampled_from(["Pods", "Percent"]),
                    "value": st.integers(1, 120),
                    "periodSeconds": st.sampled_from([15, 60, 120]),
                }
            ),
            min_size=1,
            max_size=2,
        ),
    },
)
BEHAVIORS = st.none() | st.fixed_dictionaries({}, optional={"scaleUp": RULES, "scaleDown": RULES})
LOADS = st.lists(st.integers(0, 12_000), min_size=1, max_size=4)
WORKLOADS = st.builds(Workload, start_seconds=st.integers(0, 90), start_milli=st.sampled_from([0, 900]))


def hpa(least: int = 2, most: int = 12, target: int = 50, behavior: object = None) -> HorizontalPodAutoscaler:
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": target}}
    spec = {
        "minReplicas": least,
        "maxReplicas": most,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "metrics": [{"type": "Resource", "resource": metric}],
        "behavior": behavior,
    }
    return HorizontalPodAutoscaler.from_json({"metadata": {"name": "web", "namespace": "shop"}, "spec": spec})


def sizes(looks: tuple[Look, ...]) -> list[int]:
    return [look.wanted for look in looks]


@settings(max_examples=40, deadline=None)
@given(BEHAVIORS, LOADS, WORKLOADS, st.integers(1, 15))
def test_the_size_is_never_outside_its_limits(
    behavior: object, loads: list[int], workload: Workload, replicas: int
) -> None:
    load = steps(loads[0], *((150 * i, milli) for i, milli in enumerate(loads[1:], 1)))
    looks = run(hpa(behavior=behavior), workload, load, 600, replicas)
    assert all(2 <= size <= 12 for size in sizes(looks))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12_000), WORKLOADS, st.sampled_from([40, 60, 80]))
def test_under_a_constant_load_the_size_settles(milli: int, workload: Workload, target: int) -> None:
    looks = run(hpa(target=target), workload, steps(milli), 1200, 4)
    assert len(set(sizes(looks)[-20:])) == 1
    last = looks[-1]
    if last.proposed is not None:
        assert last.proposed == last.wanted or last.wanted in (2, 12)


@settings(max_examples=40, deadline=None)
@given(LOADS, st.sampled_from([None, 0, 60, 120]))
def test_no_pod_goes_while_the_window_holds_a_larger_recommendation(loads: list[int], window: int | None) -> None:
    behavior = None if window is None else {"scaleDown": {"stabilizationWindowSeconds": window}}
    load = steps(loads[0], *((120 * i, milli) for i, milli in enumerate(loads[1:], 1)))
    looks = run(hpa(behavior=behavior), Workload(), load, 700, 6)
    for i, look in enumerate(looks):
        if look.wanted < look.replicas:
            since = look.at_seconds - (300 if window is None else window)
            recent = [each.proposed or 0 for each in looks[: i + 1] if each.at_seconds > since or each is look]
            assert look.wanted >= min(max(recent), 12)


def test_the_same_run_twice_is_the_same() -> None:
    once, again = (run(hpa(), Workload(), wave(500, 5000, 300), 600, 4) for _ in range(2))
    assert once == again


def test_a_saturated_pod_shows_no_more_than_its_limit() -> None:
    looks = run(hpa(), Workload(request_milli=500, limit_milli=500), steps(1000, (60, 9000)), 80, 4)
    assert looks[-1].utilization == 100
    assert looks[-1].unserved_milli == 7000


def test_a_target_of_the_limit_is_never_exceeded() -> None:
    looks = run(hpa(target=100), Workload(request_milli=500, limit_milli=500), steps(1000, (60, 9000)), 600, 4)
    assert set(sizes(looks)) == {4}


def test_pods_without_requests_have_no_utilization() -> None:
    look = run(hpa(), Workload(request_milli=None), steps(1000), 20, 4)[0]
    assert look.condition("ScalingActive").reason == "FailedGetResourceMetric"
    assert "missing request for cpu in container web of Pod web-0" in look.condition("ScalingActive").message
    assert look.proposed is None


def test_starting_pods_do_not_make_it_ask_for_more() -> None:
    load = steps(1000, (60, 2000))
    calm = run(hpa(), Workload(start_seconds=90), load, 300, 4)
    busy = run(hpa(), Workload(start_seconds=90, start_milli=1000), load, 300, 4)
    assert max(sizes(calm)) == max(sizes(busy)) == 8


def test_a_size_that_somebody_applies_is_the_next_ones_start() -> None:
    looks = run(hpa(), Workload(), steps(2000), 200, 8, {100: 3})
    assert [look.replicas for look in looks if look.at_seconds in (95, 110)] == [8, 3]
    assert looks[-1].wanted == 8


@pytest.mark.parametrize(("second", "milli"), [(0, 100), (15, 150), (20, 200), (99, 200)])
def test_a_ramp_is_straight_and_flat_outside(second: int, milli: int) -> None:
    assert through((10, 100), (20, 200))(second) == milli


def test_a_wave_comes_back() -> None:
    load = wave(100, 300, 60)
    assert [load(at) for at in (0, 15, 30, 60)] == [100, 200, 300, 100]
