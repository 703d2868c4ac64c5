"""Hints: for which zones and nodes an endpoint is meant, by the Service's ``trafficDistribution``.

References
----------
staging/src/k8s.io/endpointslice: trafficdist/trafficdist.go, topologycache/utils.go (RemoveHintsFromSlices) (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.endpoint_slice import Endpoint, EndpointHints, EndpointSlice, ForNode, ForZone
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.services.endpoints.change import Change, SliceChange

DISTRIBUTIONS = ("PreferClose", "PreferSameZone", "PreferSameNode")
"""Values of ``trafficDistribution``; the first is an old name of the second."""

TOPOLOGY_HINTS, TOPOLOGY_MODE = "service.kubernetes.io/topology-aware-hints", "service.kubernetes.io/topology-mode"
"""Annotations of the older topology-aware routing; the first is the oldest, and wins."""


def distribution(service: Service) -> str | None:
    """The value of ``trafficDistribution`` that the controller goes by.

    The older annotation for topology-aware hints overrides it; the hints that the controller then shares out among
    zones by their CPUs are left out here.
    """
    annotations = service.metadata.annotations
    mode = annotations.get(TOPOLOGY_HINTS, annotations.get(TOPOLOGY_MODE))
    wanted = service.spec.traffic_distribution
    return wanted if wanted in DISTRIBUTIONS and mode not in ("Auto", "auto") else None


def hints(endpoint: Endpoint, wanted: str) -> EndpointHints | None:
    """The hints of a ready endpoint: its own zone if it has one, and for ``PreferSameNode`` its own node."""
    zones = (ForZone(name=endpoint.zone),) if endpoint.zone is not None else ()
    nodes = (ForNode(name=endpoint.node_name),) if wanted == "PreferSameNode" and endpoint.node_name is not None else ()
    return EndpointHints(for_zones=zones, for_nodes=nodes) if zones or nodes else None


def with_hints(item: SliceChange, wanted: str | None) -> SliceChange:
    """The change with hints set, or removed if no distribution is wanted; only wrong hints alter a slice."""
    if item.change is Change.DELETE:
        return item
    endpoints = tuple(_hinted(endpoint, wanted) for endpoint in item.slice.endpoints)
    if item.change is Change.NONE and not _wrong(item.slice, wanted):
        return item
    change = Change.UPDATE if item.change is Change.NONE else item.change
    reasons = (_("hints changed"),) if item.change is Change.NONE else ()
    return item.with_endpoints(endpoints).because(change, *reasons)


def _wrong(existing: EndpointSlice, wanted: str | None) -> bool:
    if wanted is None:
        return any(endpoint.hints is not None for endpoint in existing.endpoints)
    ready = [endpoint for endpoint in existing.endpoints if endpoint.conditions.ready]
    return any(_names(endpoint.hints) != _names(hints(endpoint, wanted)) for endpoint in ready)


def _hinted(endpoint: Endpoint, wanted: str | None) -> Endpoint:
    if wanted is None:
        return replace(endpoint, hints=None)
    return replace(endpoint, hints=hints(endpoint, wanted)) if endpoint.conditions.ready else endpoint


def _names(found: EndpointHints | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if found is None:
        return (), ()
    return tuple(item.name for item in found.for_zones), tuple(item.name for item in found.for_nodes)
