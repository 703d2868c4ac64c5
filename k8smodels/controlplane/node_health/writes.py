"""What a pass over the nodes changes.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go, pkg/controller/util/node/controller_utils.go:
MarkPodsNotReady (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from k8smodels.api.node import Node, NodeCondition
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time
from k8smodels.controlplane.node_health.taints import SwapTaints
from k8smodels.controlplane.node_health.zones import ZoneState


@dataclass(frozen=True, slots=True)
class UpdateNodeStatus:
    """Write the conditions of a node.

    Attributes
    ----------
    node
        Its name.
    conditions
        All of its conditions.
    reason
        Why, in a sentence.
    """

    node: str
    conditions: tuple[NodeCondition, ...]
    reason: str

    def applied(self, node: Node) -> Node:
        """`node` with these conditions."""
        return replace(node, status=replace(node.status, conditions=self.conditions))


@dataclass(frozen=True, slots=True)
class MarkPodsNotReady:
    """Write ``Ready=False`` into the status of every pod of a node, since nobody there can do it."""

    node: str
    reason: str


Write = UpdateNodeStatus | SwapTaints | MarkPodsNotReady


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """A zone came into another state.

    Attributes
    ----------
    zone
        As `zone_of` names it.
    before, after
        The states.
    rate
        How many of its nodes a second may get a NoExecute taint from now on.
    reason
        Why, in a sentence.
    """

    zone: str
    before: ZoneState
    after: ZoneState
    rate: float
    reason: str


def marked_not_ready(pod: Pod, now: datetime) -> Pod | None:
    """`pod` with ``Ready=False``; None if it says so already or has no such condition."""
    conditions = list(pod.status.conditions)
    for i, condition in enumerate(conditions):
        if condition.type == "Ready":
            if condition.status == "False":
                return None
            conditions[i] = replace(condition, status="False", last_transition_time=format_time(now))
            return replace(pod, status=replace(pod.status, conditions=tuple(conditions)))
    return None
