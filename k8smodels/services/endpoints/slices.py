"""A slice's own part: whose it is, its labels, and the empty one of a Service without endpoints.

References
----------
staging/src/k8s.io/endpointslice: utils.go (newEndpointSlice, setEndpointSliceLabels, ownedBy), reconciler.go
(placeholderSliceCompare) (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.endpoint_slice import SERVICE_NAME, EndpointPort, EndpointSlice
from k8smodels.api.meta import ObjectMeta, controller_reference
from k8smodels.api.service import Service
from k8smodels.services.addresses import family_of, parse_ip

MANAGED_BY = "endpointslice.kubernetes.io/managed-by"
CONTROLLER = "endpointslice-controller.k8s.io"
HEADLESS = "service.kubernetes.io/headless"
"""The label of slices of a Service without an address of its own; its value is empty."""

_RESERVED = frozenset({SERVICE_NAME, MANAGED_BY, HEADLESS})
_LONGEST_NAME = 253


def address_types(service: Service) -> tuple[str, ...]:
    """The families that `service` has slices of.

    A Service that the API server stored names them. Else the family of its address counts, and both if it has none.
    """
    listed = tuple(family for family in ("IPv4", "IPv6") if family in service.spec.ip_families)
    if listed:
        return listed
    address = parse_ip(service.spec.cluster_ip)
    if address is not None:
        return (family_of(address),)
    return ("IPv4", "IPv6") if service.spec.cluster_ip in ("", "None") else ("IPv4",)


def slice_labels(service: Service) -> dict[str, str]:
    """The Service's labels, and the controller's own, which win."""
    labels = _without_reserved(service.labels)
    if service.spec.cluster_ip in ("", "None"):
        labels[HEADLESS] = ""
    return labels | {SERVICE_NAME: service.name, MANAGED_BY: CONTROLLER}


def labels_differ(existing: EndpointSlice, service: Service) -> bool:
    """Whether the labels copied from the Service are stale; the controller's own are not looked at."""
    return _without_reserved(existing.labels) != _without_reserved(service.labels)


def new_slice(service: Service, family: str, ports: tuple[EndpointPort, ...]) -> EndpointSlice:
    """An empty slice of `service`; the API server makes its name from ``generateName``."""
    prefix = f"{service.name}-"
    metadata = ObjectMeta(
        namespace=service.namespace,
        generate_name=prefix if len(prefix) <= _LONGEST_NAME else service.name,
        labels=slice_labels(service),
        owner_references=(controller_reference(service),),
    )
    return EndpointSlice(metadata=metadata, address_type=family, ports=ports)


def owned_by(existing: EndpointSlice, service: Service) -> bool:
    """Whether this very Service owns the slice, and not an earlier one of the same name."""
    return any(
        owner.uid == service.metadata.uid and owner.kind == "Service" and owner.api_version == "v1"
        for owner in existing.metadata.owner_references
    )


def is_placeholder(existing: EndpointSlice, service: Service) -> bool:
    """Whether this is the slice that a Service without endpoints has: no endpoints, no ports, the right labels."""
    wanted = slice_labels(service)
    keys = {*wanted, *existing.labels}
    return (
        not existing.endpoints
        and not existing.ports
        and existing.namespace == service.namespace
        and all(existing.labels.get(key, "") == wanted.get(key, "") for key in keys)
    )


def _without_reserved(labels: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in labels.items() if key not in _RESERVED}
