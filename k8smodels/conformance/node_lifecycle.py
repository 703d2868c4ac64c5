"""Adapters of the suites ``controlplane/node-lifecycle`` and ``controlplane/zone-state``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node, NodeCondition, NodeStatus
from k8smodels.api.pod import Pod, PodCondition, PodSpec, PodStatus
from k8smodels.api.times import format_time
from k8smodels.conformance.report import JSON
from k8smodels.controlplane.node_health import (
    Eviction,
    MonitorState,
    SwapTaints,
    UpdateNodeStatus,
    Write,
    ZoneCount,
    eviction_rate,
    marked_not_ready,
    monitor_node_health,
    no_execute_pass,
    no_schedule_pass,
    ready_condition,
    taint_eviction,
    zone_state,
)

_START = datetime(2000, 1, 1, 1, tzinfo=UTC)
_BORN = _START - timedelta(hours=1)
_MONITOR, _BEAT, _TICK = 5000, 10_000, 100
_NO_SCHEDULE, _NO_EXECUTE, _FIRST_BEAT = 10, 30, 2000
_STEPS: Mapping[int, int] = {0: 10, 10: 20, 30: 70}
_ZONE = "topology.kubernetes.io/zone"


def zone(case: JSON) -> JSON:
    """The suite ``controlplane/zone-state``."""
    count = ZoneCount(case["ready"], case["notReady"])
    state = zone_state(count)
    return {"state": state, "evictionRate": eviction_rate(state, count.size)}


def node_lifecycle(case: JSON) -> JSON:
    """The suite ``controlplane/node-lifecycle``."""
    run = LifecycleRun(case)
    for step in case["ops"]:
        run.until(step["at"])
        run.play(step)
    run.until(case["until"])
    told = list(_by_zone(run)) if case.get("byZone") else _told(run.log)
    return sorted(told, key=lambda event: (event[0], json.dumps(event[1:], separators=(",", ":"))))


class LifecycleRun:
    """Nodes, pods and the controllers, in steps of milliseconds.

    Monitor passes come every five seconds, NoSchedule and NoExecute passes every 100 ms, 10 and 30 ms later, and the
    Leases of the nodes that are not down are renewed every ten seconds from the second one on.
    """

    def __init__(self, case: JSON) -> None:
        self.nodes = {item["name"]: _node(item) for item in case["nodes"]}
        self.pods = {item["name"]: _pod(item) for item in case["pods"]}
        self.renewed = dict.fromkeys(self.nodes, _BORN)
        self.down: set[str] = set()
        self.changed: dict[str, None] = {}
        self.evictions: dict[str, Eviction] = {}
        self.state = MonitorState()
        self.millis = 0
        self.log: list[list[JSON]] = []
        self._tick()

    @property
    def now(self) -> datetime:
        """The present."""
        return _START + timedelta(milliseconds=self.millis)

    def until(self, at: float) -> None:
        """Let the controllers run through the second `at`."""
        end = round(at * 1000)
        while (following := self.millis + _STEPS[self.millis % _TICK]) <= end:
            self.millis = following
            self._tick()

    def _tick(self) -> None:
        if self.millis % _MONITOR == 0:
            self._monitor()
        if self.millis % _BEAT == _FIRST_BEAT:
            self.renewed |= {name: self.now for name in self.nodes if name not in self.down}
        if self.changed and self.millis % _TICK == _NO_SCHEDULE:
            names, self.changed = list(self.changed), {}
            self._apply(filter(None, (no_schedule_pass(self.nodes[name]) for name in names)))
        if self.millis % _TICK == _NO_EXECUTE:
            done = no_execute_pass(self.state, self.nodes, self.now)
            self.state = done.state
            self._apply(done.writes)
        if self.evictions:
            self._evict()

    def _monitor(self) -> None:
        done = monitor_node_health(self.state, list(self.nodes.values()), self.renewed, self.now)
        self.state = done.state
        self._apply(done.writes)

    def _apply(self, writes: Iterable[Write]) -> None:
        for write in writes:
            if isinstance(write, UpdateNodeStatus):
                self._store(write.applied(self.nodes[write.node]))
            elif isinstance(write, SwapTaints):
                self._store(write.applied(self.nodes[write.node], self.now))
            else:
                self._mark(write.node)

    def _store(self, node: Node) -> None:
        before, self.nodes[node.name] = self.nodes[node.name], node
        self.changed[node.name] = None
        if _shown(before) != _shown(node):
            self._tell("condition", node.name, _shown(node))
        if _taints(before) != _taints(node):
            self._tell("taints", node.name, _taints(node))
            for pod in (pod for pod in self.pods.values() if pod.spec.node_name == node.name):
                self._plan(pod, node)

    def _plan(self, pod: Pod, node: Node) -> None:
        planned = taint_eviction(pod.spec.tolerations, node.spec.taints, self.now, self.evictions.get(pod.name))
        if planned is None:
            self.evictions.pop(pod.name, None)
        else:
            self.evictions[pod.name] = planned

    def _evict(self) -> None:
        for name in [name for name, planned in self.evictions.items() if planned.fire_at <= self.now]:
            del self.evictions[name], self.pods[name]
            self._tell("evict", name)

    def _mark(self, node: str) -> None:
        for pod in (pod for pod in list(self.pods.values()) if pod.spec.node_name == node):
            marked = marked_not_ready(pod, self.now)
            if marked is not None:
                self.pods[pod.name] = marked
                self._tell("podNotReady", pod.name)

    def _tell(self, kind: str, name: str, *rest: JSON) -> None:
        self.log.append([round(self.millis / 1000, 1), kind, name, *rest])

    def play(self, step: JSON) -> None:
        """What happens to the kubelets."""
        self.down |= set(step.get("down", ()))
        for key, status, reason in (("up", "True", "KubeletReady"), ("notReady", "False", "KubeletNotReady")):
            for name in step.get(key, ()):
                self.down.discard(name)
                self.renewed[name] = self.now
                self._store(_posted(self.nodes[name], status, reason, self.now))


def _node(item: JSON) -> Node:
    labels = {_ZONE: item["zone"], "topology.kubernetes.io/region": "r"}
    metadata = ObjectMeta(name=item["name"], labels=labels)
    return Node(metadata=metadata, status=NodeStatus(conditions=(_ready("True", "KubeletReady", _BORN),)))


def _ready(status: str, reason: str, at: datetime) -> NodeCondition:
    text = format_time(at)
    return NodeCondition(
        type="Ready", status=status, reason=reason, last_heartbeat_time=text, last_transition_time=text
    )


def _pod(item: JSON) -> Pod:
    spec = PodSpec.from_json({"nodeName": item["node"], "tolerations": item["tolerations"]})
    status = PodStatus(phase="Running", conditions=(PodCondition(type="Ready", status="True"),))
    return Pod(metadata=ObjectMeta(name=item["name"], namespace="default"), spec=spec, status=status)


def _posted(node: Node, status: str, reason: str, now: datetime) -> Node:
    """`node` after its kubelet posted its status."""
    conditions = []
    for each in node.status.conditions:
        if each.type != "Ready":
            conditions.append(replace(each, status="False", last_heartbeat_time=format_time(now)))
        else:
            conditions.append(each if each.status == status else _ready(status, reason, now))
    return replace(node, status=replace(node.status, conditions=tuple(conditions)))


def _shown(node: Node) -> str:
    ready = ready_condition(node)
    return f"Ready={ready.status}/{ready.reason}" if ready else ""


def _taints(node: Node) -> list[str]:
    return sorted(f"{taint.key}:{taint.effect}" for taint in node.spec.taints)


def _told(log: Iterable[list[JSON]]) -> list[list[JSON]]:
    """The events; of several changes of a node's taints in one instant the last one."""
    events = list(log)
    last = {(event[0], event[2]): event for event in events if event[1] == "taints"}
    return [event for event in events if event[1] != "taints" or last[event[0], event[2]] is event]


def _by_zone(run: LifecycleRun) -> Iterator[JSON]:
    """How many nodes got a NoExecute taint, and how many pods went, by instant and zone."""
    zones = {name: node.labels[_ZONE] for name, node in run.nodes.items()}
    zones |= {f"p-{name}": place for name, place in zones.items()}
    counts: Counter[tuple[float, str, str]] = Counter()
    evicting: set[str] = set()
    for at, kind, name, *rest in run.log:
        if kind == "evict":
            counts[at, kind, zones[name]] += 1
        elif kind == "taints":
            had = name in evicting
            has = any(text.endswith(":NoExecute") for text in rest[0])
            (evicting.add if has else evicting.discard)(name)
            if has and not had:
                counts[at, "NoExecute", zones[name]] += 1
    yield from ([*key, count] for key, count in counts.items())
