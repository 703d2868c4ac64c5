"""When two pods are the same to the scheduler.

kube-scheduler itself signs pods to try many of one kind at once (KEP-5598, opportunistic batching); this signature is
only this engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from k8smodels.api.pod import Pod, PodSpec
from k8smodels.api.quantity import Quantity
from k8smodels.api.structure import Struct

HARMLESS_VOLUMES = frozenset(
    {"name", "emptyDir", "configMap", "secret", "projected", "downwardAPI", "hostPath", "image"}
)
"""What a volume may be without any plugin asking for it (images count for ImageLocality alone)."""


def signature(pod: Pod) -> Hashable:
    """All of `pod` that plugins read, but for its names and its node. Of equal pods it is equal.

    Two pods may differ in it and yet be the same to every plugin; then each is worked out by itself.
    """
    metadata, status = pod.metadata, pod.status
    return (
        pod.namespace,
        frozen(metadata.labels),
        metadata.controller and frozen(metadata.controller),
        bool(metadata.deletion_timestamp),
        frozen(pod.spec),
        frozen(status.container_statuses),
        frozen(status.init_container_statuses),
        frozen(status.allocated_resources),
        frozen(status.resources),
    )


def frozen(value: Any) -> Hashable:
    """`value`, an object of the API or a part of one, as something that can be a key."""
    kind = type(value)
    key: Hashable = value
    if kind in (tuple, list):
        key = tuple(map(frozen, value))
    elif kind is Quantity:
        key = value.nanos
    elif isinstance(value, Struct):
        items = [item if type(item) in _ATOMS else frozen(item) for item in _values(kind)(value)]
        key = (*items, *value.unknown)
    elif kind not in _ATOMS:
        key = tuple([(name, frozen(item)) for name, item in value.items()]) if value else ()
    return key


_ATOMS = frozenset({str, int, bool, float, type, type(None)})


_getters: dict[type[Struct], Callable[[Any], tuple[Any, ...]]] = {}


def _values(kind: type[Struct]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of all fields of a `kind` at once."""
    if kind not in _getters:
        left_out = {"unknown"} | ({"node_name", "hostname"} if kind is PodSpec else set())
        names = [field.name for field in fields(kind) if field.name not in left_out]
        # The class last, which also makes it a tuple where there is one field.
        _getters[kind] = attrgetter(*names, "__class__")
    return _getters[kind]


def has_claims(pod: Pod) -> bool:
    """Whether plugins for volumes may have something to say about `pod`."""
    return any(not HARMLESS_VOLUMES.issuperset(volume.to_json()) for volume in pod.spec.volumes)
