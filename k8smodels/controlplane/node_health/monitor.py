"""The pass over all nodes that kube-controller-manager makes every five seconds.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: monitorNodeHealth, processTaintBaseEviction,
markNodeAsReachable, classifyNodes (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from k8smodels.api.node import Node
from k8smodels.controlplane.node_health.disruptions import disruption
from k8smodels.controlplane.node_health.flags import Flags
from k8smodels.controlplane.node_health.health import NodeHealth, Observation, observe
from k8smodels.controlplane.node_health.queue import TokenBucket, ZoneQueue
from k8smodels.controlplane.node_health.taints import NOT_READY, UNREACHABLE, SwapTaints, has_taint, no_execute
from k8smodels.controlplane.node_health.writes import MarkPodsNotReady, UpdateNodeStatus, Write, ZoneChange
from k8smodels.controlplane.node_health.zones import ZoneCount, ZoneState, zone_of
from k8smodels.i18n import _
from k8smodels.workloads.events import Event

_DEFAULT_FLAGS = Flags()
_EXCLUDED = "node.kubernetes.io/exclude-disruption"
_SWAPS: Mapping[str, tuple[str, str]] = {"False": (NOT_READY, UNREACHABLE), "Unknown": (UNREACHABLE, NOT_READY)}


@dataclass(frozen=True, slots=True)
class MonitorState:
    """What the controller remembers between its passes; a pass makes a new one.

    Attributes
    ----------
    healths
        Of each node, by name.
    quiet
        The nodes that were ready without NoExecute taints of this controller: unless they change or fall silent, a pass
        has nothing to do for them. By name, with their zone; None for a node that does not count for its zone.
    zone_states
        By zone.
    queues
        The nodes that wait for a NoExecute taint, by zone.
    """

    healths: Mapping[str, NodeHealth] = field(default_factory=dict)
    quiet: Mapping[str, str | None] = field(default_factory=dict)
    zone_states: Mapping[str, ZoneState] = field(default_factory=dict)
    queues: Mapping[str, ZoneQueue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MonitorPass:
    """What one pass did.

    Attributes
    ----------
    state
        What is remembered for the next one.
    writes
        What it sent to the API server, in this order.
    events
        What it posted, each with the name of the node.
    zones
        The zones whose state changed.
    """

    state: MonitorState
    writes: tuple[Write, ...] = ()
    events: tuple[tuple[str, Event], ...] = ()
    zones: tuple[ZoneChange, ...] = ()


def monitor_node_health(
    state: MonitorState,
    nodes: Sequence[Node],
    renew_times: Mapping[str, datetime],
    now: datetime,
    flags: Flags = _DEFAULT_FLAGS,
) -> MonitorPass:
    """Look at every node once.

    Nodes that are not ready are queued for a NoExecute taint, which `no_execute_pass` puts on at the rate of their
    zone. Kubernetes looks at several nodes at a time, so that the order of those that fail together is chance; here it
    is the order of `nodes`.

    Parameters
    ----------
    state
        What the last pass left; ``MonitorState()`` at the start of the controller.
    nodes
        All nodes of the cluster. A node that is missing is forgotten (Kubernetes remembers its last sign of life, and
        counts it for a new node of that name).
    renew_times
        The `renewTime` of the Lease of each node, by name.
    now
        The present.
    flags
        Periods, rates and thresholds.
    """
    run = _Pass(state, now, flags)
    others = run.pass_by(nodes, renew_times)
    run.meet(others)
    run.miss(nodes)
    for node in others:
        run.look(node, renew_times.get(node.name))
    return run.finish(nodes)


def marks_new_pod(state: MonitorState, node: str) -> bool:
    """Whether a pod that was assigned to `node` this moment is marked not ready, since its node is.

    References
    ----------
    pkg/controller/nodelifecycle/node_lifecycle_controller.go: processPod (v1.37)
    """
    health = state.healths.get(node)
    return health is not None and health.ready is not None and health.ready.status != "True"


class _Pass:
    """A pass under way, with copies of what it changes."""

    def __init__(self, state: MonitorState, now: datetime, flags: Flags) -> None:
        self.before, self.now, self.flags = state, now, flags
        self.healths: dict[str, NodeHealth] = {}
        self.quiet: dict[str, str | None] = {}
        self.zone_states = dict(state.zone_states)
        self.queues = {zone: queue.copy() for zone, queue in state.queues.items()}
        self.ready: Counter[str] = Counter()
        self.not_ready: Counter[str] = Counter()
        self.freed: set[str] = set()
        self.writes: list[Write] = []
        self.events: list[tuple[str, Event]] = []

    def pass_by(self, nodes: Sequence[Node], renew_times: Mapping[str, datetime]) -> list[Node]:
        """Count the quiet nodes that are the same as before and not silent; returns the others."""
        before, quiet, now = self.before.healths, self.before.quiet, self.now
        silent, others = now - self.flags.node_monitor_grace_period, []
        for node in nodes:
            name = node.metadata.name
            if name not in quiet or (health := before[name]).node is not node:
                others.append(node)
                continue
            renew_time = renew_times.get(name)
            if renew_time is not None and (health.renew_time is None or health.renew_time < renew_time):
                health = NodeHealth(node, now, renew_time, health.ready)
            elif health.probe_time < silent:
                others.append(node)
                continue
            self.healths[name] = health
            zone = self.quiet[name] = quiet[name]
            if zone is not None:
                self.ready[zone] += 1
        return others

    def meet(self, nodes: Sequence[Node]) -> None:
        """Take notice of new nodes and of new zones."""
        for node in nodes:
            zone, name = zone_of(node), node.name
            if zone not in self.zone_states:
                self.zone_states[zone] = "Initial"
                self.queues[zone] = ZoneQueue(TokenBucket(self.flags.node_eviction_rate, self.now))
            if name not in self.before.healths:
                self.events.append((name, Event("RegisteredNode", f"Registered Node {name} in Controller")))
                self._reachable(node, _("the controller has not seen it before"))

    def miss(self, nodes: Sequence[Node]) -> None:
        """Take notice of nodes that are gone."""
        present = {node.metadata.name for node in nodes}
        for name in (name for name in self.before.healths if name not in present):
            self.events.append((name, Event("RemovingNode", f"Removing Node {name} from Controller")))

    def look(self, node: Node, renew_time: datetime | None) -> None:
        """Look at one node closely."""
        name, zone = node.name, zone_of(node)
        seen = observe(node, self.before.healths.get(name), renew_time, self.now, self.flags)
        self.healths[name] = seen.health
        counted = _EXCLUDED not in node.labels
        if counted:
            counts = self.ready if seen.now == "True" else self.not_ready
            counts[zone] += 1
        self._write_status(name, seen)
        if seen.now == "True":
            self._reachable(node, _("it is ready again"))
            if not any(has_taint(node, no_execute(key)) for key in _SWAPS["False"]):
                self.quiet[name] = zone if counted else None
        elif seen.now:
            if seen.now in _SWAPS:
                self._taint(node, zone, seen.now)
            if seen.before == "True":
                self.events.append((name, Event("NodeNotReady", f"Node {name} status is now: NodeNotReady")))
                text = _("its kubelet is silent, so nobody on the node can say how its pods are")
                self.writes.append(MarkPodsNotReady(name, text))

    def _write_status(self, name: str, seen: Observation) -> None:
        if seen.conditions is not None:
            silent_seconds = round((self.now - seen.health.probe_time).total_seconds())
            text = _("no sign of life was seen for {seconds} s").format(seconds=silent_seconds)
            self.writes.append(UpdateNodeStatus(name, seen.conditions, text))

    def _taint(self, node: Node, zone: str, status: str) -> None:
        """Queue a node for its taint; one that has the other taint already gets the right one at once."""
        wanted, opposite = map(no_execute, _SWAPS[status])
        if has_taint(node, opposite):
            text = _("Ready is {status} now, and it evicts already").format(status=status)
            self.writes.append(SwapTaints(node.name, (wanted,), (opposite,), text))
            return
        if not has_taint(node, wanted):
            self.queues[zone].remove(node.name)
        self.queues[zone].add(node.name, self.now)

    def _reachable(self, node: Node, reason: str) -> None:
        present = tuple(taint for key in _SWAPS["Unknown"] if has_taint(node, taint := no_execute(key)))
        if present and node.name not in self.freed:
            self.freed.add(node.name)
            self.writes.append(SwapTaints(node.name, (), present, reason))
        self.queues[zone_of(node)].remove(node.name)

    def finish(self, nodes: Sequence[Node]) -> MonitorPass:
        """Draw the consequences for the zones."""
        zones = self.ready.keys() | self.not_ready.keys()
        counts = {zone: ZoneCount(self.ready[zone], self.not_ready[zone]) for zone in sorted(zones)}
        result = disruption(self.zone_states, counts, self.flags)
        for change in result.changes:
            self.queues[change.zone].limiter = self.queues[change.zone].limiter.at(change.rate, self.now)
        if result.entered:
            for node in nodes:
                self._reachable(node, _("no node of the cluster is ready: the fault may be on our side"))
        if result.left:
            self.healths = {name: health._replace(probe_time=self.now) for name, health in self.healths.items()}
        state = MonitorState(self.healths, self.quiet, result.states, self.queues)
        return MonitorPass(state, tuple(self.writes), tuple(self.events), result.changes)
