"""kube-scheduler in the cluster: its queue, one cycle at a time, and the bindings that it writes.

Where a pod goes is decided by `k8smodels.scheduling`. A node is *assumed* as soon as it is chosen, and the binding is
written while the next cycle already runs.

References
----------
pkg/scheduler/schedule_one.go: ScheduleOne, bindingCycle; pkg/scheduler/eventhandlers.go (v1.37)
"""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import replace
from typing import Any, cast

from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod, PodCondition
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.service import Service
from k8smodels.api.workload import ReplicaSet
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change
from k8smodels.scheduling import Cluster, Decision, Preemption, schedule
from k8smodels.scheduling.engine import Engine
from k8smodels.scheduling.queue import QueuedPod, SchedulingQueue
from k8smodels.scheduling.queue_events import Event

FLUSH_SECONDS = 1.0
"""How often pods that have backed off are looked for."""


class Scheduler:
    """The default scheduler.

    Parameters
    ----------
    process
        The program that it is.
    seed
        Decides among equally good nodes.
    """

    name = "default-scheduler"

    def __init__(self, process: Process, seed: int) -> None:
        self.process, self.clock = process, process.clock
        self.client = process.client(self.name)
        self.queue = SchedulingQueue()
        self.decisions: dict[str, Decision] = {}
        self._dice = random.Random(seed)  # noqa: S311 (not for secrets)
        self._nodes, self._pods = process.informer(Node), process.informer(Pod)
        self._others = [process.informer(kind) for kind in (Service, ReplicaSet, PodDisruptionBudget, Namespace)]
        self._engine: Engine | None = None
        self._assumed: dict[str, str] = {}
        self._causes: dict[str, int] = {}
        self._work = self.clock.environment.event()
        self._nodes.handlers.append(self._node_changed)
        self._pods.handlers.append(self._pod_changed)
        for informer in self._others:
            informer.handlers.append(self._other_changed)
        self.clock.environment.process(self._run())
        self.clock.environment.process(self._flush())

    def _pod_changed(self, change: Change) -> None:
        pod = cast("Pod", change.item)
        uid = pod.metadata.uid
        self._causes[uid] = change.record
        if change.type == "DELETED" or pod.is_finished:
            self._gone(pod)
        elif pod.spec.node_name:
            self._assigned(pod, change)
        elif change.type == "ADDED" and pod.spec.scheduler_name == self.name:
            self.queue = self.queue.add(pod, self.clock.seconds)
        self._wake()

    def _assigned(self, pod: Pod, change: Change) -> None:
        """A pod has its node: one that this scheduler assumed, or one that somebody else has bound."""
        if self._assumed.pop(pod.metadata.uid, None) is not None:
            return
        before = change.before
        if self._engine is None:
            return
        if not isinstance(before, Pod) or not before.spec.node_name:
            self._engine.bind(pod, pod.spec.node_name)
        elif pod.is_terminating != before.is_terminating:  # topology spread no longer counts it
            self._engine.remove(before)
            self._engine.bind(pod, pod.spec.node_name)

    def _gone(self, pod: Pod) -> None:
        self._causes.pop(pod.metadata.uid, None)
        self.decisions.pop(pod.metadata.uid, None)
        node = pod.spec.node_name or self._assumed.pop(pod.metadata.uid, "")
        if not node:
            self.queue = self.queue.remove(pod.name, pod.namespace)
            return
        if self._engine is not None:
            self._engine.remove(replace(pod, spec=replace(pod.spec, node_name=node)))
        self.queue = self.queue.move(self.clock.seconds, Event("AssignedPod", "Delete"))

    def _node_changed(self, change: Change) -> None:
        before, after = change.before, cast("Node", change.item)
        if isinstance(before, Node) and change.type == "MODIFIED" and _as_seen(before) == _as_seen(after):
            return
        self._engine = None
        for event in (Event("Node", "Add"), Event("Node", "UpdateNodeTaint"), Event("Node", "UpdateNodeLabel")):
            self.queue = self.queue.move(self.clock.seconds, event)
        self._wake()

    def _other_changed(self, change: Change) -> None:
        """What plugins look up; a ReplicaSet's size and status are nothing to them."""
        if change.type == "MODIFIED" and isinstance(change.item, ReplicaSet):
            return
        self._engine = None

    def _wake(self) -> None:
        if not self._work.triggered:
            self._work.succeed()

    def _flush(self) -> Generator[Any, Any, None]:
        while True:
            yield self.clock.environment.timeout(FLUSH_SECONDS)
            if self.queue.backoff or self.queue.unschedulable:
                self.queue = self.queue.flush(self.clock.seconds)
                self._wake()

    def _run(self) -> Generator[Any, Any, None]:
        while True:
            yield from self.process.power.wait()
            try:
                queued, self.queue = self.queue.pop()
            except LookupError:
                self._work = self.clock.environment.event()
                yield self._work
                continue
            yield self.clock.environment.timeout(self.process.timing.scheduling_cycle_seconds)
            self._cycle(queued)

    def _cycle(self, queued: QueuedPod) -> None:
        pod = self._pods.get(*_key(queued.pod))
        if pod is None or pod.metadata.uid != queued.pod.metadata.uid or pod.is_terminating or pod.spec.node_name:
            return
        because = self._causes.get(pod.metadata.uid, -1)
        engine = self._ready_engine()
        placement = engine.decide(pod, seed=self._dice.getrandbits(32))
        if placement.node is not None:
            engine.bind(pod, placement.node, placement.volumes)
            self._assumed[pod.metadata.uid] = placement.node
            self.clock.environment.process(self._bind(queued, placement.node, because))
            return
        decision = schedule(pod, engine.cluster)
        self.decisions[pod.metadata.uid] = decision
        self.queue = self.queue.fail(queued, self.clock.seconds, _rejecting(decision) or ("NodeResourcesFit",))
        self.process.events.post(self.name, pod, "FailedScheduling", decision.event_message, warning=True)
        self.clock.environment.process(self._write_failure(pod, decision, because))

    def _bind(self, queued: QueuedPod, node: str, because: int) -> Generator[Any, Any, None]:
        pod = queued.pod
        try:
            yield from self.client.bind(pod.namespace, pod.name, node, because)
        except StatusError:
            if self._assumed.pop(pod.metadata.uid, None) is not None:
                self._engine = None
                self.queue = self.queue.fail(queued, self.clock.seconds)
                self._wake()
            return
        message = f"Successfully assigned {pod.namespace}/{pod.name} to {node}"
        self.process.events.post(self.name, pod, "Scheduled", message)

    def _write_failure(self, pod: Pod, decision: Decision, because: int) -> Generator[Any, Any, None]:
        """Say why in the pod's conditions, and make room if preemption found some."""
        preemption = decision.preemption
        if preemption is not None and preemption.node:
            yield from self._evict(pod, preemption, because)
        nominated = preemption.node if preemption and preemption.node else ""

        def written(current: Pod) -> Pod:
            condition = PodCondition(
                type="PodScheduled",
                status="False",
                reason="Unschedulable",
                message=decision.event_message,
                last_transition_time=self.clock.stamp,
            )
            others = tuple(each for each in current.status.conditions if each.type != "PodScheduled")
            status = replace(current.status, conditions=(*others, condition), nominated_node_name=nominated)
            return replace(current, status=status)

        try:
            yield from self.client.patch(pod, written, because, "Unschedulable", status=True)
        except StatusError:
            return

    def _evict(self, pod: Pod, preemption: Preemption, because: int) -> Generator[Any, Any, None]:
        """Delete the pods that must go for `pod`."""
        victims = [each for each in self._pods.all() if each.name in preemption.victims]
        for victim in victims:
            if victim.spec.node_name != preemption.node:
                continue
            text = f"Preempted by pod {pod.metadata.uid} on node {preemption.node}"
            try:
                yield from self.client.delete("Pod", victim.namespace, victim.name, because, f"preempted by {pod.name}")
            except StatusError:
                continue
            self.process.events.post(self.name, victim, "Preempted", text)

    def _ready_engine(self) -> Engine:
        """The indexes, built anew if something has changed that they cannot follow."""
        if self._engine is None:
            pods = [pod for pod in self._pods.all() if not pod.is_finished]
            placed = [
                replace(pod, spec=replace(pod.spec, node_name=self._assumed[pod.metadata.uid]))
                if pod.metadata.uid in self._assumed
                else pod
                for pod in pods
            ]
            others = [item for informer in self._others for item in informer.all()]
            self._engine = Engine(Cluster.of([*self._nodes.all(), *placed, *others]))
        return self._engine


def _key(pod: Pod) -> tuple[str, str]:
    return pod.metadata.namespace, pod.name


def _as_seen(node: Node) -> tuple[object, ...]:
    """What plugins look at."""
    return node.spec, node.metadata.labels, node.status.allocatable, node.status.images


def _rejecting(decision: Decision) -> tuple[str, ...]:
    """The plugins that have refused a node."""
    refused = [result.rejection for result in decision.nodes] + [decision.pre_filter]
    return tuple({each.plugin for each in refused if each is not None and each.plugin is not None})
