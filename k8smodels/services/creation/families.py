"""Which families of addresses a Service has: what it says, checked and completed.

References
----------
pkg/registry/core/service/storage/alloc.go: initIPFamilyFields; pkg/apis/core/validation/validation.go:
ValidateServiceClusterIPsRelatedFields (v1.37)
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import replace

from k8smodels.api.errors import FieldError, InvalidObject, duplicate, invalid, required, unsupported
from k8smodels.api.service import Service, ServiceSpec
from k8smodels.services.addresses import family_of, ip_problem, parse_ip
from k8smodels.services.creation.pools import Pools
from k8smodels.services.types import EXTERNAL_NAME

FAMILIES = ("IPv4", "IPv6")
SINGLE, PREFER, REQUIRE = "SingleStack", "PreferDualStack", "RequireDualStack"


def with_families(service: Service, pools: Pools) -> Service:
    """`service` with ``ipFamilyPolicy`` and ``ipFamilies``, from what it asks for and what the cluster has.

    Raises
    ------
    InvalidObject
        What it says contradicts itself, or the cluster.
    """
    if service.spec.type == EXTERNAL_NAME:
        return service
    without_selector = service.spec.cluster_ip == "None" and not service.spec.selector
    policy = service.spec.ip_family_policy
    if policy is None:
        policy = REQUIRE if without_selector else SINGLE
    service = replace(service, spec=replace(service.spec, ip_family_policy=policy))
    _refuse(service, [*cluster_ip_errors(service.spec)])
    _refuse(service, [*_policy_errors(service.spec), *_unconfigured_ip_errors(service.spec, pools.cluster_ips)])
    families = _families_of_ips(service.spec)
    if not without_selector:
        _refuse(service, [*_cluster_errors(policy, families, pools.cluster_ips)])
    families = families or (pools.default_family,)
    if policy != SINGLE and len(families) == 1 and (without_selector or len(pools.cluster_ips) == 2):
        families = (families[0], "IPv6" if families[0] == "IPv4" else "IPv4")
    return replace(service, spec=replace(service.spec, ip_families=families))


def cluster_ip_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    """What is wrong with the addresses and families that a Service asks for, whatever the cluster has."""
    if spec.type == EXTERNAL_NAME:
        return
    listed = list(spec.cluster_ips)
    if spec.cluster_ip and not listed:
        yield required("spec.clusterIPs")
    elif spec.cluster_ip and listed[0] != spec.cluster_ip:
        yield invalid("spec.clusterIPs", listed, "first value must match `clusterIP`")
    elif listed and not spec.cluster_ip:
        yield invalid("spec.clusterIPs", listed, "must be empty when `clusterIP` is not specified")
    yield from _family_errors(spec)
    malformed = [*_address_errors(spec)]
    yield from malformed
    if len(listed) > 2:
        yield invalid("spec.clusterIPs", listed, "may only hold up to 2 values")
    if not malformed:
        yield from _match_errors(spec)


def _family_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    for i, family in enumerate(spec.ip_families):
        if family not in FAMILIES:
            yield unsupported(f"spec.ipFamilies[{i}]", family, FAMILIES)
        if family in spec.ip_families[:i]:
            yield duplicate(f"spec.ipFamilies[{i}]", family)
    if spec.ip_family_policy is not None and spec.ip_family_policy not in (SINGLE, PREFER, REQUIRE):
        yield unsupported("spec.ipFamilyPolicy", spec.ip_family_policy, (SINGLE, PREFER, REQUIRE))


def _address_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    for i, text in enumerate(spec.cluster_ips):
        if i == 0 and text == "None":
            if len(spec.cluster_ips) > 1:
                yield invalid("spec.clusterIPs", list(spec.cluster_ips), "'None' must be the first and only value")
        elif problem := ip_problem(text):
            yield invalid(f"spec.clusterIPs[{i}]", text, problem)


def _match_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    """At most one address of each family, and each of the family that stands at its place."""
    if spec.cluster_ips == ("None",):
        return
    found = [_family(text) for text in spec.cluster_ips]
    if len(found) > 1 and len(set(found)) < 2:
        problem = "may specify no more than one IP for each IP family"
        yield invalid("spec.clusterIPs", list(spec.cluster_ips), problem)
    for i, (text, family, wanted) in enumerate(zip(spec.cluster_ips, found, spec.ip_families, strict=False)):
        if wanted in FAMILIES and family != wanted:
            problem = f"expected an {wanted} value as indicated by `ipFamilies[{i}]`"
            yield invalid(f"spec.clusterIPs[{i}]", text, problem)


def _policy_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    named = ((spec.cluster_ips, "cluster IPs"), (spec.ip_families, "IP families"))
    for values, words in named if spec.ip_family_policy == SINGLE else ():
        if len(values) == 2:
            problem = f"must be 'RequireDualStack' or 'PreferDualStack' when multiple {words} are specified"
            yield invalid("spec.ipFamilyPolicy", spec.ip_family_policy, problem)


def _unconfigured_ip_errors(spec: ServiceSpec, configured: Container[str]) -> Iterator[FieldError]:
    for i, text in enumerate(spec.cluster_ips):
        if text == "None":
            return
        if i >= len(spec.ip_families) and _family(text) not in configured:
            problem = f"{_family(text)} is not configured on this cluster"
            yield invalid(f"spec.clusterIPs[{i}]", list(spec.cluster_ips), problem)


def _families_of_ips(spec: ServiceSpec) -> tuple[str, ...]:
    """The families asked for, and those of addresses beyond them."""
    beyond = spec.cluster_ips[len(spec.ip_families) :]
    return (*spec.ip_families, *(_family(text) for text in beyond if text != "None"))


def _cluster_errors(policy: str, families: tuple[str, ...], configured: Container[str]) -> Iterator[FieldError]:
    if policy == REQUIRE and not all(family in configured for family in FAMILIES):
        yield invalid("spec.ipFamilyPolicy", policy, "this cluster is not configured for dual-stack services")
    for i, family in enumerate(families):
        if family not in configured:
            yield invalid(f"spec.ipFamilies[{i}]", family, "not configured on this cluster")


def _family(text: str) -> str:
    address = parse_ip(text)
    return family_of(address) if address is not None else ""


def _refuse(service: Service, errors: list[FieldError]) -> None:
    if errors:
        raise InvalidObject("Service", service.name, errors)
