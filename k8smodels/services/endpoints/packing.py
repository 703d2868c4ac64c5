"""How the endpoints of one set of ports are packed into slices, with as few writes as possible.

The controller leaves full slices alone, and never moves an endpoint to fill a gap. Where it takes endpoints in a random
order (Go's maps), this model takes the pods in the order in which they are given.

References
----------
staging/src/k8s.io/endpointslice/reconciler.go: reconcileByPortMapping; utils.go: getSliceToFill (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from k8smodels.api.endpoint_slice import Endpoint, EndpointSlice
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.services.endpoints.change import Change, SliceChange
from k8smodels.services.endpoints.slices import labels_differ, slice_labels

Key = tuple[tuple[str, ...], str, str, str]
"""What makes two endpoints the same one: addresses, hostname, namespace and name of the pod."""


def key(endpoint: Endpoint) -> Key:
    """What identifies `endpoint`; the same address under another pod's name is another endpoint."""
    target = endpoint.target_ref
    namespace, name = (target.namespace, target.name) if target is not None else ("", "")
    return tuple(sorted(endpoint.addresses)), endpoint.hostname or "", namespace, name


def pack(
    service: Service,
    existing: Iterable[EndpointSlice],
    desired: Iterable[Endpoint],
    empty: EndpointSlice,
    max_endpoints: int,
) -> list[SliceChange]:
    """What becomes of the slices of one set of ports.

    Parameters
    ----------
    service
        Its labels are copied to the slices.
    existing
        Slices of these ports that the Service owns.
    desired
        The endpoints that there should be.
    empty
        A new slice of these ports.
    max_endpoints
        How many a slice takes.
    """
    left = {key(endpoint): endpoint for endpoint in desired}
    changes = [_kept(old, service, left) for old in existing]
    _fill_updated(changes, left, max_endpoints)
    while left:
        place = _place_for(changes, len(left), max_endpoints)
        if place is None:
            changes.append(SliceChange(Change.CREATE, empty, (_("no slice has room for what is left"),)))
            place = len(changes) - 1
        changes[place] = _filled(changes[place], left, max_endpoints)
    return changes


def _kept(old: EndpointSlice, service: Service, left: dict[Key, Endpoint]) -> SliceChange:
    """The slice without the endpoints that are gone and with those that changed; what it keeps leaves `left`."""
    kept, reasons = [], []
    for endpoint in old.endpoints:
        wanted = left.pop(key(endpoint), None)
        if wanted is None:
            reasons.append(_("{endpoint} is gone").format(endpoint=_name(endpoint)))
            continue
        kept.append(wanted)
        if _differ(wanted, endpoint):
            reasons.append(_("{endpoint} changed").format(endpoint=_name(endpoint)))
    if reasons and not kept:
        return SliceChange(Change.DELETE, old, (*reasons, _("no endpoint is left")))
    endpoints = tuple(kept) if reasons else old.endpoints
    if labels_differ(old, service):
        reasons.append(_("the labels of the Service changed"))
    if not reasons:
        return SliceChange(Change.NONE, old)
    metadata = replace(old.metadata, labels=slice_labels(service))
    return SliceChange(Change.UPDATE, replace(old, metadata=metadata, endpoints=endpoints), tuple(reasons))


def _fill_updated(changes: list[SliceChange], left: dict[Key, Endpoint], max_endpoints: int) -> None:
    """First, slices that are written anyway take new endpoints, the fullest first."""
    updated = [i for i, item in enumerate(changes) if item.change is Change.UPDATE]
    for i in sorted(updated, key=lambda i: len(changes[i].slice.endpoints), reverse=True):
        changes[i] = _filled(changes[i], left, max_endpoints)


def _place_for(changes: Sequence[SliceChange], count: int, max_endpoints: int) -> int | None:
    """Then, one unchanged slice takes all that is left: the fullest one that can."""
    sizes = {i: len(item.slice.endpoints) for i, item in enumerate(changes) if item.change is Change.NONE}
    fitting = [i for i, size in sizes.items() if size + count <= max_endpoints]
    if count >= max_endpoints or not fitting:
        return None
    return max(fitting, key=lambda i: sizes[i])


def _filled(item: SliceChange, left: dict[Key, Endpoint], max_endpoints: int) -> SliceChange:
    """The slice with as many endpoints of `left` as it takes; they leave `left`."""
    room = max(max_endpoints - len(item.slice.endpoints), 0)
    added = [left.pop(name) for name in list(left)[:room]]
    if not added:
        return item
    change = Change.UPDATE if item.change is Change.NONE else item.change
    reasons = [_("{endpoint} is new").format(endpoint=_name(endpoint)) for endpoint in added]
    return item.with_endpoints((*item.slice.endpoints, *added)).because(change, *reasons)


def _differ(wanted: Endpoint, old: Endpoint) -> bool:
    """Whether anything but identity and hints differs."""
    return _compared(wanted) != _compared(old)


def _compared(endpoint: Endpoint) -> tuple[object, ...]:
    target = endpoint.target_ref.to_json() if endpoint.target_ref is not None else None
    if target is not None:
        target.pop("resourceVersion", None)
    return endpoint.node_name, endpoint.zone, endpoint.conditions, target


def _name(endpoint: Endpoint) -> str:
    return endpoint.target_ref.name if endpoint.target_ref is not None else ", ".join(endpoint.addresses)
