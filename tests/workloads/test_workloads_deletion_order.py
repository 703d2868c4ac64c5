from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Pod, PodCondition, PodSpec, PodStatus
from k8smodels.api.times import format_time
from k8smodels.workloads.replicaset.deletion_order import pods_to_delete
from k8smodels.workloads.replicaset.deletion_rules import DELETION_COST, deletion_cost

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def pod(name: str, *, ready_for: int | None = None, node: str = "node", age: int = 100_000, cost: str = "") -> Pod:
    conditions = ()
    if ready_for is not None:
        since = format_time(NOW - timedelta(seconds=ready_for))
        conditions = (PodCondition(type="Ready", status="True", last_transition_time=since),)
    meta = ObjectMeta(
        name=name,
        uid=name,
        creation_timestamp=format_time(NOW - timedelta(seconds=age)),
        annotations={DELETION_COST: cost} if cost else {},
    )
    return Pod(metadata=meta, spec=PodSpec(node_name=node), status=PodStatus(phase="Running", conditions=conditions))


ages = st.lists(st.integers(1, 10**6), min_size=2, max_size=20, unique=True)
nodes, costs = st.sampled_from(["", "n1", "n2"]), st.sampled_from(["", "-1", "3", "x"])


@st.composite
def pod_lists(draw: st.DrawFn) -> list[Pod]:
    """Pods of different ages, each ready since its creation or not ready."""
    return [
        pod(f"p{i}", age=age, ready_for=draw(st.sampled_from([None, age])), node=draw(nodes), cost=draw(costs))
        for i, age in enumerate(draw(ages))
    ]


@given(pod_lists(), st.randoms(use_true_random=False))
def test_the_order_of_deletion_does_not_depend_on_the_order_given(pods: list[Pod], random: Random) -> None:
    shuffled = list(pods)
    random.shuffle(shuffled)
    count = len(pods) - 1
    assert pods_to_delete(pods, pods, count, NOW) == pods_to_delete(shuffled, shuffled, count, NOW)


@given(pod_lists(), st.integers(0, 25))
def test_no_ready_pod_goes_before_one_that_is_not_ready_in_its_phase(pods: list[Pod], count: int) -> None:
    assigned = [replace(each, spec=PodSpec(node_name="n")) for each in pods]
    gone = [item.pod for item in pods_to_delete(assigned, assigned, count, NOW)]
    kept = [each for each in assigned if each not in gone]
    assert len(gone) == min(count, len(assigned))
    assert not any(each.status.conditions for each in gone) or all(each.status.conditions for each in kept)


def test_each_doomed_pod_names_the_rule_that_puts_it_before_the_next() -> None:
    three = [pod("long", ready_for=9000), pod("short", ready_for=60), pod("cheap", ready_for=9000, cost="-1")]
    assert [(item.pod.name, item.reason) for item in pods_to_delete(three, three, 2, NOW)] == [
        ("cheap", "lower pod-deletion-cost < higher pod-deletion cost"),
        ("short", "Been ready for empty time < less time < more time"),
    ]


def test_a_ready_pod_without_a_time_goes_before_one_with_a_time() -> None:
    timeless = replace(
        pod("a"), status=PodStatus(phase="Running", conditions=(PodCondition(type="Ready", status="True"),))
    )
    assert [item.pod.name for item in pods_to_delete([pod("b", ready_for=1), timeless], [], 1, NOW)] == ["a"]


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("5", 5),
        ("-7", -7),
        ("0", 0),
        ("+7", 0),
        ("07", 0),
        ("lots", 0),
        (str(2**31), 0),
        (str(-(2**31)), -(2**31)),
        ("9" * 5000, 0),
    ],
)
def test_a_deletion_cost_that_is_no_32_bit_integer_counts_as_0(text: str, cost: int) -> None:
    assert deletion_cost(pod("p", cost=text)) == cost
