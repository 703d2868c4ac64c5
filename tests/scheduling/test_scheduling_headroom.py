"""Counting the room is placing copies until one stays pending; a preemption shows each round of its choice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.scheduling import Cluster, place, schedule
from k8smodels.scheduling.headroom import headroom

sizes = st.lists(st.integers(0, 8), min_size=1, max_size=5)


@settings(max_examples=40)
@given(sizes, st.integers(1, 5))
def test_the_count_is_that_of_placing_copies(cpus: list[int], asked: int) -> None:
    cluster = Cluster.of(node(f"n{i}", cpu=str(cpu)) for i, cpu in enumerate(cpus))
    copy = pod("web", requests={"cpu": str(asked)})
    room = headroom(copy, cluster)
    assert room.count == sum(cpu // asked for cpu in cpus) == sum(room.by_node.values())
    copies = [replace(copy, metadata=replace(copy.metadata, name=f"web-{i}")) for i in range(room.count + 1)]
    decisions, _after = place(copies, cluster)
    assert [decision.node is None for decision in decisions] == [False] * room.count + [True]
    assert room.message == decisions[-1].message


def test_a_limit_ends_the_count_without_a_message() -> None:
    room = headroom(pod("web"), Cluster.of([node("n1", cpu="4")]), most=3)
    assert (room.count, room.message) == (3, "")


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=2, max_size=6))
def test_each_round_leaves_the_nodes_with_its_lowest_value(pods: list[tuple[int, int]]) -> None:
    nodes = [node(f"n{i}", cpu="4") for i in range(len(pods))]
    running = [
        pod(f"p{i}", requests={"cpu": str(cpu)}, priority=priority, node_name=f"n{i}")
        for i, (cpu, priority) in enumerate(pods)
    ]
    decision = schedule(pod("urgent", requests={"cpu": "4"}, priority=9), Cluster.of([*nodes, *running]))
    assert decision.preemption is not None
    made = decision.preemption.rounds
    for before, step in zip((tuple(step.left for step in made)[:-1]), made[1:], strict=True):
        assert set(step.values) == set(before)
    for step in made:
        assert set(step.left) == {name for name, value in step.values.items() if value == min(step.values.values())}
    assert sorted(made[-1].left) == list(decision.preemption.best)


def test_who_may_stay_is_named_beside_the_victims() -> None:
    running = [
        pod(name, requests={"cpu": "2"}, priority=priority, node_name="n1")
        for name, priority in (("low", 1), ("mid", 5))
    ]
    decision = schedule(pod("urgent", requests={"cpu": "2"}, priority=9), Cluster.of([node("n1", cpu="4"), *running]))
    assert decision.preemption is not None
    (candidate,) = decision.preemption.candidates
    assert (candidate.victims, candidate.spared) == (("low",), ("mid",))
