"""The controllers of node health in the cluster: the passes of `node_health`, and evictions by taints.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: Run; pkg/controller/tainteviction/taint_eviction.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import Any, cast

from k8smodels.api.lease import Lease
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_optional_time
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.node_health import (
    Eviction,
    MarkPodsNotReady,
    MonitorState,
    SwapTaints,
    UpdateNodeStatus,
    Write,
    marked_not_ready,
    monitor_node_health,
    no_execute_pass,
    no_schedule_pass,
    taint_eviction,
)
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change

NAME = "node-lifecycle-controller"
EVICTION = "taint-eviction-controller"
NO_EXECUTE_PERIOD_SECONDS = 0.1


class NodeLifecycle:
    """Looks at the nodes' health every five seconds, and evicts.

    Parameters
    ----------
    process
        The program that it runs in.
    """

    def __init__(self, process: Process) -> None:
        self.process, self.clock, self.server = process, process.clock, process.server
        self._nodes, self._leases = process.informer(Node), process.informer(Lease)
        self._pods = process.informer(Pod)
        self._pods_of: dict[str, dict[tuple[str, str], None]] = {}
        self._state = MonitorState()
        self._renewed: dict[str, datetime] = {}
        self._texts: dict[str, str] = {}
        self._evictions: dict[tuple[str, str], Eviction] = {}
        self._passing = False
        self._nodes.handlers.append(self._node_changed)
        self._leases.handlers.append(self._lease_changed)
        self._pods.handlers.append(self._pod_changed)
        for lease in self._leases.all():
            self._renewed[lease.name] = cast("datetime", parse_optional_time(lease.spec.renew_time))
        self.clock.environment.process(self._monitor())

    def _lease_changed(self, change: Change) -> None:
        lease = change.item
        if isinstance(lease, Lease):
            self._texts[lease.name] = lease.spec.renew_time

    def _renew_times(self) -> dict[str, datetime]:
        for name, text in self._texts.items():
            moment = parse_optional_time(text)
            if moment is not None:
                self._renewed[name] = moment
        self._texts.clear()
        return self._renewed

    def _monitor(self) -> Generator[Any, Any, None]:
        while True:
            yield from self.process.power.wait()
            done = monitor_node_health(self._state, list(self._nodes.all()), self._renew_times(), self.clock.now)
            self._state = done.state
            self._apply(done.writes, -1)
            for node, event in done.events:
                item = self._nodes.get("", node)
                if item is not None:
                    self.process.events.post(NAME, item, event.reason, event.message)
            self._start_passes()
            yield self.clock.environment.timeout(self.process.timing.node_monitor_period_seconds)

    def _start_passes(self) -> None:
        if not self._passing and any(queue.waiting for queue in self._state.queues.values()):
            self._passing = True
            self.clock.environment.process(self._no_execute())

    def _no_execute(self) -> Generator[Any, Any, None]:
        """Every tenth of a second while nodes wait for their taint, and between the looks at their health."""
        yield self.clock.environment.timeout(NO_EXECUTE_PERIOD_SECONDS / 2)
        while any(queue.waiting for queue in self._state.queues.values()):
            nodes = {node.name: node for node in self._nodes.all()}
            done = no_execute_pass(self._state, nodes, self.clock.now)
            self._state = done.state
            self._apply(done.writes, -1)
            yield self.clock.environment.timeout(NO_EXECUTE_PERIOD_SECONDS)
        self._passing = False

    def _apply(self, writes: Iterable[Write], because: int) -> None:
        for write in writes:
            if isinstance(write, MarkPodsNotReady):
                self._mark(write, because)
            else:
                self._patch(write, because)

    def _patch(self, write: UpdateNodeStatus | SwapTaints, because: int) -> None:
        """Write a node's conditions, or its taints."""

        def change(item: KubernetesObject) -> KubernetesObject:
            node = cast("Node", item)
            return write.applied(node) if isinstance(write, UpdateNodeStatus) else write.applied(node, self.clock.now)

        by, is_status = Caller(NAME, because), isinstance(write, UpdateNodeStatus)
        try:
            self.server.patch("Node", "", write.node, change, by, write.reason, status=is_status)
        except StatusError:
            return

    def _mark(self, write: MarkPodsNotReady, because: int) -> None:
        """Say of all pods of a node that they are not ready: nobody there can."""
        for key in list(self._pods_of.get(write.node, ())):
            pod = self._pods.get(*key)
            if pod is None or marked_not_ready(pod, self.clock.now) is None:
                continue

            def marked(item: KubernetesObject) -> KubernetesObject:
                return marked_not_ready(cast("Pod", item), self.clock.now) or item

            try:
                by = Caller(NAME, because)
                self.server.patch("Pod", key[0], key[1], marked, by, "not ready: the node is silent", status=True)
            except StatusError:
                continue
            self.process.events.post(NAME, pod, "NodeNotReady", "Node is not ready", warning=True)

    def _node_changed(self, change: Change) -> None:
        node = change.item
        if not isinstance(node, Node) or change.type == "DELETED":
            return
        before = change.before
        swap = no_schedule_pass(node)
        if swap is not None:
            self._apply([swap], change.record)
        if not isinstance(before, Node) or before.spec.taints != node.spec.taints:
            for key in list(self._pods_of.get(node.name, ())):
                pod = self._pods.get(*key)
                if pod is not None:
                    self._plan(pod, node, change.record)

    def _pod_changed(self, change: Change) -> None:
        pod = change.item
        if not isinstance(pod, Pod) or not pod.spec.node_name:
            return
        key = (pod.metadata.namespace, pod.name)
        if change.type == "DELETED":
            self._pods_of.get(pod.spec.node_name, {}).pop(key, None)
            self._evictions.pop(key, None)
            return
        known = self._pods_of.setdefault(pod.spec.node_name, {})
        if key not in known:
            known[key] = None
            node = self._nodes.get("", pod.spec.node_name)
            if node is not None and node.spec.taints:
                self._plan(pod, node, change.record)

    def _plan(self, pod: Pod, node: Node, because: int) -> None:
        key = (pod.metadata.namespace, pod.name)
        before = self._evictions.get(key)
        planned = taint_eviction(pod.spec.tolerations, node.spec.taints, self.clock.now, before)
        if planned is None:
            if self._evictions.pop(key, None) is not None:
                text = f"Cancelling deletion of Pod {key[0]}/{key[1]}"
                self.process.events.post(EVICTION, pod, "TaintManagerEviction", text)
            return
        self._evictions[key] = planned
        if planned is not before:
            wait = max((planned.fire_at - self.clock.now).total_seconds(), 0.0)
            self.clock.later(wait, lambda: self._evict(pod, planned, because))

    def _evict(self, pod: Pod, planned: Eviction, because: int) -> None:
        key = (pod.metadata.namespace, pod.name)
        if self._evictions.get(key) is not planned:
            return
        del self._evictions[key]
        self.process.events.post(EVICTION, pod, "TaintManagerEviction", f"Marking for deletion Pod {key[0]}/{key[1]}")
        try:
            self.server.delete("Pod", *key, Caller(EVICTION, because), planned.reason, uid=pod.metadata.uid)
        except StatusError:
            return
