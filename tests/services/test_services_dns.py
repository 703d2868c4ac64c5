"""What the cluster's DNS server answers, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service_objects import NODES, pod, service

from k8smodels.api.service import Service
from k8smodels.services.dns import Answer, ClusterDNS, ResourceRecord, answer
from k8smodels.services.endpoints import reconcile

D = ".ns.svc.cluster.local."


def outside(name: str, type_: str) -> tuple[ResourceRecord, ...]:
    known = name == "db.example.com." and type_ == "A"
    return (ResourceRecord(name, 60, "A", "198.51.100.7"),) if known else ()


def server(*services: Service, pods: Any = ()) -> ClusterDNS:
    slices = [item for owner in services for item in reconcile(owner, pods, NODES).slices]
    return ClusterDNS.of([*services, *slices], upstream=outside)


def named(name: str, **spec: Any) -> Service:
    base = service(**spec)
    return replace(base, metadata=replace(base.metadata, name=name))


def values(given_: Answer) -> list[str]:
    return [record.value for record in given_.answer]


WEB = service(ipFamilies=["IPv4", "IPv6"], clusterIPs=["10.96.0.10", "fd00:10:96::a"])
HEADLESS = service(clusterIP="None", clusterIPs=["None"])
STATEFUL = [pod(i, hostname=f"web-{i}", subdomain="web", ready=i != 2) for i in range(3)]


def test_a_service_with_an_address_needs_no_endpoints() -> None:
    assert values(answer(server(WEB), "web" + D, "A")) == ["10.96.0.10"]
    assert values(answer(server(WEB), "web" + D, "AAAA")) == ["fd00:10:96::a"]


def test_a_headless_service_answers_with_its_ready_endpoints() -> None:
    dns = server(HEADLESS, pods=[pod(0), pod(1, ready=False), pod(2)])
    assert values(answer(dns, "web" + D, "A")) == ["10.244.0.1", "10.244.0.3"]


def test_a_headless_service_without_endpoints_has_no_name() -> None:
    found = answer(server(HEADLESS), "web" + D, "A")
    assert (found.rcode, found.soa, found.reason) == (
        "NXDOMAIN",
        True,
        "no ready endpoint of the Service has this name or port",
    )


def test_an_endpoint_has_its_host_name_or_its_address_for_a_name_and_never_both() -> None:
    dns = server(HEADLESS, pods=[*STATEFUL, pod(5)])
    assert values(answer(dns, "web-0.web" + D, "A")) == ["10.244.0.1"]
    assert values(answer(dns, "10-244-0-6.web" + D, "A")) == ["10.244.0.6"]
    for absent in ("10-244-0-1", "web-2", "web-9"):
        assert answer(dns, f"{absent}.web{D}", "A").rcode == "NXDOMAIN"


def test_srv_records_share_the_weight_and_bring_the_addresses() -> None:
    found = answer(server(HEADLESS, pods=STATEFUL), "_http._tcp.web" + D, "SRV")
    assert values(found) == ["0 50 8080 web-0.web" + D, "0 50 8080 web-1.web" + D]
    assert values(Answer("", found.additional)) == ["10.244.0.1", "10.244.0.2"]


def test_a_port_of_another_protocol_does_not_exist() -> None:
    assert answer(server(WEB), "_http._udp.web" + D, "SRV").rcode == "NXDOMAIN"


def test_a_name_that_exists_without_a_record_of_the_type_is_no_error() -> None:
    found = answer(server(service()), "web" + D, "AAAA")
    assert (found.rcode, found.answer, found.soa) == ("NOERROR", (), True)
    assert found.reason == "the Service has an address of its own; but there is no record of this type"


@pytest.mark.parametrize(
    ("name", "rcode", "reason"),
    [
        ("db" + D, "NXDOMAIN", "there is no Service db in the namespace"),
        ("web.other.svc.cluster.local.", "NXDOMAIN", "there is no namespace other"),
        ("web.ns.cluster.local.", "NXDOMAIN", "no name of the zone has this form"),
        ("a.b.c.web" + D, "NXDOMAIN", "no name of the zone has this form"),
        ("ns.svc.cluster.local.", "NOERROR", "the namespace exists, and has no records of its own"),
        ("example.com.", "REFUSED", "the name is in none of the server's zones"),
        ("notcluster.local.", "REFUSED", "the name is in none of the server's zones"),
    ],
)
def test_why_a_name_has_no_records(name: str, rcode: str, reason: str) -> None:
    found = answer(server(WEB), name, "A")
    assert (found.rcode, found.answer) == (rcode, ())
    assert found.reason.startswith(reason)


def test_the_case_of_a_name_does_not_matter_and_comes_back() -> None:
    (record,) = answer(server(WEB), "WEB.Ns.svc.Cluster.LOCAL.", "A").answer
    assert record.name == "WEB.Ns.svc.Cluster.LOCAL."
    (record,) = answer(server(WEB), "_http._TCP.WEB.ns.svc.Cluster.LOCAL.", "SRV").answer
    assert record.value.endswith(" web.ns.svc.Cluster.LOCAL.")


def test_an_external_name_is_an_alias_that_is_followed() -> None:
    alias = named("alias", type="ExternalName", externalName="db.example.com", clusterIP="", clusterIPs=[])
    assert values(answer(server(alias), "alias" + D, "A")) == ["db.example.com.", "198.51.100.7"]
    assert values(answer(server(alias), "alias" + D, "CNAME")) == ["db.example.com."]
    assert answer(server(alias), "alias" + D, "SRV").answer == ()


def test_aliases_in_a_circle_end() -> None:
    def alias(name: str, to: str) -> Service:
        target = f"{to}.ns.svc.cluster.local"
        return named(name, type="ExternalName", externalName=target, clusterIP="", clusterIPs=[])

    dns = server(alias("a", "b"), alias("b", "a"), alias("self", "self"))
    assert answer(dns, "a" + D, "A").answer == answer(dns, "self" + D, "A").answer == ()


def test_a_long_chain_of_aliases_ends() -> None:
    chain = [
        named(f"a{i}", type="ExternalName", externalName=f"a{i + 1}{D}", clusterIP="", clusterIPs=[]) for i in range(20)
    ]
    end = named("a9")
    assert values(answer(server(*chain[:9], end), "a0" + D, "A"))[-1] == "10.96.0.10"
    assert answer(server(*chain, named("a20")), "a0" + D, "A").answer == ()


def test_reverse_lookups_give_the_service_or_the_endpoint() -> None:
    dns = server(named("db"), HEADLESS, pods=STATEFUL)
    assert values(answer(dns, "10.0.96.10.in-addr.arpa.", "PTR")) == ["db" + D]
    # their subdomain is web, so that they have a host name below it, and none below db
    assert values(answer(dns, "1.0.244.10.in-addr.arpa.", "PTR")) == ["10-244-0-1.db" + D, "web-0.web" + D]
    assert answer(dns, "9.9.9.9.in-addr.arpa.", "PTR").rcode == "NXDOMAIN"


def test_a_reverse_lookup_of_ipv6() -> None:
    nibbles = ".".join(reversed("fd0000100096" + "0" * 19 + "a"))
    assert values(answer(server(WEB), f"{nibbles}.ip6.arpa.", "PTR")) == ["web" + D]


def test_any_address_is_the_name_of_a_pod() -> None:
    dns = server(WEB)
    assert values(answer(dns, "1-2-3-4.ns.pod.cluster.local.", "A")) == ["1.2.3.4"]
    assert values(answer(dns, "fd00--1.ns.pod.cluster.local.", "AAAA")) == ["fd00::1"]
    assert answer(dns, "01-2-3-4.ns.pod.cluster.local.", "A").rcode == "NXDOMAIN"


def test_the_zone_tells_its_version_and_its_start() -> None:
    assert values(answer(server(WEB), "dns-version.cluster.local.", "TXT")) == ['"1.1.0"']
    (soa,) = answer(server(WEB), "cluster.local.", "SOA").answer
    assert soa.value == "ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30"
    assert answer(server(WEB), "cluster.local.", "AXFR").rcode == "REFUSED"


@settings(deadline=None)
@given(st.text(max_size=40), st.sampled_from(["A", "AAAA", "SRV", "PTR", "CNAME", "TXT", "SOA", "MX", "NS", "?"]))
def test_no_name_breaks_the_server(text: str, type_: str) -> None:
    dns = server(WEB)
    for name in (
        text,
        f"{text}.cluster.local.",
        f"{text}.in-addr.arpa.",
        f"{text}.ip6.arpa.",
        f"{text}.pod.cluster.local.",
    ):
        found = answer(dns, name, type_)
        assert found.rcode in ("NOERROR", "NXDOMAIN", "REFUSED")
        assert found.reason
