"""Node health: silence, taints, rates and evictions."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.affinity import Taint, Toleration
from k8smodels.api.errors import FieldError
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node, NodeCondition, NodeSpec, NodeStatus
from k8smodels.api.pod import Pod, PodCondition, PodStatus
from k8smodels.api.times import format_time
from k8smodels.controlplane.node_health import (
    Eviction,
    Flags,
    MarkPodsNotReady,
    MonitorState,
    SwapTaints,
    TokenBucket,
    UpdateNodeStatus,
    ZoneCount,
    ZoneQueue,
    eviction_rate,
    marked_not_ready,
    marks_new_pod,
    monitor_node_health,
    no_execute_pass,
    no_schedule_pass,
    taint_eviction,
    zone_of,
    zone_state,
)

START = datetime(2026, 3, 4, 10, tzinfo=UTC)
UNREACHABLE, NOT_READY = "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def ready(status: str = "True", since: datetime = START) -> NodeCondition:
    text = format_time(since)
    return NodeCondition(type="Ready", status=status, last_heartbeat_time=text, last_transition_time=text)


def node(name: str, *conditions: NodeCondition, zone: str = "a", taints: tuple[Taint, ...] = (), **labels: str) -> Node:
    labels = {"topology.kubernetes.io/zone": zone} | labels
    metadata = ObjectMeta(name=name, labels=labels, creation_timestamp=format_time(START))
    return Node(metadata=metadata, spec=NodeSpec(taints=taints), status=NodeStatus(conditions=conditions))


class Cluster:
    """Nodes under the controller; `silent` ones do not renew their Leases."""

    def __init__(self, *nodes: Node, flags: Flags | None = None) -> None:
        self.nodes = {each.name: each for each in nodes}
        self.renewed = dict.fromkeys(self.nodes, START)
        self.silent: set[str] = set()
        self.state, self.flags = MonitorState(), flags or Flags()
        self.seconds, self.tainted = 0.0, {}

    def until(self, seconds: float):
        """Passes every five seconds, each followed by fifty passes over the queues; returns the last pass."""
        while self.seconds <= seconds:
            for name in self.nodes.keys() - self.silent:
                self.renewed[name] = at(self.seconds)
            done = monitor_node_health(
                self.state, list(self.nodes.values()), self.renewed, at(self.seconds), self.flags
            )
            self.state = done.state
            self.apply(done.writes)
            for i in range(50):
                tainting = no_execute_pass(self.state, self.nodes, at(self.seconds + i / 10))
                self.state = tainting.state
                self.apply(tainting.writes, i / 10)
            self.seconds += 5
        return done

    def apply(self, writes, later: float = 0.0) -> None:
        for write in writes:
            if isinstance(write, UpdateNodeStatus):
                self.nodes[write.node] = write.applied(self.nodes[write.node])
            elif isinstance(write, SwapTaints):
                self.nodes[write.node] = write.applied(self.nodes[write.node], at(self.seconds))
                if write.add:
                    self.tainted[write.node] = round(self.seconds + later, 1)

    def keys(self, name: str) -> set[str]:
        return {taint.key for taint in self.nodes[name].spec.taints if taint.effect == "NoExecute"}


def test_a_node_that_renews_its_lease_is_left_alone():
    cluster = Cluster(node("a1", ready()), node("a2", ready()))
    done = cluster.until(600)
    assert done.writes == done.events == done.zones == ()


def test_silence_counts_from_the_pass_that_saw_the_last_sign_of_life():
    cluster = Cluster(node("a1", ready()), node("a2", ready()))
    cluster.until(30)
    cluster.silent = {"a1"}
    assert cluster.until(80).writes == ()
    status, pods = cluster.until(85).writes
    assert isinstance(status, UpdateNodeStatus)
    assert {each.type: each.status for each in status.conditions}["Ready"] == "Unknown"
    assert pods == MarkPodsNotReady("a1", pods.reason)
    assert cluster.keys("a1") == {UNREACHABLE}


def test_a_node_that_never_posted_a_status_gets_the_longer_grace_period():
    cluster = Cluster(node("a1"), node("a2", ready()))
    cluster.silent = {"a1"}
    del cluster.renewed["a1"]
    assert cluster.until(60).writes == ()
    (status, *_rest) = cluster.until(65).writes
    assert {each.reason for each in status.conditions} == {"NodeStatusNeverUpdated"}
    assert [each.type for each in status.conditions] == ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]


def test_a_kubelet_that_says_not_ready_speaks_for_its_pods_itself():
    cluster = Cluster(node("a1", ready("False")), node("a2", ready()))
    done = cluster.until(0)
    assert not any(isinstance(write, MarkPodsNotReady) for write in done.writes)
    assert cluster.keys("a1") == {NOT_READY}


def test_the_two_taints_exclude_each_other_and_are_swapped_without_waiting():
    cluster = Cluster(node("a1", ready("False")), node("a2", ready()))
    cluster.until(0)
    cluster.silent = {"a1"}
    cluster.until(55)
    assert cluster.keys("a1") == {UNREACHABLE}


def test_a_node_that_is_ready_again_loses_its_taint_at_the_next_pass():
    cluster = Cluster(node("a1", ready("False")), node("a2", ready()))
    cluster.until(5)
    cluster.nodes["a1"] = replace(cluster.nodes["a1"], status=NodeStatus(conditions=(ready("True", at(7)),)))
    (write,) = cluster.until(10).writes
    assert write == SwapTaints("a1", (), (Taint(key=NOT_READY, effect="NoExecute"),), "it is ready again")
    assert cluster.keys("a1") == set()


def test_nodes_of_a_zone_are_tainted_one_in_ten_seconds():
    cluster = Cluster(*(node(f"a{i}", ready("False" if i < 3 else "True")) for i in range(7)))
    cluster.until(30)
    assert cluster.tainted == {"a0": 0.0, "a1": 10.0, "a2": 20.0}


def test_two_zones_have_a_rate_each():
    cluster = Cluster(
        *(node(f"{zone}{i}", ready("False" if i < 2 else "True"), zone=zone) for zone in "ab" for i in range(5))
    )
    cluster.until(15)
    assert cluster.tainted == {"a0": 0.0, "b0": 0.0, "a1": 10.0, "b1": 10.0}


def test_a_small_zone_that_is_partly_lost_is_tainted_no_further():
    cluster = Cluster(*(node(f"a{i}", ready("False" if i < 3 else "True")) for i in range(5)))
    done = cluster.until(0)
    cluster.until(300)
    assert [(each.after, each.rate) for each in done.zones] == [("PartialDisruption", 0.0)]
    assert cluster.tainted == {}


def test_no_node_is_tainted_while_all_are_lost_and_existing_taints_go():
    cluster = Cluster(node("a1", ready("False")), node("b1", ready(), zone="b"))
    cluster.until(0)
    assert cluster.keys("a1") == {NOT_READY}
    cluster.nodes["b1"] = replace(cluster.nodes["b1"], status=NodeStatus(conditions=(ready("False", at(3)),)))
    cluster.until(100)
    assert cluster.keys("a1") == cluster.keys("b1") == set()


def test_when_the_first_node_is_back_all_get_a_new_grace_period():
    cluster = Cluster(node("a1", ready()), node("a2", ready()))
    cluster.silent = {"a1", "a2"}
    cluster.until(100)
    cluster.silent = {"a1"}
    cluster.nodes["a2"] = replace(cluster.nodes["a2"], status=NodeStatus(conditions=(ready("True", at(101)),)))
    cluster.until(105)
    assert cluster.state.healths["a1"].probe_time == at(105)
    cluster.until(115)
    assert cluster.tainted == {"a1": 115.0}


def test_a_node_may_be_excluded_from_the_counts():
    excluded = {"node.kubernetes.io/exclude-disruption": ""}
    lost = (node(f"a{i}", ready("False"), **excluded if i > 2 else {}) for i in range(1, 6))
    cluster = Cluster(*lost, node("a6", ready()))
    cluster.until(0)
    assert list(cluster.state.zone_states.values()) == ["Normal"]
    assert cluster.keys("a1") == {NOT_READY}


def test_new_and_lost_nodes_are_told():
    cluster = Cluster(node("a1", ready()))
    (event,) = cluster.until(0).events
    assert event[1].message == "Registered Node a1 in Controller"
    del cluster.nodes["a1"]
    ((name, event),) = cluster.until(5).events
    assert (name, event.reason) == ("a1", "RemovingNode")
    assert cluster.state.healths == {}


def test_a_pass_does_not_change_the_state_it_was_given():
    cluster = Cluster(*(node(f"a{i}", ready("False" if i < 2 else "True")) for i in range(5)))
    cluster.until(0)
    before = {zone: (dict(queue.waiting), queue.limiter) for zone, queue in cluster.state.queues.items()}
    kept = cluster.state
    cluster.until(60)
    assert {zone: (dict(queue.waiting), queue.limiter) for zone, queue in kept.queues.items()} == before


def test_a_new_pod_of_a_node_that_is_not_ready_is_marked():
    cluster = Cluster(node("a1", ready("False")), node("a2", ready()))
    cluster.until(0)
    assert marks_new_pod(cluster.state, "a1")
    assert not marks_new_pod(cluster.state, "a2")
    assert not marks_new_pod(cluster.state, "unknown")


def test_a_pod_is_marked_once_and_only_if_it_says_something_about_ready():
    pod = Pod(status=PodStatus(conditions=(PodCondition(type="Ready", status="True"),)))
    marked = marked_not_ready(pod, START)
    assert [(each.status, each.last_transition_time) for each in marked.status.conditions] == [
        ("False", "2026-03-04T10:00:00Z")
    ]
    assert marked_not_ready(marked, START) is None
    assert marked_not_ready(Pod(), START) is None


def test_no_schedule_taints_say_what_the_conditions_say():
    pressed = node("a1", ready("Unknown"), NodeCondition(type="DiskPressure", status="True"))
    write = no_schedule_pass(pressed)
    assert [taint.key for taint in write.add] == [UNREACHABLE, "node.kubernetes.io/disk-pressure"]
    assert no_schedule_pass(write.applied(pressed, START)) is None


def test_foreign_taints_stay():
    own = Taint(key="example.com/gpu", effect="NoSchedule")
    old = Taint(key=NOT_READY, effect="NoSchedule")
    tainted = node("a1", ready(), taints=(own, old))
    assert no_schedule_pass(tainted).applied(tainted, START).spec.taints == (own,)


def test_a_cordoned_node_has_its_taint():
    cordoned = replace(node("a1", ready()), spec=NodeSpec(unschedulable=True))
    assert [taint.key for taint in no_schedule_pass(cordoned).add] == ["node.kubernetes.io/unschedulable"]


@pytest.mark.parametrize(
    ("count", "state"),
    [
        ((0, 0), "Normal"),
        ((0, 1), "FullDisruption"),
        ((1, 2), "Normal"),
        ((2, 3), "PartialDisruption"),
        ((9, 11), "PartialDisruption"),
        ((46, 54), "Normal"),
    ],
)
def test_the_state_of_a_zone(count, state):
    assert zone_state(ZoneCount(*count)) == state


def test_a_disrupted_zone_slows_down_if_large_and_stops_if_small():
    assert eviction_rate("PartialDisruption", 51) == 0.01
    assert eviction_rate("PartialDisruption", 50) == 0.0
    assert eviction_rate("FullDisruption", 50) == 0.1


def test_a_zone_is_named_by_region_and_zone_and_the_old_label_counts_first():
    assert zone_of(Node()) == ""
    old = node("a1", **{"failure-domain.beta.kubernetes.io/zone": "b"})
    assert zone_of(old) == zone_of(node("b1", zone="b"))


def test_flags_must_be_rates():
    with pytest.raises(FieldError, match="node-eviction-rate: Invalid value: -1"):
        Flags(node_eviction_rate=-1.0)
    with pytest.raises(FieldError, match="unhealthy-zone-threshold"):
        Flags(unhealthy_zone_threshold=float("nan"))


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.floats(0, 30)), max_size=30), st.sampled_from([0.1, 0.5, 2.0]))
@settings(max_examples=80, deadline=None)
def test_a_queue_never_serves_faster_than_its_rate(steps, rate):
    queue, now, served = ZoneQueue(TokenBucket(rate, START)), START, []
    for name, wait in steps:
        now += timedelta(seconds=wait)
        queue.remove(name)
        queue.add(name, now)
        queue.serve(now, lambda _name, now=now: served.append(now))
    elapsed = (now - START).total_seconds()
    assert len(served) <= 1 + elapsed * rate * 1.000001
    assert all((b - a).total_seconds() >= 0.999999 / rate for a, b in itertools.pairwise(served))


def test_a_rate_that_changes_while_nothing_is_left_starts_empty():
    empty = TokenBucket(0.1, START).take(START)
    assert empty.at(0.01, at(1)).take(at(1)) is None
    assert TokenBucket(0.1, START).at(0.01, at(1)).take(at(1)) is not None
    assert TokenBucket(0.0, START).at(0.1, at(1)).take(at(10)) is None


def test_a_node_is_served_once_until_it_is_removed():
    queue, served = ZoneQueue(TokenBucket(1000.0, START)), []
    queue.add("n", START)
    queue.serve(at(1), served.append)
    assert not queue.add("n", at(2))
    queue.remove("n")
    assert queue.add("n", at(3))


TAINT = Taint(key=UNREACHABLE, effect="NoExecute")


def tolerate(seconds: int | None, key: str = UNREACHABLE) -> Toleration:
    return Toleration(key=key, operator="Exists", effect="NoExecute", toleration_seconds=seconds)


def test_a_pod_leaves_at_once_what_it_does_not_tolerate():
    assert taint_eviction((), (TAINT,), START).fire_at == START
    assert taint_eviction((), (replace(TAINT, effect="NoSchedule"),), START) is None


def test_the_first_toleration_that_matches_counts():
    assert taint_eviction((tolerate(200), tolerate(100)), (TAINT,), START).fire_at == at(200)
    assert taint_eviction((tolerate(None), tolerate(100)), (TAINT,), START) is None


def test_of_several_taints_the_shortest_time_counts():
    taints = (TAINT, replace(TAINT, key=NOT_READY))
    assert taint_eviction((tolerate(200), tolerate(100, NOT_READY)), taints, START).fire_at == at(100)
    assert taint_eviction((tolerate(200),), taints, START).fire_at == START


def test_zero_and_negative_seconds_mean_now():
    for seconds in (0, -5):
        assert taint_eviction((tolerate(seconds),), (TAINT,), START).fire_at == START


def test_a_planned_eviction_keeps_its_time_when_one_taint_follows_another():
    planned = taint_eviction((tolerate(300),), (TAINT,), START)
    swapped = replace(TAINT, key=NOT_READY)
    assert taint_eviction((tolerate(300, NOT_READY),), (swapped,), at(100), planned) == planned
    assert taint_eviction((tolerate(300),), (), at(100), planned) is None


@given(
    st.lists(
        st.builds(tolerate, st.none() | st.integers(-10, 500), st.sampled_from([UNREACHABLE, NOT_READY])), max_size=4
    )
)
def test_a_longer_list_of_tolerations_never_shortens_the_stay(tolerations):
    def fire(items) -> float:
        found = taint_eviction(items, (TAINT,), START)
        return float("inf") if found is None else (found.fire_at - START).total_seconds()

    for i in range(len(tolerations)):
        assert fire(tolerations[: i + 1]) >= fire(tolerations[:i]) or fire(tolerations[:i]) == 0


def test_huge_seconds_do_not_overflow():
    assert isinstance(taint_eviction((tolerate(2**62),), (TAINT,), START), Eviction)


def test_a_pass_over_a_thousand_healthy_nodes_is_fast():
    nodes = [node(f"n{i}", ready(), zone=f"z{i % 3}") for i in range(1000)]
    renewed = {each.name: START for each in nodes}
    state, begin = MonitorState(), time.process_time()
    for i in range(120):
        renewed = dict.fromkeys(renewed, at(i * 5))
        state = monitor_node_health(state, nodes, renewed, at(i * 5)).state
    assert time.process_time() - begin < 1
