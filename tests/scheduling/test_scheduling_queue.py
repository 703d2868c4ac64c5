from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.pod import PodSchedulingGate, pod
from k8smodels.scheduling import DEFAULT
from k8smodels.scheduling.queue import (
    MAX_IN_UNSCHEDULABLE_SECONDS,
    Place,
    QueuedPod,
    SchedulingQueue,
    backoff_seconds,
)
from k8smodels.scheduling.queue_events import ANY, EVENTS, Event, is_interested

FIT = ("NodeResourcesFit",)
POD_DELETED = Event("AssignedPod", "Delete")


def failed(*failures: tuple[float, tuple[str, ...]]) -> SchedulingQueue:
    """The queue after the pod ``p`` has failed at those times, for those plugins."""
    queue = SchedulingQueue().add(pod("p"), 0.0)
    for now, rejected_by in failures:
        queued, queue = queue.activate("p").pop()
        queue = queue.fail(queued, now, rejected_by)
    return queue


def only(queue: SchedulingQueue) -> QueuedPod:
    (queued,) = (*queue.active, *queue.backoff, *queue.unschedulable)
    return queued


def names(queue: SchedulingQueue) -> list[str]:
    return [queued.pod.name for queued in queue.active]


def test_the_more_important_pod_is_first_then_the_earlier() -> None:
    queue = SchedulingQueue()
    for name, priority, now in (("low", -1, 0.0), ("late", 5, 3.0), ("early", 5, 2.0), ("none", None, 1.0)):
        queue = queue.add(pod(name, priority=priority), now)
    assert names(queue) == ["early", "late", "none", "low"]


arrivals = st.lists(st.tuples(st.sampled_from([None, -5, 0, 5]), st.integers(0, 20)), max_size=8)


@settings(deadline=None)
@given(arrivals)
def test_nobody_is_passed_by_somebody_less_important(arrivals: list[tuple[int | None, int]]) -> None:
    queue = SchedulingQueue()
    for i, (priority, now) in enumerate(arrivals):
        queue = queue.add(pod(f"p{i}", priority=priority), now)
    popped = []
    while queue.active:
        queued, queue = queue.pop()
        popped.append((-(queued.pod.spec.priority or 0), queued.timestamp))
    assert popped == sorted(popped)
    assert len(popped) == len(arrivals)


def test_an_empty_queue_has_nobody_to_give() -> None:
    with pytest.raises(LookupError, match="no pod can be scheduled now"):
        SchedulingQueue().pop()


def test_a_refused_pod_waits_for_an_event() -> None:
    queue = failed((1.0, FIT))
    assert queue.place_of("p") == "unschedulable"
    assert queue.move(10.0, Event("Node", "UpdateNodeLabel")).place_of("p") == "unschedulable"
    assert queue.move(10.0, POD_DELETED).place_of("p") == "active"
    assert queue.move(10.0).place_of("p") == "active"


def test_an_event_too_soon_leads_to_backoff() -> None:
    queue = failed((0.0, FIT)).move(0.5, POD_DELETED)
    assert queue.place_of("p") == "backoff"
    assert queue.flush(1.9).place_of("p") == "backoff"
    assert queue.flush(2.0).place_of("p") == "active"


def test_each_refusal_doubles_the_wait_up_to_the_maximum() -> None:
    assert [backoff_seconds(count) for count in range(8)] == [0, 1, 2, 4, 8, 10, 10, 10]
    assert [backoff_seconds(count, 3, 20) for count in (1, 2, 3, 4)] == [3, 6, 12, 20]
    assert backoff_seconds(10**9) == 10


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 50), st.integers(0, 500))
def test_the_wait_never_shrinks_nor_exceeds_the_maximum(failures: int, initial: int, more: int) -> None:
    maximum = initial + more
    wait, next_wait = (backoff_seconds(count, initial, maximum) for count in (failures, failures + 1))
    assert wait <= next_wait <= maximum
    assert next_wait in (2 * wait, maximum, initial)


def test_the_end_of_a_backoff_is_cut_down_to_a_whole_second_and_lasts_through_it() -> None:
    queue = failed((0.7, FIT))
    assert queue.backoff_until(only(queue)) == 1
    assert queue.is_backing_off(only(queue), 1.99)
    assert not queue.is_backing_off(only(queue), 2.0)


def test_an_error_is_tried_again_without_an_event() -> None:
    queue = failed((0.0, ()))
    assert queue.place_of("p") == "backoff"
    assert queue.move(60.0).place_of("p") == "backoff"
    assert queue.flush(2.0).place_of("p") == "active"


def test_errors_in_a_row_have_a_count_of_their_own() -> None:
    history = [(0.0, FIT), (10.0, FIT), (20.0, FIT), (30.0, ()), (40.0, ())]
    queue = failed(*history)
    assert queue.backoff_until(only(queue)) == 42
    queue = failed(*history, (50.0, FIT))
    assert queue.backoff_until(only(queue)) == 58
    assert only(queue).consecutive_errors == 0


