"""The status of a load balancer: what a cloud's controller reports, and what the API server accepts of it.

References
----------
pkg/apis/core/validation/validation.go: ValidateLoadBalancerStatus; pkg/apis/core/v1/defaults.go: SetDefaults_Service
(v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from k8smodels.api.dns_names import dns_subdomain_problems
from k8smodels.api.errors import FieldError, InvalidObject, forbidden, invalid, unsupported
from k8smodels.api.service import LoadBalancerIngress, LoadBalancerStatus, Service
from k8smodels.services.addresses import ip_problem, parse_ip
from k8smodels.services.types import LOAD_BALANCER

IP_MODES = ("Proxy", "VIP")


def with_ingress(service: Service, ingress: Iterable[LoadBalancerIngress]) -> Service:
    """`service` with the addresses at which its load balancer answers.

    An address that does not say how it is used gets ``ipMode: VIP``: packets reach the node with it as their
    destination, so that kube-proxy takes them for the Service's own.

    Raises
    ------
    InvalidObject
        The API server would refuse the status: all errors at once.
    """
    balanced = service.spec.type == LOAD_BALANCER
    filled = tuple(_defaulted(item) if balanced else item for item in ingress)
    errors = list(_errors(service, filled))
    if errors:
        raise InvalidObject("Service", service.name, errors)
    status = replace(service.status, load_balancer=LoadBalancerStatus(ingress=filled))
    return replace(service, status=status)


def _defaulted(ingress: LoadBalancerIngress) -> LoadBalancerIngress:
    return replace(ingress, ip_mode="VIP") if ingress.ip and ingress.ip_mode is None else ingress


def _errors(service: Service, ingress: tuple[LoadBalancerIngress, ...]) -> Iterator[FieldError]:
    path = "status.loadBalancer.ingress"
    if service.spec.type != LOAD_BALANCER:
        if ingress:
            yield forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")
        return
    for i, item in enumerate(ingress):
        yield from _ingress_errors(item, f"{path}[{i}]")


def _ingress_errors(item: LoadBalancerIngress, path: str) -> Iterator[FieldError]:
    if item.ip and (problem := ip_problem(item.ip)):
        yield invalid(f"{path}.ip", item.ip, problem)
    if item.ip_mode is not None and not item.ip:
        yield forbidden(f"{path}.ipMode", "may not be specified when `ip` is not set")
    elif item.ip_mode is not None and item.ip_mode not in IP_MODES:
        yield unsupported(f"{path}.ipMode", item.ip_mode, IP_MODES)
    if item.hostname:
        yield from (invalid(f"{path}.hostname", item.hostname, each) for each in dns_subdomain_problems(item.hostname))
        if parse_ip(item.hostname) is not None:
            yield invalid(f"{path}.hostname", item.hostname, "must be a DNS name, not an IP address")
