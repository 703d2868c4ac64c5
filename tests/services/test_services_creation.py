"""What the API server makes of a new Service: what it fills in, gives, refuses and warns of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import DecodeError, FieldError, InvalidObject
from k8smodels.api.service import Service
from k8smodels.services.creation import AllocationFailed, Created, Pools, create_service, default_service

DUAL = Pools.of("10.96.0.0/16", "fd00:10:96::/112")
SINGLE = Pools.of("10.96.0.0/24")


def written(name: str = "web", annotations: dict[str, str] | None = None, **spec: Any) -> Service:
    base = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    metadata = {"name": name, "annotations": annotations or {}}
    return Service.from_json({"metadata": metadata, "spec": base | spec})


def stored(pools: Pools = DUAL, **spec: Any) -> Created:
    return create_service(written(**spec), pools)


def refused(pools: Pools = DUAL, **spec: Any) -> list[str]:
    with pytest.raises(InvalidObject) as error:
        create_service(written(**spec), pools)
    return [str(each) for each in error.value.errors]


def test_what_is_not_said_is_filled_in() -> None:
    spec = stored().service.spec
    port = spec.ports[0]
    assert (spec.type, spec.session_affinity, spec.internal_traffic_policy) == ("ClusterIP", "None", "Cluster")
    assert (spec.ip_families, spec.ip_family_policy) == (("IPv4",), "SingleStack")
    assert (port.protocol, port.target_port, port.node_port) == ("TCP", 80, 0)


def test_client_ip_affinity_lasts_three_hours() -> None:
    config = stored(sessionAffinity="ClientIP").service.spec.session_affinity_config
    assert config is not None
    assert config.client_ip is not None
    assert config.client_ip.timeout_seconds == 10800


@settings(deadline=None)
@given(kind=st.sampled_from(["", "ClusterIP", "NodePort", "LoadBalancer"]), policy=st.sampled_from(["", "Local"]))
def test_defaulting_twice_changes_nothing_more(kind: str, policy: str) -> None:
    once = default_service(written(type=kind, externalTrafficPolicy=policy))
    assert default_service(once) == once


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]), max_size=12), st.integers())
def test_no_two_services_have_an_address_or_a_node_port_in_common(kinds: list[str], seed: int) -> None:
    pools, addresses, ports = Pools.of("10.96.0.0/28", node_ports="30000-30030"), [], []
    for i, kind in enumerate(kinds):
        created = create_service(written(f"web-{i}", type=kind), pools, seed)
        pools = created.pools
        addresses += created.service.spec.cluster_ips
        ports += [port.node_port for port in created.service.spec.ports if port.node_port]
    assert len(set(addresses)) == len(kinds)
    assert len(set(ports)) == len(ports) == sum(kind != "ClusterIP" for kind in kinds)


def test_a_refused_service_takes_nothing() -> None:
    pools = Pools.of("10.96.0.0/30")
    for _ in range(5):
        assert refused(pools, sessionAffinity="Cookie")
    assert pools.cluster_ips["IPv4"].range.free == 2


def test_an_empty_pool_is_an_internal_error() -> None:
    pools = stored(Pools.of("10.96.0.0/30")).pools
    pools = stored(pools).pools
    wanted = 'Internal error occurred: failed to allocate a serviceIP for Service "web": range is full'
    with pytest.raises(AllocationFailed) as error:
        stored(pools)
    assert str(error.value) == wanted


@pytest.mark.parametrize(
    ("spec", "families"),
    [
        ({}, ("IPv4",)),
        ({"ipFamilyPolicy": "PreferDualStack"}, ("IPv4", "IPv6")),
        ({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6"]}, ("IPv6", "IPv4")),
        ({"clusterIP": "fd00:10:96::10"}, ("IPv6",)),
        ({"clusterIP": "None"}, ("IPv4",)),
        ({"clusterIP": "None", "selector": {}}, ("IPv4", "IPv6")),
        ({"type": "ExternalName", "externalName": "db.example.com", "ports": []}, ()),
    ],
)
def test_the_families_of_a_service(spec: dict[str, Any], families: tuple[str, ...]) -> None:
    assert stored(**spec).service.spec.ip_families == families


def test_a_cluster_of_one_family_has_no_services_of_two() -> None:
    assert stored(SINGLE, ipFamilyPolicy="PreferDualStack").service.spec.ip_families == ("IPv4",)
    problem = (
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'
    )
    assert refused(SINGLE, ipFamilyPolicy="RequireDualStack") == [problem]
    assert refused(SINGLE, ipFamilies=["IPv6"]) == [
        'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'
    ]
    assert refused(SINGLE, clusterIP="fd00::1") == [
        'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'
    ]


def test_an_error_of_allocation_comes_first_and_alone() -> None:
    both_wrong = {"type": "NodePort", "ports": [{"port": 80, "nodePort": 80}], "sessionAffinity": "Cookie"}
    problem = "provided port is not in the valid range. The range of valid ports is 30000-32767"
    assert refused(**both_wrong) == [f"spec.ports[0].nodePort: Invalid value: 80: {problem}"]


def test_one_port_for_two_protocols_shares_its_node_port() -> None:
    ports = [{"name": "a", "port": 53, "protocol": "TCP"}, {"name": "b", "port": 53, "protocol": "UDP"}]
    first, second = stored(type="NodePort", ports=ports).service.spec.ports
    assert first.node_port == second.node_port != 0


def test_a_load_balancer_can_do_without_node_ports_but_keeps_those_asked_for() -> None:
    ports = [{"name": "a", "port": 80}, {"name": "b", "port": 81, "nodePort": 30081}]
    spec = stored(type="LoadBalancer", allocateLoadBalancerNodePorts=False, ports=ports).service.spec
    assert [port.node_port for port in spec.ports] == [0, 30081]


def test_a_local_load_balancer_gets_a_port_for_health_checks() -> None:
    spec = stored(type="LoadBalancer", externalTrafficPolicy="Local").service.spec
    assert 30000 <= spec.health_check_node_port <= 32767
    with pytest.raises(AllocationFailed, match="failed to allocate requested HealthCheck NodePort 80: provided port"):
        stored(type="LoadBalancer", externalTrafficPolicy="Local", healthCheckNodePort=80)


def test_all_errors_of_validation_come_at_once() -> None:
    found = refused(ports=[{"port": 0}, {"port": 443}], externalTrafficPolicy="Local", trafficDistribution="Nearby")
    assert [each.partition(":")[0] for each in found] == [
        "spec.ports[0].name",
        "spec.ports[0].port",
        "spec.ports[0].targetPort",
        "spec.ports[1].name",
        "spec.externalTrafficPolicy",
        "spec.trafficDistribution",
    ]


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"externalIPs": ["127.0.0.1"]}, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        ({"externalIPs": ["::"]}, "may not be unspecified (::)"),
        ({"externalIPs": ["224.0.0.5"]}, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
        ({"externalIPs": ["fe80::1"]}, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        ({"externalIPs": ["010.0.0.1"]}, "must not have leading 0s"),
        ({"externalIPs": ["::ffff:1.2.3.4"]}, "must not be an IPv4-mapped IPv6 address"),
        ({"externalIPs": ["fe80::1%eth0"]}, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
    ],
)
def test_an_address_that_cannot_be_outside_is_refused(spec: dict[str, Any], problem: str) -> None:
    (found,) = refused(**spec)
    assert found.endswith(problem)


def test_annotations_of_topology_must_agree() -> None:
    both = {"service.kubernetes.io/topology-aware-hints": "Auto", "service.kubernetes.io/topology-mode": "Disabled"}
    (found,) = refused(annotations=both)
    assert found.startswith('metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Disabled"')


def test_source_ranges_may_stand_in_an_annotation() -> None:
    name = "service.beta.kubernetes.io/load-balancer-source-ranges"
    assert stored(type="LoadBalancer", annotations={name: "10.0.0.0/8, 192.0.2.0/24"}).warnings == ()
    found = refused(annotations={name: "10.0.0.1/8"})
    assert [each.removeprefix(f"metadata.annotations[{name}]: ").partition(":")[0] for each in found] == [
        "Forbidden",
        "Invalid value",
    ]


@pytest.mark.parametrize(
    ("spec", "warnings"),
    [
        ({"trafficDistribution": "PreferClose"}, ["PreferClose"]),
        ({"externalIPs": ["192.0.2.1"]}, ["spec.externalIPs is deprecated"]),
        ({"externalIPs": ["192.0.2.1"], "clusterIP": "None"}, ["spec.externalIPs is ignored for headless services"]),
        ({"sessionAffinity": "ClientIP", "clusterIP": "None"}, ["spec.SessionAffinity is ignored"]),
        ({"externalName": "db.example.com"}, ["spec.externalName is ignored when spec.type is not"]),
        ({"loadBalancerIP": "010.0.0.1"}, ['non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"']),
        ({"clusterIP": "fd00:10:96:0::10"}, ['should be in RFC 5952 canonical format ("fd00:10:96::10")']),
        ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["FD00::/8"]}, ['canonical format ("fd00::/8")']),
    ],
)
def test_what_is_stored_with_a_warning(spec: dict[str, Any], warnings: list[str]) -> None:
    found = stored(**spec).warnings
    assert len(found) == len(warnings)
    assert all(wanted in got for wanted, got in zip(warnings, found, strict=True))


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DecodeError, match=r'Service "web": strict decoding error: unknown field "spec\.selectors"'):
        stored(selectors={"app": "web"})


@pytest.mark.parametrize("cidrs", [(), ("10.0.0.0/24", "10.1.0.0/24")])
def test_a_cluster_has_one_range_or_one_of_each_family(cidrs: tuple[str, ...]) -> None:
    with pytest.raises(FieldError, match=r"^spec\.cidrs: "):
        Pools.of(*cidrs)
