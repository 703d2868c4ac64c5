"""What the API server refuses in a new Service, in its own words.

Left out: rules for the metadata other than the name.

References
----------
pkg/apis/core/validation/validation.go: ValidateServiceCreate, validateService (v1.37, where
RelaxedServiceNameValidation is on)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.dns_names import dns_label_problems, dns_subdomain_problems
from k8smodels.api.errors import FieldError, InvalidObject, forbidden, invalid, required, unsupported
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.service import Service, ServiceSpec
from k8smodels.services.addresses import backend_ip_problems, ip_problem, parse_ip
from k8smodels.services.creation.families import cluster_ip_errors
from k8smodels.services.creation.port_validation import clashing_ports, missing_ports, port_errors
from k8smodels.services.creation.reach_validation import (
    balancer_errors,
    external_traffic_errors,
    internal_traffic_errors,
    source_range_errors,
)
from k8smodels.services.endpoints.hints import TOPOLOGY_HINTS, TOPOLOGY_MODE
from k8smodels.services.types import EXTERNAL_NAME, LOAD_BALANCER, NODE_PORT, TYPES

_MOST_AFFINITY_SECONDS = 86400


def validate_service(service: Service) -> None:
    """Refuse what the API server would refuse in a Service that has been defaulted and given its addresses.

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    if errors := list(_errors(service)):
        raise InvalidObject("Service", service.name, errors)


def _errors(service: Service) -> Iterator[FieldError]:
    spec = service.spec
    yield from _name_errors(service)
    yield from _annotation_errors(service)
    yield from missing_ports(spec)
    if spec.type in (LOAD_BALANCER, NODE_PORT) and spec.cluster_ips == ("None",):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {spec.type} services")
    elif spec.type == EXTERNAL_NAME:
        yield from _external_name_errors(spec)
    yield from port_errors(spec)
    yield from _selector_errors(spec)
    yield from _affinity_errors(spec)
    yield from cluster_ip_errors(spec)
    yield from _external_ip_errors(spec)
    if spec.type not in TYPES:
        yield unsupported("spec.type", spec.type, TYPES) if spec.type else required("spec.type")
    yield from clashing_ports(spec)
    yield from source_range_errors(service)
    yield from balancer_errors(spec)
    yield from external_traffic_errors(service)
    yield from internal_traffic_errors(spec)


def _name_errors(service: Service) -> Iterator[FieldError]:
    name = service.metadata.name
    if name:
        yield from (invalid("metadata.name", name, problem) for problem in dns_label_problems(name))
    elif not service.metadata.generate_name:
        yield required("metadata.name", "name or generateName is required")


def _annotation_errors(service: Service) -> Iterator[FieldError]:
    annotations = service.metadata.annotations
    hints, mode = annotations.get(TOPOLOGY_HINTS), annotations.get(TOPOLOGY_MODE)
    if hints is not None and mode is not None and hints != mode:
        problem = f"must match annotations[{TOPOLOGY_HINTS}] when both are specified"
        yield invalid(f"metadata.annotations[{TOPOLOGY_MODE}]", mode, problem)


def _external_name_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    not_here = "may not be set for ExternalName services"
    if spec.cluster_ips:
        yield forbidden("spec.clusterIPs", not_here)
    if spec.ip_families:
        yield forbidden("spec.ipFamilies", not_here)
    if spec.ip_family_policy is not None:
        yield forbidden("spec.ipFamilyPolicy", not_here)
    name = spec.external_name.removesuffix(".")
    if not name:
        yield required("spec.externalName")
    for problem in dns_subdomain_problems(name) if name else ():
        yield invalid("spec.externalName", name, problem)


def _selector_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    for key, value in spec.selector.items():
        yield from (invalid("spec.selector", key, problem) for problem in label_key_problems(key))
        yield from (invalid("spec.selector", value, problem) for problem in label_value_problems(value))


def _affinity_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    affinity, config = spec.session_affinity, spec.session_affinity_config
    path = "spec.sessionAffinityConfig"
    if not affinity:
        yield required("spec.sessionAffinity")
    elif affinity not in ("ClientIP", "None"):
        yield unsupported("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    elif affinity == "None":
        if config is not None:
            yield forbidden(path, "must not be set when session affinity is None")
    elif config is None:
        yield required(path, "when session affinity type is ClientIP")
    elif config.client_ip is None:
        yield required(f"{path}.clientIP", "when session affinity type is ClientIP")
    elif config.client_ip.timeout_seconds is None:
        yield required(f"{path}.clientIP.timeoutSeconds", "when session affinity type is ClientIP")
    elif not 0 < config.client_ip.timeout_seconds <= _MOST_AFFINITY_SECONDS:
        problem = f"must be greater than 0 and less than {_MOST_AFFINITY_SECONDS}"
        yield invalid(f"{path}.clientIP.timeoutSeconds", config.client_ip.timeout_seconds, problem)


def _external_ip_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    for i, text in enumerate(spec.external_ips):
        path, address = f"spec.externalIPs[{i}]", parse_ip(text)
        if problem := ip_problem(text):
            yield invalid(path, text, problem)
        elif address is not None:
            yield from (invalid(path, text, problem) for problem in backend_ip_problems(address, text))
