"""The pass that puts NoExecute taints on nodes that wait for one, every tenth of a second.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: doNoExecuteTaintingPass
pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go: NodeEvictionPeriod (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from k8smodels.api.node import Node
from k8smodels.controlplane.node_health.health import ready_condition
from k8smodels.controlplane.node_health.monitor import MonitorState
from k8smodels.controlplane.node_health.taints import NOT_READY, UNREACHABLE, SwapTaints, no_execute
from k8smodels.i18n import _

NODE_EVICTION_PERIOD = timedelta(milliseconds=100)
"""Time between two passes."""

_RETRY = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class NoExecutePass:
    """What one pass did: the state for the next one, and the taints to write."""

    state: MonitorState
    writes: tuple[SwapTaints, ...] = ()


def no_execute_pass(state: MonitorState, nodes: Mapping[str, Node], now: datetime) -> NoExecutePass:
    """Put taints on the nodes that wait for one, as far as the rates of their zones allow.

    ``unreachable`` and ``not-ready`` exclude each other, as ``Unknown`` and ``False`` do.

    Parameters
    ----------
    state
        What the last pass over the nodes left.
    nodes
        All nodes by name, as they are stored now.
    now
        The present.
    """
    due = {zone for zone, queue in state.queues.items() if queue.waiting and queue.limiter.take(now)}
    if not due:
        return NoExecutePass(state)
    writes: list[SwapTaints] = []

    def served(name: str) -> timedelta | None:
        node = nodes.get(name)
        if node is None:
            return None
        ready = ready_condition(node)
        if ready is None:
            return _RETRY
        if ready.status in ("False", "Unknown"):
            writes.append(_swap(name, ready.status))
        return None

    queues = {zone: queue.copy() if zone in due else queue for zone, queue in state.queues.items()}
    for zone in sorted(due):
        queues[zone].serve(now, served)
    return NoExecutePass(replace(state, queues=queues), tuple(writes))


def _swap(node: str, status: str) -> SwapTaints:
    add, remove = (NOT_READY, UNREACHABLE) if status == "False" else (UNREACHABLE, NOT_READY)
    text = _("Ready is {status}, and the rate of its zone allows a taint").format(status=status)
    return SwapTaints(node, (no_execute(add),), (no_execute(remove),), text)
