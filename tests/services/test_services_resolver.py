"""The resolver of a pod: its file, the order of a lookup, and the lookup itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service_objects import service

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.services.dns import (
    ClusterDNS,
    KubeletDNS,
    ResolvConf,
    ResolvConfError,
    lookup,
    parse_resolv_conf,
    pod_resolver,
    queries,
)

HOST = "nameserver 192.0.2.53\nsearch corp.example.com\noptions timeout:2\n"
KUBELET = KubeletDNS(("10.96.0.10",), host_resolv_conf=HOST)
CLUSTER = ("ns.svc.cluster.local", "svc.cluster.local", "cluster.local", "corp.example.com")

domain = st.from_regex(r"[a-z]{1,5}(\.[a-z]{1,5}){0,3}", fullmatch=True)
long_domain = st.builds(lambda letter, length: letter * length, st.sampled_from("abcdef"), st.integers(1, 256))


def client(**spec: Any) -> Pod:
    return Pod.from_json({"metadata": {"name": "client", "namespace": "ns", "uid": "u"}, "spec": spec})


@pytest.mark.parametrize(
    ("spec", "servers", "searches", "options"),
    [
        ({}, ("10.96.0.10",), CLUSTER, ("ndots:5",)),
        ({"hostNetwork": True}, ("192.0.2.53",), ("corp.example.com",), ("timeout:2",)),
        ({"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, ("10.96.0.10",), CLUSTER, ("ndots:5",)),
        ({"dnsPolicy": "Default"}, ("192.0.2.53",), ("corp.example.com",), ("timeout:2",)),
        ({"dnsPolicy": "None"}, (), (), ()),
    ],
)
def test_the_policy_decides_what_the_file_is_based_on(
    spec: dict[str, Any], servers: tuple[str, ...], searches: tuple[str, ...], options: tuple[str, ...]
) -> None:
    assert pod_resolver(client(**spec), KUBELET).conf == ResolvConf(servers, searches, options)


def test_dns_config_adds_once_and_its_options_win() -> None:
    config = {
        "nameservers": ["10.96.0.10", "1.1.1.1"],
        "searches": ["cluster.local", "my.domain"],
        "options": [{"name": "ndots", "value": "1"}, {"name": "edns0"}],
    }
    conf = pod_resolver(client(dnsConfig=config), KUBELET).conf
    assert conf == ResolvConf(("10.96.0.10", "1.1.1.1"), (*CLUSTER, "my.domain"), ("ndots:1", "edns0"))


def test_without_cluster_dns_the_nodes_file_is_used_and_said_so() -> None:
    found = pod_resolver(client(), KubeletDNS(host_resolv_conf=HOST))
    assert found.based_on == "Default"
    assert [event.reason for event in found.events] == ["MissingClusterDNS"] * 2
    assert found.events[1].message.startswith('pod: "client_ns(u)". kubelet does not have')


def test_without_any_file_of_the_node_the_pod_asks_itself() -> None:
    kubelet = KubeletDNS(host_resolv_conf=None, node_ips=("192.0.2.1", "fd00::1"))
    assert pod_resolver(client(dnsPolicy="Default"), kubelet).conf == ResolvConf(("127.0.0.1", "::1"), (".",))


@settings(deadline=None)
@given(st.lists(long_domain, max_size=40))
def test_the_search_list_keeps_its_limits_and_its_order(searches: list[str]) -> None:
    found = pod_resolver(client(dnsPolicy="None", dnsConfig={"searches": searches}), KUBELET)
    kept = found.conf.searches
    assert len(kept) <= 32
    assert len(" ".join(kept)) <= 2048
    assert all(len(each) <= 253 for each in kept)
    wanted = list(dict.fromkeys(searches))
    assert [each for each in wanted if each in kept] == list(kept)
    assert bool(found.events) == (list(kept) != wanted)


def test_more_than_three_servers_are_cut_with_a_warning() -> None:
    servers = [f"192.0.2.{i}" for i in range(5)]
    found = pod_resolver(client(dnsPolicy="None", dnsConfig={"nameservers": servers}), KUBELET)
    assert found.conf.nameservers == tuple(servers[:3])
    assert found.events[0].message.endswith("the applied nameserver line is: 192.0.2.0 192.0.2.1 192.0.2.2")


def test_a_file_is_read_as_the_kubelet_does() -> None:
    text = "# x\n; y\nsearch a.example\nnameserver 192.0.2.1 # z\nsearch b.example. .\n"
    text += "options ndots:2 rotate\noptions ndots:3\n"
    assert parse_resolv_conf(text) == ResolvConf(("192.0.2.1",), ("b.example",), ("ndots:3", "rotate"))


@settings(deadline=None)
@given(st.lists(domain, max_size=4), st.lists(domain, unique=True, max_size=4), st.integers(0, 20))
def test_a_file_that_is_written_is_read_again(servers: list[str], searches: list[str], ndots: int) -> None:
    conf = ResolvConf(tuple(servers), tuple(searches), (f"ndots:{ndots}",))
    assert parse_resolv_conf(str(conf)) == conf
    assert conf.ndots == min(ndots, 15)


def test_a_file_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ResolvConfError, match="nameserver list is empty"):
        parse_resolv_conf("nameserver\n")
    with pytest.raises(ResolvConfError, match="limit reached"):
        parse_resolv_conf("#" * (10 * 2**20 + 1))
    with pytest.raises(FieldError, match=r'clusterDNS\[0\]: Invalid value: "dns"'):
        pod_resolver(client(), KubeletDNS(("dns",)))


@settings(deadline=None)
@given(name=domain, searches=st.lists(domain, max_size=5), ndots=st.integers(0, 5))
def test_a_lookup_tries_the_domains_in_order_and_the_name_itself_once(
    name: str, searches: list[str], ndots: int
) -> None:
    asked = queries(name, ResolvConf(searches=tuple(searches), options=(f"ndots:{ndots}",)))
    own = f"{name}."
    place = 0 if name.count(".") >= ndots else len(asked) - 1
    assert asked[place] == own
    assert asked[:place] + asked[place + 1 :] == [f"{name}.{each}." for each in searches]
    assert queries(own, ResolvConf(searches=tuple(searches))) == [own]


def test_a_lookup_stops_at_the_first_name_with_addresses() -> None:
    dns = ClusterDNS.of([service()])
    found = lookup(dns, "web.ns", ResolvConf(("10.96.0.10",), CLUSTER, ("ndots:5",)))
    assert found.addresses == ("10.96.0.10",)
    assert found.found == "web.ns.svc.cluster.local."
    assert [(step.name, step.type, step.answer.rcode) for step in found.steps] == [
        ("web.ns.ns.svc.cluster.local.", "A", "NXDOMAIN"),
        ("web.ns.ns.svc.cluster.local.", "AAAA", "NXDOMAIN"),
        ("web.ns.svc.cluster.local.", "A", "NOERROR"),
        ("web.ns.svc.cluster.local.", "AAAA", "NOERROR"),
    ]


def test_a_name_outside_is_tried_with_every_domain_first() -> None:
    found = lookup(ClusterDNS.of([]), "example.com", ResolvConf(searches=CLUSTER, options=("ndots:5",)))
    assert found.addresses == ()
    assert found.found == ""
    assert [step.name for step in found.steps[::2]][-2:] == ["example.com.corp.example.com.", "example.com."]
    assert found.steps[-1].answer.reason == "no server outside of the cluster knows the name"


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64, ".".join(["x" * 60] * 5)])
def test_a_name_that_dns_cannot_carry_is_not_asked(name: str) -> None:
    assert lookup(ClusterDNS.of([]), name, ResolvConf(searches=("a.example",))).steps == ()
