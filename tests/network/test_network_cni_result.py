from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.network.cni import VERSIONS, ResultError, as_version, result_from_json
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.result import DNS, Interface, IPConfig, Result, Route, cidr_of, ip_of

interfaces = st.builds(
    Interface, st.sampled_from(["eth0", "cni0"]), st.just("02:00:00:00:00:01"), st.integers(0, 1500), st.just("/x")
)
v4 = st.builds(lambda n: IPConfig(cidr_of(f"10.1.1.{n}/24"), ip_of("10.1.1.1", ""), 0), st.integers(2, 250))
v6 = st.builds(lambda n: IPConfig(cidr_of(f"fd00::{n:x}/64"), None, 0), st.integers(2, 250))
routes = st.sampled_from([Route(cidr_of("0.0.0.0/0")), Route(cidr_of("::/0"), ip_of("fd00::1", ""), 1400, table=7)])
results = st.builds(
    Result,
    st.sampled_from(["1.0.0", "1.1.0"]),
    st.lists(interfaces, max_size=3).map(tuple),
    st.lists(v4 | v6, min_size=1, max_size=3).map(tuple),
    st.lists(routes, max_size=3).map(tuple),
    st.builds(DNS, st.sampled_from([(), ("10.96.0.10",)])),
)


@given(results, st.sampled_from(VERSIONS))
def test_a_printed_result_is_read_as_it_was(result: Result, version: str) -> None:
    converted = as_version(result, version)
    assert converted.version == version
    assert result_from_json(converted.to_json()) == converted


@given(results, st.sampled_from(VERSIONS))
def test_what_an_older_version_loses_does_not_come_back_and_nothing_else_is_lost(result: Result, version: str) -> None:
    there = as_version(result, version)
    back = as_version(as_version(there, result.version), version)
    assert back == there


def test_before_1_0_0_there_is_always_dns_and_from_then_on_only_if_it_says_something() -> None:
    result = Result("1.0.0")
    assert "dns" not in result.to_json()
    assert as_version(result, "0.4.0").to_json()["dns"] == {}


def test_a_result_without_addresses_has_no_form_before_0_3_0() -> None:
    with pytest.raises(ResultError, match="cannot convert: no valid IP addresses"):
        as_version(Result("1.0.0"), "0.2.0")


@pytest.mark.parametrize("text", ["10.1.1.2", "10.1.1.2/255.255.255.0", "10.1.1.2/33", "x/24", "fe80::1%eth0/64", ""])
def test_an_address_without_a_proper_prefix_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="invalid CIDR address: "):
        cidr_of(text)
