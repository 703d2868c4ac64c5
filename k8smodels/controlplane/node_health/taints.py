"""Taints by the conditions of a node.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: doNoScheduleTaintingPass, nodeConditionToTaintKeyStatusMap
pkg/controller/util/node/controller_utils.go: SwapNodeControllerTaint
pkg/controller/controller_utils.go: AddOrUpdateTaintOnNode, RemoveTaintOffNode (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from k8smodels.api.affinity import Taint
from k8smodels.api.node import Node
from k8smodels.api.times import format_time
from k8smodels.i18n import _

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"

_BY_CONDITION: Mapping[tuple[str, str], str] = {
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
}
_OF_CONDITIONS = frozenset({*_BY_CONDITION.values(), UNSCHEDULABLE})


@dataclass(frozen=True, slots=True)
class SwapTaints:
    """Put taints on a node and take others off.

    Attributes
    ----------
    node
        Its name.
    add, remove
        The taints; key and effect name a taint.
    reason
        Why, in a sentence.
    """

    node: str
    add: tuple[Taint, ...]
    remove: tuple[Taint, ...]
    reason: str

    def applied(self, node: Node, now: datetime) -> Node:
        """`node` with the taints swapped; `now` is when the new ones were added."""
        added = {_name(each): replace(each, time_added=format_time(now)) for each in self.add}
        removed = {_name(each) for each in self.remove}
        kept = {_name(each): each for each in node.spec.taints if _name(each) not in removed}
        return replace(node, spec=replace(node.spec, taints=tuple((kept | added).values())))


def no_execute(key: str) -> Taint:
    """The taint that evicts."""
    return Taint(key=key, effect="NoExecute")


def has_taint(node: Node, taint: Taint) -> bool:
    """Whether `node` has a taint of that key and effect."""
    return any(_name(each) == _name(taint) for each in node.spec.taints)


def no_schedule_pass(node: Node) -> SwapTaints | None:
    """What to change so that the NoSchedule taints of `node` say what its conditions say; None if they do.

    These taints come at once and without limit: they keep new pods away and evict none.
    """
    wanted = [Taint(key=key, effect="NoSchedule") for key in _no_schedule_keys(node)]
    present = [each for each in node.spec.taints if each.effect == "NoSchedule" and each.key in _OF_CONDITIONS]
    add, remove = _without(wanted, present), _without(present, wanted)
    if not add and not remove:
        return None
    return SwapTaints(node.name, add, remove, _("its conditions or its spec changed"))


def _no_schedule_keys(node: Node) -> list[str]:
    keys = [_BY_CONDITION.get((each.type, each.status), "") for each in node.status.conditions]
    return [key for key in dict.fromkeys(keys) if key] + [UNSCHEDULABLE] * node.spec.unschedulable


def _without(taints: Iterable[Taint], others: Iterable[Taint]) -> tuple[Taint, ...]:
    names = {_name(each) for each in others}
    return tuple(each for each in taints if _name(each) not in names)


def _name(taint: Taint) -> tuple[str, str]:
    return taint.key, taint.effect
