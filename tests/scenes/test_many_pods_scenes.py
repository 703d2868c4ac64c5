"""The examples of the chapter on many pods show what its text says they show."""

from __future__ import annotations

import re

import pytest

from k8smodels.scenes import many_pods as scenes
from k8smodels.scenes import many_pods_exercises as exercises
from k8smodels.scenes import preemption
from k8smodels.scenes.scheduling import STREAMS

EXERCISES = [
    exercises.who_is_next,
    exercises.wait_for_the_backoff,
    exercises.name_the_victim,
    exercises.count_the_room,
]


def last(priority: int, budget: bool) -> str:
    return preemption.preempt(priority, budget, preemption.STEPS - 1).says


def test_the_youngest_of_three_equals_is_the_victim() -> None:
    assert last(100, budget=False).startswith("**node-3** is nominated; **report-2** is evicted.")


def test_with_the_budget_the_node_of_the_shop_drops_out_by_priority() -> None:
    step = preemption.preempt(100, True, 4).says
    assert step.startswith("Rule 2: highest priority among the victims")
    assert "node-2" not in step


def test_priority_20_is_above_the_reports() -> None:
    assert "is nominated" in last(20, budget=False)


@pytest.mark.parametrize("step", range(preemption.STEPS))
@pytest.mark.parametrize("priority", preemption.PRIORITIES)
@pytest.mark.parametrize("budget", [False, True])
def test_every_step_says_something(priority: int, budget: bool, step: int) -> None:
    frame = preemption.preempt(priority, budget, step)
    assert frame.says
    assert len(frame.html) > 50


def test_the_queue_s_story_takes_the_shop_before_the_report() -> None:
    tried = [trying for _words, _queue, trying in scenes.queue_story() if trying]
    assert tried == ["shop", "report"]
    assert "not before second 6 is over" in scenes.queue_step(6).html


def test_packing_keeps_room_for_large_pods() -> None:
    assert scenes.pieces(3.5, "small pods, then large ones").says.endswith("0 when spread, 3 when packed.")
    assert scenes.pieces(0.5, "small pods, then large ones").says.endswith("24 when spread, 24 when packed.")


@pytest.mark.parametrize("order", STREAMS)
def test_the_default_profile_beside_itself_moves_nobody(order: str) -> None:
    assert scenes.profiles("LeastAllocated", 1, order).says.startswith("0 of 22 Pods")


def test_another_strategy_moves_pods_and_marks_what_differs() -> None:
    frame = scenes.profiles("MostAllocated", 1, "small pods, then large ones")
    assert "Pending: 3 under the default, 0 under yours." in frame.says
    assert re.search('<tr class="on"><th scope="row">Pods pending</th>', frame.html)


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(8))
def test_exercises_are_the_same_for_a_seed(make, seed: int) -> None:
    one, other = make(seed), make(seed)
    assert [step.answer for step in one.steps] == [step.answer for step in other.steps]
    assert str(one.text) == str(other.text)


@pytest.mark.parametrize("make", EXERCISES)
def test_seeds_give_different_answers(make) -> None:
    assert len({tuple(map(str, (step.answer for step in make(seed).steps))) for seed in range(12)}) > 2
