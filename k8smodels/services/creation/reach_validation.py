"""What the API server refuses in the fields that say who may reach a Service, and through what.

References
----------
pkg/apis/core/validation/validation.go: validateService, validateLoadBalancerClassField,
validateServiceExternalTrafficPolicy, validateServiceInternalTrafficFieldsValue, validateServiceTrafficDistribution
(v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.errors import FieldError, forbidden, invalid, required, unsupported
from k8smodels.api.gotext import quote
from k8smodels.api.service import Service, ServiceSpec
from k8smodels.network.policy.addresses import cidr_problem
from k8smodels.services.creation.port_validation import PORT_RANGE, qualified_name_errors
from k8smodels.services.endpoints.hints import DISTRIBUTIONS
from k8smodels.services.types import (
    CLUSTER_IP,
    LOAD_BALANCER,
    NODE_PORT,
    externally_accessible,
    needs_health_check,
)

RANGES_ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges"
_ONLY_BALANCERS = "may only be used when `type` is 'LoadBalancer'"
_POLICIES = ("Cluster", "Local")


def source_range_errors(service: Service) -> Iterator[FieldError]:
    """The clients that a balancer lets in, by the field or the older annotation; spaces around them are allowed.

    The capital of the field's path is the server's own.
    """
    ranges, annotation = service.spec.load_balancer_source_ranges, service.metadata.annotations.get(RANGES_ANNOTATION)
    path = "spec.LoadBalancerSourceRanges" if ranges else f"metadata.annotations[{RANGES_ANNOTATION}]"
    if (ranges or annotation is not None) and service.spec.type != LOAD_BALANCER:
        yield forbidden(path, _ONLY_BALANCERS)
    if ranges:
        listed = [(f"{path}[{i}]", text.strip()) for i, text in enumerate(ranges)]
    else:
        texts = (annotation or "").strip()
        listed = [(path, text.strip()) for text in texts.split(",")] if texts else []
    for here, text in listed:
        if problem := cidr_problem(text):
            yield invalid(here, text, problem)


def balancer_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    """Fields that only a ``LoadBalancer`` has."""
    if spec.type == LOAD_BALANCER:
        if spec.allocate_load_balancer_node_ports is None:
            yield required("allocateLoadBalancerNodePorts")
        if spec.load_balancer_class is not None:
            yield from qualified_name_errors(spec.load_balancer_class, "spec.loadBalancerClass")
        return
    if spec.allocate_load_balancer_node_ports is not None:
        yield forbidden("spec.allocateLoadBalancerNodePorts", _ONLY_BALANCERS)
    if spec.load_balancer_class is not None:
        yield forbidden("spec.loadBalancerClass", _ONLY_BALANCERS)


def external_traffic_errors(service: Service) -> Iterator[FieldError]:
    """``externalTrafficPolicy``, and the port at which nodes say whether they have endpoints."""
    policy, port = service.spec.external_traffic_policy, service.spec.health_check_node_port
    path = "spec.externalTrafficPolicy"
    if not externally_accessible(service):
        if policy:
            yield invalid(path, policy, "may only be set for externally-accessible services")
    elif not policy:
        yield required(path)
    elif policy not in _POLICIES:
        yield unsupported(path, policy, _POLICIES)
    path = "spec.healthCheckNodePort"
    if not needs_health_check(service):
        if port:
            problem = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
            yield invalid(path, port, problem)
    elif not port:
        yield required(path)
    elif not 1 <= port <= 65535:
        yield invalid(path, port, PORT_RANGE)


def internal_traffic_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    """``internalTrafficPolicy`` and ``trafficDistribution``."""
    policy, wanted = spec.internal_traffic_policy, spec.traffic_distribution
    if policy is None and spec.type in (CLUSTER_IP, NODE_PORT, LOAD_BALANCER):
        yield required("spec.internalTrafficPolicy")
    elif policy is not None and policy not in _POLICIES:
        yield unsupported("spec.internalTrafficPolicy", policy, _POLICIES)
    if wanted is not None and wanted not in DISTRIBUTIONS:
        # the server lists these in no order of the alphabet
        supported = "supported values: " + ", ".join(map(quote, DISTRIBUTIONS))
        yield FieldError("spec.trafficDistribution", "Unsupported value", wanted, supported)