def test_a_pod_that_never_failed_does_not_back_off() -> None:
    queue = SchedulingQueue().add(pod("p"), 5.0)
    assert queue.backoff_until(only(queue)) is None
    assert not queue.is_backing_off(only(queue), 5.0)


def test_an_idle_scheduler_takes_a_pod_out_of_backoff_early_but_no_error() -> None:
    queued, after = failed((0.0, FIT)).move(0.0).pop()
    assert (queued.pod.name, after.place_of("p")) == ("p", None)
    with pytest.raises(LookupError):
        failed((0.0, ())).pop()


def test_pods_of_one_second_of_backoff_are_ordered_like_active_ones() -> None:
    queue = SchedulingQueue()
    for name, priority, now in (("first", 0, 0.1), ("second", 9, 0.9), ("third", 99, 1.0)):
        queue = queue.add(pod(name, priority=priority), 0.0)
        queued, queue = queue.pop()
        queue = queue.fail(queued, now, FIT)
    queue = queue.move(1.0)
    assert [queued.pod.name for queued in queue.backoff] == ["second", "first", "third"]


def test_after_five_minutes_a_pod_is_tried_without_an_event() -> None:
    queue = failed((0.0, FIT))
    assert queue.flush(MAX_IN_UNSCHEDULABLE_SECONDS).place_of("p") == "unschedulable"
    assert queue.flush(MAX_IN_UNSCHEDULABLE_SECONDS + 1).place_of("p") == "active"


def test_a_gated_pod_stays_aside_whatever_happens() -> None:
    gated = pod("p", scheduling_gates=(PodSchedulingGate(name="example.com/quota"),))
    queue = SchedulingQueue().add(gated, 0.0)
    for after in (queue, queue.move(10.0), queue.activate("p"), queue.flush(1000.0)):
        assert after.place_of("p") == "unschedulable"


def test_pods_are_told_apart_by_namespace() -> None:
    queue = SchedulingQueue().add(pod("p", namespace="a"), 0.0)
    assert (queue.place_of("p", "a"), queue.place_of("p")) == ("active", None)
    assert queue.activate("p") == queue


steps = st.lists(st.sampled_from(["add", "fail", "error", "event", "other", "flush"]), max_size=25)


@settings(deadline=None, max_examples=100)
@given(steps)
def test_a_waiting_pod_is_in_one_place_and_none_is_lost(steps: list[str]) -> None:
    queue, now, made = SchedulingQueue(), 0.0, 0
    for step in steps:
        now += 0.75
        match step:
            case "add":
                queue, made = queue.add(pod(f"p{made}"), now), made + 1
            case "event":
                queue = queue.move(now, POD_DELETED)
            case "other":
                queue = queue.move(now, Event("Service", "Add"))
            case "flush":
                queue = queue.flush(now)
            case _ if queue.active:
                queued, queue = queue.pop()
                queue = queue.fail(queued, now, FIT if step == "fail" else ())
    waiting = [item.pod.name for item in (*queue.active, *queue.backoff, *queue.unschedulable)]
    assert sorted(waiting) == sorted(f"p{i}" for i in range(made))
    assert all(queue.place_of(name) in get_args(Place) for name in waiting)


def test_every_filter_of_the_default_profile_says_what_it_waits_for() -> None:
    assert {plugin.name for plugin in DEFAULT.filters} <= set(EVENTS)
    assert all(EVENTS.values())


@pytest.mark.parametrize(
    ("plugin", "event", "helps"),
    [
        ("NodeResourcesFit", Event("Node", "Add"), True),
        ("NodeResourcesFit", Event("Node", "UpdateNodeTaint"), False),
        ("TaintToleration", Event("Node", "UpdateNodeTaint"), True),
        ("NodeAffinity", Event("Node", "UpdateNodeLabel"), True),
        ("NodeAffinity", POD_DELETED, False),
        ("PodTopologySpread", POD_DELETED, True),
        ("VolumeBinding", Event("PersistentVolume", "Add"), True),
        ("VolumeBinding", POD_DELETED, False),
        ("NodeVolumeLimits", POD_DELETED, True),
        ("NodeName", POD_DELETED, False),
        ("MyOwnPlugin", POD_DELETED, True),
        ("NodeName", ANY, True),
    ],
)
def test_an_event_helps_those_who_wait_for_it(plugin: str, event: Event, helps: bool) -> None:
    assert is_interested(frozenset({plugin}), event) == helps
    assert is_interested(frozenset({plugin, "NodeName"}), event) == (helps or event in EVENTS["NodeName"])


def test_a_queue_never_changes() -> None:
    queue = SchedulingQueue().add(pod("p"), 0.0)
    before = replace(queue)
    queue.pop()
    queue.move(1.0)
    assert queue == before
