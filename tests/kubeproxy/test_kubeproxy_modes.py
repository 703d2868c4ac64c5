"""IPVS and the userspace mode: shares by scheduler, what sticks, what is tried again."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxy_strategies import NODE, endpoint, endpoint_slice, service, states

from k8smodels.kubeproxy.ipvs.schedulers import Balancer, RealServer, Scheduler
from k8smodels.kubeproxy.ipvs.sync import sync
from k8smodels.kubeproxy.ipvs.text import ipset_lines, ipvsadm_lines
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.kubeproxy.userspace import BalancerError, RoundRobin

WEIGHTS = st.lists(st.integers(0, 6), min_size=1, max_size=5)


def connections(balancer: Balancer, count: int, source: str = "10.0.0.1") -> list[str | None]:
    names = []
    for _ in range(count):
        balancer, server = balancer.connect(source, "10.96.0.1")
        names.append(server and server.name)
    return names


def balancer(scheduler: Scheduler, weights: list[int]) -> Balancer:
    return Balancer(scheduler, tuple(RealServer(str(i), weight) for i, weight in enumerate(weights)))


@given(WEIGHTS)
def test_weighted_round_robin_gives_each_its_weight_in_a_whole_round(weights: list[int]) -> None:
    got = Counter(connections(balancer("wrr", weights), sum(weights)))
    assert got == Counter({str(i): weight for i, weight in enumerate(weights) if weight})


@given(WEIGHTS)
def test_round_robin_gives_all_that_are_not_drained_the_same(weights: list[int]) -> None:
    alive = [str(i) for i, weight in enumerate(weights) if weight]
    assert connections(balancer("rr", weights), 2 * len(alive)) == alive * 2


@given(st.sampled_from(["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh"]), WEIGHTS)
def test_a_drained_server_gets_nothing(scheduler: Scheduler, weights: list[int]) -> None:
    drained = {str(i) for i, weight in enumerate(weights) if not weight}
    assert not drained & set(connections(balancer(scheduler, weights), 20))
    assert connections(balancer(scheduler, [0] * len(weights)), 1) == [None]


@given(WEIGHTS)
def test_the_least_connections_per_weight_stay_balanced(weights: list[int]) -> None:
    got = Counter(connections(balancer("wlc", weights), 5 * sum(weights)))
    assert all(got[str(i)] == 5 * weight for i, weight in enumerate(weights))


@given(st.ip_addresses(v=4), WEIGHTS)
def test_hashing_by_source_always_gives_the_same(address: object, weights: list[int]) -> None:
    assert len(set(connections(balancer("sh", weights), 5, str(address)))) == 1


@given(states())
def test_every_address_of_a_service_is_a_virtual_server_and_the_text_names_them_all(state: ProxyState) -> None:
    kernel = sync(state)
    assert {server.address for server in kernel.virtual_servers} >= {f"{p.cluster_ip}:{p.port}" for p in state.ports()}
    added = [line for line in ipvsadm_lines(kernel) if line.startswith("-A")]
    assert len(added) == len(kernel.virtual_servers)
    assert sum(line.startswith("create") for line in ipset_lines(kernel)) == len(kernel.ip_sets)


def test_without_local_endpoints_ipvs_uses_those_of_other_nodes() -> None:
    ports = [{"name": "http", "port": 80, "protocol": "TCP", "nodePort": 30000}]
    local = service(0, type="NodePort", externalTrafficPolicy="Local", internalTrafficPolicy="Local", ports=ports)
    state = proxy_state([local], [endpoint_slice(0, [endpoint(1, "node-b")])], NODE)
    assert [each.address for each in sync(state).virtual_servers[0].real_servers] == ["10.0.0.1:8080"]


def test_the_userspace_proxy_tries_another_endpoint_when_one_is_dead() -> None:
    robin = RoundRobin().new_service("None").set_endpoints(["10.0.0.1:80", "10.0.0.2:80"])
    robin, connection = robin.connect("10.9.0.1:1000", dead=["10.0.0.1:80"])
    assert connection.endpoint == "10.0.0.2:80"
    assert [attempt.timeout_seconds for attempt in connection.attempts] == [0.25, 0.5]
    _, failed = robin.connect("10.9.0.1:1000", dead=["10.0.0.1:80", "10.0.0.2:80"])
    assert (failed.endpoint, failed.error, len(failed.attempts)) == (None, "failed to connect to an endpoint", 4)


@given(st.lists(st.integers(1, 9), unique=True, min_size=1), st.integers(1, 30))
def test_the_userspace_proxy_goes_round(hosts: list[int], count: int) -> None:
    robin = RoundRobin().new_service("None").set_endpoints(f"10.0.0.{host}:80" for host in hosts)
    got = []
    for _ in range(count):
        robin, address = robin.next_endpoint("10.9.0.1:1")
        got.append(address)
    order = sorted(f"10.0.0.{host}:80" for host in hosts)
    assert got == [order[i % len(order)] for i in range(count)]


def test_a_client_stays_until_its_time_is_over_and_each_use_renews_it() -> None:
    robin = RoundRobin().new_service("ClientIP", 60).set_endpoints(["10.0.0.1:80", "10.0.0.2:80"])
    robin, first = robin.next_endpoint("10.9.0.1:1")
    for _ in range(3):
        robin, again = robin.advance(59).next_endpoint("10.9.0.1:2")
        assert again == first
    robin, later = robin.advance(60).clean_up().next_endpoint("10.9.0.1:3")
    assert later != first


def test_who_asks_before_there_is_anything_is_told_what_is_missing() -> None:
    with pytest.raises(BalancerError, match="missing service entry"):
        RoundRobin().next_endpoint("10.9.0.1:1")
    with pytest.raises(BalancerError, match="missing endpoints"):
        RoundRobin().new_service("None").next_endpoint("10.9.0.1:1")
