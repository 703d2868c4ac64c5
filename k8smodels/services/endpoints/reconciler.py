"""From a Service, its pods and its slices to the slices that there should be: one sync of the controller.

Left out: the hints of the annotation for topology-aware routing, the trigger time that a slice is annotated with,
metrics and events, and writes that fail.

References
----------
staging/src/k8s.io/endpointslice/reconciler.go: Reconcile, reconcileByAddressType, finalize (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.errors import invalid
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.services.endpoints.change import Change, SliceChange
from k8smodels.services.endpoints.groups import Group, LeftOut, grouped
from k8smodels.services.endpoints.hints import distribution, with_hints
from k8smodels.services.endpoints.packing import pack
from k8smodels.services.endpoints.pods import Readiness, readiness, selected_pods
from k8smodels.services.endpoints.ports import PortSet, port_set
from k8smodels.services.endpoints.slices import address_types, is_placeholder, new_slice, owned_by

DEFAULT_MAX_ENDPOINTS = 100
"""What a slice takes; kube-controller-manager's ``--max-endpoints-per-slice``, at most 1000."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What one sync does.

    Attributes
    ----------
    changes
        Every slice that was or will be, with what is done to it.
    left_out
        The selected pods that are in no slice of some family.
    readiness
        For each pod that is an endpoint, by its name, whether new connections go to it, and what decided.
    """

    changes: tuple[SliceChange, ...]
    left_out: tuple[LeftOut, ...] = ()
    readiness: Mapping[str, Readiness] = field(default_factory=dict)

    @property
    def slices(self) -> tuple[EndpointSlice, ...]:
        """The slices afterwards."""
        return tuple(item.slice for item in self.changes if item.change is not Change.DELETE)

    @property
    def error(self) -> str:
        """What the sync returns, each message once; empty if nothing went wrong."""
        messages = list(dict.fromkeys(item.error for item in self.left_out if item.error))
        return messages[0] if len(messages) == 1 else f"[{', '.join(messages)}]" if messages else ""


def reconcile(
    service: Service,
    pods: Iterable[Pod],
    nodes: Iterable[Node] = (),
    existing: Iterable[EndpointSlice] = (),
    max_endpoints: int = DEFAULT_MAX_ENDPOINTS,
) -> Reconciliation:
    """What the EndpointSlice controller does for `service`.

    Parameters
    ----------
    service
        As the API server stored it. Without a selector its slices are left alone: somebody else writes them.
    pods
        All pods; those that the Service selects count.
    nodes
        Where zones come from. A pod on a node that is not among them is skipped, and the sync fails.
    existing
        The slices that the controller made for the Service before.
    max_endpoints
        How many endpoints a slice takes.

    Raises
    ------
    FieldError
        `max_endpoints` is out of range, or a pod's address is none.
    """
    if not 1 <= max_endpoints <= 1000:
        raise invalid("maxEndpointsPerSlice", max_endpoints, "must be between 1 and 1000, inclusive")
    before = tuple(existing)
    if not service.spec.selector:
        return Reconciliation(tuple(SliceChange(Change.NONE, old) for old in before))
    chosen, by_name, types = selected_pods(service, pods), {node.name: node for node in nodes}, address_types(service)
    changes: list[SliceChange] = []
    skipped: list[LeftOut] = []
    for family in types:
        own = [old for old in before if old.address_type == family]
        groups, out = grouped(service, chosen, by_name, family)
        changes += _reconciled(service, family, own, groups, max_endpoints)
        skipped += out
    lost = _("the Service has no address of this family any more")
    changes += [SliceChange(Change.DELETE, old, (lost,)) for old in before if old.address_type not in types]
    result = Reconciliation(tuple(changes), tuple(dict.fromkeys(skipped)))
    listed = {item.target_ref.name for each in result.slices for item in each.endpoints if item.target_ref is not None}
    return replace(result, readiness={pod.name: readiness(pod, service) for pod in chosen if pod.name in listed})


def _reconciled(
    service: Service,
    family: str,
    existing: list[EndpointSlice],
    groups: Mapping[PortSet, Group],
    max_endpoints: int,
) -> list[SliceChange]:
    changes = []
    own: dict[PortSet, list[EndpointSlice]] = {}
    for old in existing:
        if owned_by(old, service):
            own.setdefault(port_set(old.ports), []).append(old)
        else:
            changes.append(SliceChange(Change.DELETE, old, (_("another Service object owns it"),)))
    for ports, group in groups.items():
        empty = new_slice(service, family, group.ports)
        changes += pack(service, own.get(ports, ()), group.endpoints, empty, max_endpoints)
    unused = _("no pod has these ports any more")
    changes += [
        SliceChange(Change.DELETE, old, (unused,)) for ports, olds in own.items() if ports not in groups for old in olds
    ]
    changes = _with_placeholder(service, family, changes)
    wanted = distribution(service)
    return _recycled(service, [with_hints(item, wanted) for item in changes])


def _with_placeholder(service: Service, family: str, changes: list[SliceChange]) -> list[SliceChange]:
    """A Service without any slice gets an empty one, so that readers can tell "none" from "not yet"."""
    if any(item.change is not Change.DELETE for item in changes):
        return changes
    if len(changes) == 1 and is_placeholder(changes[0].slice, service):
        return [SliceChange(Change.NONE, changes[0].slice)]
    placeholder = new_slice(service, family, ())
    return [*changes, SliceChange(Change.CREATE, placeholder, (_("a Service without endpoints has one empty slice"),))]


def _recycled(service: Service, changes: list[SliceChange]) -> list[SliceChange]:
    """Instead of a deletion and a creation, one update; and nothing is created for a Service that is being deleted."""
    created = [item for item in changes if item.change is Change.CREATE]
    recycled = []
    for item in changes:
        if item.change is Change.DELETE and created and owned_by(item.slice, service):
            taken = created.pop()
            recycled.append(_under_name_of(item, taken))
        elif item.change is not Change.CREATE:
            recycled.append(item)
    return recycled if service.metadata.deletion_timestamp else recycled + created


def _under_name_of(deleted: SliceChange, created: SliceChange) -> SliceChange:
    metadata = replace(created.slice.metadata, name=deleted.slice.name)
    reasons = (*deleted.reasons, _("it is used again instead of a new slice"), *created.reasons)
    return SliceChange(Change.UPDATE, replace(created.slice, metadata=metadata), reasons)
