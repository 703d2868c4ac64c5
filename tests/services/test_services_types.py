"""What each type of a Service adds, and what a load balancer may report."""

from __future__ import annotations

from typing import Any

import pytest
from service_objects import service

from k8smodels.api.errors import InvalidObject
from k8smodels.api.service import LoadBalancerIngress
from k8smodels.services import ways_in, with_ingress

NODE_PORTS = {"ports": [{"name": "http", "port": 80, "nodePort": 30080}]}


def reached(**spec: Any) -> list[tuple[str, int | None]]:
    return [(way.address, way.port) for way in ways_in(service(**spec))]


def test_each_type_adds_to_the_one_before() -> None:
    inside = [("10.96.0.10", 80)]
    assert reached() == inside
    assert reached(type="NodePort", **NODE_PORTS) == [*inside, ("<node>", 30080)]
    balanced = with_ingress(service(type="LoadBalancer", **NODE_PORTS), [LoadBalancerIngress(ip="203.0.113.7")])
    assert [(way.address, way.port) for way in ways_in(balanced)] == [*inside, ("<node>", 30080), ("203.0.113.7", 80)]


def test_an_external_name_is_a_name_and_nothing_else() -> None:
    assert reached(type="ExternalName", externalName="db.example.com") == [("db.example.com", None)]


def test_a_headless_service_has_no_address() -> None:
    assert reached(clusterIP="None", clusterIPs=["None"]) == []


def test_external_addresses_are_the_authors_own() -> None:
    assert reached(externalIPs=["192.0.2.1"]) == [("10.96.0.10", 80), ("192.0.2.1", 80)]


def test_an_address_of_a_balancer_is_a_vip_unless_it_says_otherwise() -> None:
    given = [LoadBalancerIngress(ip="203.0.113.7"), LoadBalancerIngress(ip="203.0.113.8", ip_mode="Proxy")]
    balanced = with_ingress(service(type="LoadBalancer"), [*given, LoadBalancerIngress(hostname="lb.example.com")])
    assert [item.ip_mode for item in balanced.status.load_balancer.ingress] == ["VIP", "Proxy", None]
    words = [way.who for way in ways_in(balanced)[1:]]
    assert "kube-proxy handles it too" in words[0]
    assert all("kube-proxy does not know the address" in each for each in words[1:])


@pytest.mark.parametrize(
    ("kind", "ingress", "problem"),
    [
        ("ClusterIP", {"ip": "1.2.3.4"}, "ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"),
        ("LoadBalancer", {"ip": "1.2.3"}, '[0].ip: Invalid value: "1.2.3": must be a valid IP address'),
        ("LoadBalancer", {"ip_mode": "VIP"}, "[0].ipMode: Forbidden: may not be specified when `ip` is not set"),
        ("LoadBalancer", {"ip": "1.2.3.4", "ip_mode": "x"}, '"x": supported values: "Proxy", "VIP"'),
        ("LoadBalancer", {"hostname": "1.2.3.4"}, '"1.2.3.4": must be a DNS name, not an IP address'),
        ("LoadBalancer", {"hostname": "LB"}, '"LB": a lowercase RFC 1123 subdomain must consist of'),
    ],
)
def test_a_status_that_cannot_be_is_refused(kind: str, ingress: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidObject) as error:
        with_ingress(service(type=kind), [LoadBalancerIngress(**ingress)])
    assert problem in str(error.value)
