"""What the API server warns of when it stores a Service.

References
----------
pkg/api/service/warnings.go; staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go: GetWarningsForIP,
GetWarningsForCIDR (v1.37)
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from k8smodels.api.service import Service
from k8smodels.services.addresses import ip_problem, parse_ip
from k8smodels.services.endpoints.hints import TOPOLOGY_HINTS, TOPOLOGY_MODE
from k8smodels.services.types import CLUSTER_IP, EXTERNAL_NAME


def service_warnings(service: Service) -> Iterator[str]:
    """The warnings of a stored Service, in the server's order."""
    spec = service.spec
    if TOPOLOGY_HINTS in service.metadata.annotations:
        yield f"annotation {TOPOLOGY_HINTS} is deprecated, please use {TOPOLOGY_MODE} instead"
    for i, text in enumerate(spec.cluster_ips if spec.cluster_ip not in ("", "None") else ()):
        yield from _ip_warnings(f"spec.clusterIPs[{i}]", text)
    yield from _ignored_when_headless(service)
    for i, text in enumerate(spec.external_ips):
        yield from _ip_warnings(f"spec.externalIPs[{i}]", text)
    if spec.external_ips and spec.type != EXTERNAL_NAME and not _is_headless(service):
        yield "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
    if spec.load_balancer_ip:
        yield from _ip_warnings("spec.loadBalancerIP", spec.load_balancer_ip)
    for i, text in enumerate(spec.load_balancer_source_ranges):
        yield from _range_warnings(f"spec.loadBalancerSourceRanges[{i}]", text)
    if spec.type == EXTERNAL_NAME and spec.external_ips:
        yield 'spec.externalIPs is ignored when spec.type is "ExternalName"'
    if spec.type != EXTERNAL_NAME and spec.external_name:
        yield 'spec.externalName is ignored when spec.type is not "ExternalName"'
    if spec.traffic_distribution == "PreferClose":
        yield 'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"'


def _is_headless(service: Service) -> bool:
    return service.spec.type == CLUSTER_IP and service.spec.cluster_ip == "None"


def _ignored_when_headless(service: Service) -> Iterator[str]:
    """The capital of SessionAffinity is the server's own."""
    spec = service.spec
    if not _is_headless(service):
        return
    if spec.load_balancer_ip:
        yield "spec.loadBalancerIP is ignored for headless services"
    if spec.external_ips:
        yield "spec.externalIPs is ignored for headless services"
    if spec.session_affinity != "None":
        yield "spec.SessionAffinity is ignored for headless services"


def _ip_warnings(path: str, text: str) -> Iterator[str]:
    address = parse_ip(text)
    if address is None:
        return
    if ip_problem(text):
        yield f'{path}: non-standard IP address "{text}" is invalid: use "{address}"'
    elif str(address) != text:
        yield f'{path}: IPv6 address "{text}" should be in RFC 5952 canonical format ("{address}")'


def _range_warnings(path: str, text: str) -> Iterator[str]:
    """Validation has refused all that is worse; a range with spaces around it is not looked at."""
    try:
        canonical = str(ipaddress.ip_network(text))
    except ValueError:
        return
    if ":" in text and canonical != text:
        yield f'{path}: IPv6 CIDR value "{text}" should be in RFC 5952 canonical format ("{canonical}")'
