"""When a node counts as silent, and what its conditions become then.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: tryUpdateNodeHealth (v1.37)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from k8smodels.api.node import Node, NodeCondition
from k8smodels.api.times import format_time, parse_optional_time
from k8smodels.controlplane.node_health.flags import Flags

_OF_THE_KUBELET = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")


class NodeHealth(NamedTuple):
    """What the controller remembers of a node.

    Attributes
    ----------
    node
        The node when it was last looked at.
    probe_time
        The pass in which a sign of life was last seen: a heartbeat in the status, or a renewed Lease.
    renew_time
        When the Lease was renewed that was seen last.
    ready
        The condition ``Ready`` that was seen last; None if there was none yet.
    """

    node: Node
    probe_time: datetime
    renew_time: datetime | None = None
    ready: NodeCondition | None = None


class Observation(NamedTuple):
    """One look at a node.

    Attributes
    ----------
    health
        What is remembered of it from now on.
    before, now
        The status of ``Ready`` as the node has it and as it should be: ``True``, ``False``, ``Unknown``, or empty
        for a node that is too young to have one.
    conditions
        The conditions to write; None if they stay.
    """

    health: NodeHealth
    before: str
    now: str
    conditions: tuple[NodeCondition, ...] | None = None


def ready_condition(node: Node) -> NodeCondition | None:
    """The condition ``Ready`` of `node`."""
    return next((each for each in node.status.conditions if each.type == "Ready"), None)


def is_node_ready(node: Node) -> bool:
    """Whether the condition ``Ready`` of `node` is True."""
    ready = ready_condition(node)
    return ready is not None and ready.status == "True"


def observe(
    node: Node, before: NodeHealth | None, renew_time: datetime | None, now: datetime, flags: Flags
) -> Observation:
    """Look at a node: signs of life renew its probe time; without them for the grace period it becomes ``Unknown``.

    Time is counted from the pass that saw a sign of life, by the controller's own clock: those of the nodes may differ.

    Parameters
    ----------
    node
        As it is stored.
    before
        What is remembered of it; None at the first look.
    renew_time
        The `renewTime` of its Lease; None if it has none.
    now
        The present.
    flags
        The two grace periods are read.
    """
    ready = ready_condition(node)
    health = _by_status(node, ready, before, now)
    if renew_time is not None and (before is None or before.renew_time is None or before.renew_time < renew_time):
        health = health._replace(renew_time=renew_time, probe_time=now)
    grace = flags.node_startup_grace_period if ready is None else flags.node_monitor_grace_period
    status = ready.status if ready else ""
    if now - health.probe_time <= grace:
        return Observation(health, status, status)
    conditions = _silent(node, now)
    silent = next(each for each in conditions if each.type == "Ready")
    if silent == ready:
        return Observation(health, status, "Unknown")
    health = health._replace(renew_time=renew_time, ready=silent)
    return Observation(health, status or "Unknown", "Unknown", conditions)


def _by_status(node: Node, ready: NodeCondition | None, before: NodeHealth | None, now: datetime) -> NodeHealth:
    """What the status of a node tells; a new heartbeat makes the controller forget the Lease that it saw."""
    if ready is None and before is None:
        created = parse_optional_time(node.metadata.creation_timestamp, "metadata.creationTimestamp")
        return NodeHealth(node, created or now)
    if before is None or (ready and before.ready is None):
        return NodeHealth(node, now, ready=ready)
    if ready and before.ready and ready.last_heartbeat_time != before.ready.last_heartbeat_time:
        return NodeHealth(node, now, ready=ready)
    return before._replace(node=node, ready=before.ready if ready else None)


def _silent(node: Node, now: datetime) -> tuple[NodeCondition, ...]:
    """The conditions of a node whose kubelet is silent; ``NetworkUnavailable`` is not the kubelet's."""
    at = format_time(now)
    known = {each.type for each in node.status.conditions}
    missing = (
        NodeCondition(
            type=each,
            status="Unknown",
            reason="NodeStatusNeverUpdated",
            message="Kubelet never posted node status.",
            last_heartbeat_time=node.metadata.creation_timestamp,
            last_transition_time=at,
        )
        for each in _OF_THE_KUBELET
        if each not in known
    )
    return (*(_unknown(each, at) for each in node.status.conditions), *missing)


def _unknown(condition: NodeCondition, at: str) -> NodeCondition:
    if condition.type not in _OF_THE_KUBELET or condition.status == "Unknown":
        return condition
    return replace(
        condition,
        status="Unknown",
        reason="NodeStatusUnknown",
        message="Kubelet stopped posting node status.",
        last_transition_time=at,
    )
