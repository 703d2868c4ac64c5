"""What outlives which restart.

Everything in a pod belongs to something that ends with certain events: to the container, to the sandbox, to the
node's memory, to the pod, to the node, or to nothing of these. A thing is lost when its owner ends.

References
----------
pkg/kubelet/kuberuntime/util/util.go: PodSandboxChanged; pkg/volume/emptydir/empty_dir.go: TearDownAt (v1.37);
kubernetes.io/docs/concepts/storage/volumes#emptydir, workloads/pods/pod-lifecycle
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from k8smodels.i18n import _


class Owner(Enum):
    """What a thing ends with."""

    CONTAINER = "container"
    SANDBOX = "sandbox"
    MEMORY = "memory of the node"
    POD = "pod"
    NODE = "node"
    CLAIM = "claim"


class Event(Enum):
    """What happens to a pod."""

    CONTAINER_RESTARTS = "container restarts"
    SANDBOX_CHANGES = "sandbox changes"
    KUBELET_RESTARTS = "kubelet restarts"
    NODE_REBOOTS = "node reboots"
    POD_IS_REPLACED = "pod is replaced"


class Thing(Enum):
    """What a pod has."""

    PROCESSES = "processes"
    WRITABLE_LAYER = "writable layer"
    NETWORK_NAMESPACE = "network namespace and address"
    IPC_OBJECTS = "System V objects and /dev/shm"
    MEMORY_DIRECTORY = "emptyDir with medium Memory"
    EMPTY_DIRECTORY = "emptyDir"
    UID = "uid of the pod"
    HOST_PATH = "hostPath"
    CLAIMED_VOLUME = "persistentVolumeClaim"


OWNERS: Mapping[Thing, Owner] = {
    Thing.PROCESSES: Owner.CONTAINER,
    Thing.WRITABLE_LAYER: Owner.CONTAINER,
    Thing.NETWORK_NAMESPACE: Owner.SANDBOX,
    Thing.IPC_OBJECTS: Owner.SANDBOX,
    Thing.MEMORY_DIRECTORY: Owner.MEMORY,
    Thing.EMPTY_DIRECTORY: Owner.POD,
    Thing.UID: Owner.POD,
    Thing.HOST_PATH: Owner.NODE,
    Thing.CLAIMED_VOLUME: Owner.CLAIM,
}
"""What each thing belongs to."""

ENDS: Mapping[Event, frozenset[Owner]] = {
    Event.CONTAINER_RESTARTS: frozenset({Owner.CONTAINER}),
    Event.SANDBOX_CHANGES: frozenset({Owner.CONTAINER, Owner.SANDBOX}),
    Event.KUBELET_RESTARTS: frozenset(),
    Event.NODE_REBOOTS: frozenset({Owner.CONTAINER, Owner.SANDBOX, Owner.MEMORY}),
    Event.POD_IS_REPLACED: frozenset({Owner.CONTAINER, Owner.SANDBOX, Owner.MEMORY, Owner.POD, Owner.NODE}),
}
"""What ends with each event. A pod that is replaced may come to another node, so it cannot count on the old one."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a thing, and why."""

    thing: Thing
    event: Event
    survives: bool
    reason: str


def fate(thing: Thing, event: Event) -> Fate:
    """Whether a thing outlives an event.

    Without a network of its own (``hostNetwork``) a pod has the node's address: there it does not change.

    Examples
    --------
    >>> fate(Thing.EMPTY_DIRECTORY, Event.CONTAINER_RESTARTS).survives
    True
    """
    owner = OWNERS[thing]
    survives = owner not in ENDS[event]
    if survives:
        text = _("it belongs to the {owner}, which stays")
    elif owner is Owner.NODE:
        text = _("it stays on the {owner}, and the new pod may run on another one")
    else:
        text = _("it belongs to the {owner}, which ends")
    return Fate(thing, event, survives, text.format(owner=_word(owner)))


def _word(owner: Owner) -> str:
    words = {
        Owner.CONTAINER: _("container"),
        Owner.SANDBOX: _("sandbox"),
        Owner.MEMORY: _("memory of the node"),
        Owner.POD: _("pod"),
        Owner.NODE: _("node"),
        Owner.CLAIM: _("claim"),
    }
    return words[owner]


def fates() -> tuple[Fate, ...]:
    """Every thing with every event."""
    return tuple(fate(thing, event) for thing in Thing for event in Event)
