"""Which events may help a pod, by the plugins that have refused it.

Each plugin registers the events after which it may change its mind. Not modelled: the second look by which most plugins
compare the changed object with the pod (the queueing hints); here every event of a registered kind counts.

References
----------
pkg/scheduler/framework/plugins (EventsToRegister); pkg/scheduler/framework/events.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Event(NamedTuple):
    """Something that happened to a kind of object, e.g. ``Event("Node", "Add")``.

    ``AssignedPod`` is a pod that has a node, ``TargetPod`` the waiting pod itself. Changes of nodes and pods are named
    for what changed: ``UpdateNodeLabel``, ``UpdateNodeTaint``, ``UpdateNodeAllocatable``, ``UpdatePodLabel``.
    """

    resource: str
    action: str


ANY = Event("*", "*")
"""Not an event but the order to try all: after five minutes without one, or when a pod is forced to be tried."""


def _events(resource: str, *actions: str) -> frozenset[Event]:
    return frozenset(Event(resource, action) for action in actions)


_NODE_LABELS = _events("Node", "Add", "UpdateNodeLabel")
_TAINTS = _events("Node", "Add", "UpdateNodeTaint") | _events("TargetPod", "UpdatePodToleration")
_ASSIGNED = _events("AssignedPod", "Add", "UpdatePodLabel", "Delete")

EVENTS: Mapping[str, frozenset[Event]] = {
    "SchedulingGates": _events("TargetPod", "UpdatePodSchedulingGatesEliminated"),
    "NodeName": _events("Node", "Add"),
    "NodeUnschedulable": _TAINTS,
    "TaintToleration": _TAINTS,
    "NodeAffinity": _NODE_LABELS,
    "NodePorts": _events("AssignedPod", "Delete") | _events("Node", "Add"),
    "NodeResourcesFit": _events("AssignedPod", "Delete", "UpdatePodScaleDown")
    | _events("TargetPod", "UpdatePodScaleDown")
    | _events("Node", "Add", "UpdateNodeAllocatable")
    | _events("DeviceClass", "Add", "Update"),
    "VolumeRestrictions": _events("AssignedPod", "Delete")
    | _events("Node", "Add")
    | _events("PersistentVolumeClaim", "Add"),
    "NodeVolumeLimits": _events("CSINode", "Add", "Update")
    | _events("AssignedPod", "Delete")
    | _events("PersistentVolumeClaim", "Add")
    | _events("VolumeAttachment", "Delete"),
    "VolumeBinding": _events("StorageClass", "Add", "Update")
    | _events("PersistentVolumeClaim", "Add", "Update")
    | _events("PersistentVolume", "Add", "Update")
    | _events("CSINode", "Add", "Update")
    | _events("CSIDriver", "Update")
    | _events("CSIStorageCapacity", "Add", "Update")
    | _NODE_LABELS,
    "VolumeZone": _events("StorageClass", "Add")
    | _events("PersistentVolumeClaim", "Add", "Update")
    | _events("PersistentVolume", "Add", "Update")
    | _NODE_LABELS,
    "PodTopologySpread": _ASSIGNED
    | _events("TargetPod", "UpdatePodToleration", "UpdatePodLabel")
    | _events("Node", "Add", "Delete", "UpdateNodeLabel", "UpdateNodeTaint"),
    "InterPodAffinity": _ASSIGNED | _events("TargetPod", "UpdatePodLabel") | _NODE_LABELS,
}
"""The events that each plugin registers."""


def is_interested(plugins: frozenset[str], event: Event) -> bool:
    """Whether one of `plugins` may change its mind after `event`. All of them may after `ANY`.

    A plugin that is not known here hears of everything, as in Kubernetes one that registers nothing.

    Examples
    --------
    >>> is_interested(frozenset({"NodeResourcesFit"}), Event("AssignedPod", "Delete"))
    True
    >>> is_interested(frozenset({"NodeAffinity"}), Event("AssignedPod", "Delete"))
    False
    """
    return event == ANY or any(plugin not in EVENTS or event in EVENTS[plugin] for plugin in plugins)
