"""Addresses and node ports: two bands, and nothing is given twice."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.api.gotext import NumberError
from k8smodels.services.allocation import (
    AddressNotInRange,
    AddressTaken,
    AllocationError,
    ClusterIPs,
    NodePorts,
    PortNotInRange,
    PortRangeError,
    PortTaken,
    RangeFull,
)


@given(prefix=st.integers(24, 30), seed=st.integers(), asked=st.sets(st.integers(1, 3)))
@settings(max_examples=40, deadline=None)
def test_no_address_is_given_twice_and_all_are_given(prefix: int, seed: int, asked: set[int]) -> None:
    pool = ClusterIPs.of(f"10.96.0.0/{prefix}")
    given_out = []
    for number in asked & set(range(1, pool.range.size + 1)):
        given_out.append(ipaddress.ip_address(f"10.96.0.{number}"))
        pool = pool.allocate(given_out[-1])
    while pool.range.free:
        pool, address = pool.allocate_next(seed)
        given_out.append(address)
    assert sorted(map(int, given_out)) == list(range(pool.range.first, pool.range.last + 1))
    with pytest.raises(RangeFull, match="range is full"):
        pool.allocate_next(seed)


@given(size=st.integers(1, 200), seed=st.integers())
@settings(max_examples=40, deadline=None)
def test_the_lower_band_is_touched_only_when_the_upper_one_is_empty(size: int, seed: int) -> None:
    pool = NodePorts.of(f"30000-{30000 + size - 1}")
    upper = pool.range.size - pool.range.static
    ports = []
    for _ in range(size):
        pool, port = pool.allocate_next(seed)
        ports.append(port)
    assert len(set(ports)) == size
    assert not any(pool.is_static(port) for port in ports[:upper])
    assert all(pool.is_static(port) for port in ports[upper:])


@settings(deadline=None)
@given(size=st.integers(1, 70000))
def test_a_band_is_smaller_than_its_range(size: int) -> None:
    pool = NodePorts.of(f"0-{min(size, 65536) - 1}")
    assert 0 <= pool.range.static < pool.range.size


@pytest.mark.parametrize(
    ("cidr", "static", "dynamic"),
    [
        ("10.96.0.0/28", "", "10.96.0.1-10.96.0.14"),
        ("10.96.0.0/24", "10.96.0.1-10.96.0.16", "10.96.0.17-10.96.0.254"),
        ("10.96.0.0/12", "10.96.0.1-10.96.1.0", "10.96.1.1-10.111.255.254"),
        ("fd00:10:96::/112", "fd00:10:96::1-fd00:10:96::100", "fd00:10:96::101-fd00:10:96::ffff"),
        ("10.96.0.1/32", "", ""),
        ("255.255.255.255/32", "", ""),
    ],
)
def test_the_bands_of_a_cidr(cidr: str, static: str, dynamic: str) -> None:
    pool = ClusterIPs.of(cidr)
    assert (pool.static, pool.dynamic) == (static, dynamic)


def test_the_default_range_of_node_ports_keeps_86_for_requests() -> None:
    assert (NodePorts.of().static, NodePorts.of().dynamic) == ("30000-30085", "30086-32767")


def test_the_same_seed_gives_the_same_address() -> None:
    pool = ClusterIPs.of("10.96.0.0/16")
    assert pool.allocate_next(7)[1] == pool.allocate_next(7)[1]
    assert len({pool.allocate_next(seed)[1] for seed in range(20)}) > 10


def test_a_request_may_take_from_either_band_but_only_what_is_free() -> None:
    pool = ClusterIPs.of("10.96.0.0/24")
    for text in ("10.96.0.10", "10.96.0.200"):
        address = ipaddress.ip_address(text)
        with pytest.raises(AddressTaken, match="provided IP is already allocated"):
            pool.allocate(address).allocate(address)
        assert pool.allocate(address).release(address) == pool


@pytest.mark.parametrize("text", ["10.96.0.0", "10.96.0.255", "10.96.1.1", "fd00::1"])
def test_an_address_outside_is_refused_with_the_range(text: str) -> None:
    with pytest.raises(AddressNotInRange) as refused:
        ClusterIPs.of("10.96.0.0/24").allocate(ipaddress.ip_address(text))
    wanted = f"the provided IP ({text}) is not in the valid range. The range of valid IPs is 10.96.0.0/24"
    assert str(refused.value) == wanted


def test_an_address_of_another_family_frees_nothing() -> None:
    pool = ClusterIPs.of("0.0.0.0/24").allocate(ipaddress.ip_address("0.0.0.9"))
    assert pool.release(ipaddress.ip_address("::9")) == pool


def test_a_port_outside_or_taken_is_refused() -> None:
    with pytest.raises(PortNotInRange, match=r"The range of valid ports is 30000-32767$"):
        NodePorts.of().allocate(80)
    with pytest.raises(PortTaken, match=r"^provided port is already allocated$"):
        NodePorts.of().allocate(30080).allocate(30080)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("32767-30000", "end port cannot be less than start port: 32767-30000"),
        ("30000-70000", "the port range cannot be greater than 65535: 30000-70000"),
        ("30000-", 'strconv.Atoi: parsing "": invalid syntax'),
        ("1+2-3", "unable to parse port range: 1+2-3"),
        ("", "unable to parse port range: "),
        ("web", 'strconv.Atoi: parsing "web": invalid syntax'),
    ],
)
def test_what_is_no_range_of_ports_is_refused(text: str, problem: str) -> None:
    with pytest.raises((PortRangeError, NumberError)) as refused:
        NodePorts.of(text)
    assert str(refused.value) == problem


def test_other_ways_to_write_a_range() -> None:
    assert NodePorts.of("8000+99") == NodePorts.of(" 8000-8099 ")
    assert NodePorts.of("9000").range.size == 1


def test_what_is_no_cidr_is_refused() -> None:
    with pytest.raises(FieldError, match=r'spec\.cidrs\[0\]: Invalid value: "10\.96\.0\.0": must be a valid CIDR'):
        ClusterIPs.of("10.96.0.0")
    with pytest.raises(AllocationError, match=r"shortest allowed prefix length for service CIDR is 64, got 48"):
        ClusterIPs.of("fd00:10:96::/48")
