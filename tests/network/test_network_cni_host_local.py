from __future__ import annotations

import json
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.network.cni import Answer, Call, SimulatedNode
from k8smodels.network.cni.host_local import IpamConfig, IpamError, allocate, ipam_config, release
from k8smodels.network.cni.leases import Leases
from k8smodels.network.cni.ranges import RangeError, round_robin

SUBNETS = ("10.1.2.0/30", "10.1.2.0/29", "10.1.2.0/28", "fd00::/126", "fd00::/125")
operations = st.lists(st.tuples(st.sampled_from(["ADD", "DEL"]), st.integers(0, 9)), max_size=25)


def config(*subnets: str, **more: object) -> IpamConfig:
    ranges = [[{"subnet": subnet}] for subnet in subnets]
    return ipam_config({"name": "net", "cniVersion": "1.0.0", "ipam": {"type": "host-local", "ranges": ranges, **more}})


def held(leases: Leases) -> dict[str, str]:
    return {name: text for name, text in leases.items() if not name.startswith("last_")}


@given(st.sampled_from(SUBNETS), operations)
def test_no_address_is_ever_held_twice_or_outside_of_its_range(subnet: str, steps: list[tuple[str, int]]) -> None:
    told, leases, given_to = config(subnet), dict[str, str](), dict[str, str]()
    network = ip_network(subnet)
    for command, number in steps:
        container = f"c{number}"
        if command == "DEL":
            leases = dict(release(leases, container, "eth0"))
            given_to.pop(container, None)
            continue
        try:
            (ip,), now = allocate(told, leases, container, "eth0")
        except IpamError:
            assert container in given_to or len(given_to) == len(list(round_robin(told.ranges[0], None)))
            continue
        leases = dict(now)
        address = str(ip.address.ip)
        assert address not in given_to.values()
        assert ip_address(address) in network
        assert address not in (str(network.network_address), str(ip.gateway))
        given_to[container] = address
    assert set(held(leases)) == set(given_to.values())


@given(st.sampled_from(SUBNETS), st.integers(0, 30))
def test_one_turn_offers_every_address_once_and_never_the_gateway(subnet: str, skip: int) -> None:
    (ranges,) = config(subnet).ranges
    everyone = [address for address, _ in round_robin(ranges, None)]
    last = everyone[skip % len(everyone)]
    turn = [address for address, _ in round_robin(ranges, last)]
    assert sorted(turn) == sorted(set(everyone))
    assert turn[-1] == last
    assert ranges[0].gateway not in turn


def test_a_released_address_rests_until_the_others_had_their_turn() -> None:
    told, leases = config("10.1.2.0/29"), dict[str, str]()
    for name in ("a", "b"):
        leases = dict(allocate(told, leases, name, "eth0")[1])
    leases = dict(release(leases, "a", "eth0"))
    got = []
    for name in ("c", "d", "e", "f"):
        (ip,), now = allocate(told, leases, name, "eth0")
        leases = dict(now)
        got.append(str(ip.address.ip))
    assert got == ["10.1.2.4", "10.1.2.5", "10.1.2.6", "10.1.2.2"]


def test_what_was_taken_before_a_failure_is_given_back_but_remembered_as_the_last() -> None:
    told = config("10.1.2.0/29", "10.1.3.0/30")
    leases = dict(allocate(told, {}, "a", "eth0")[1])
    with pytest.raises(IpamError, match="failed to allocate for range 1: no IP addresses available") as caught:
        allocate(told, leases, "b", "eth0")
    assert caught.value.leases is not None
    assert held(caught.value.leases) == held(leases)
    assert caught.value.leases["last_reserved_ip.0"] == "10.1.2.3"


@pytest.mark.parametrize(
    ("ranges", "problem"),
    [
        ([[]], "invalid range set 0: empty range set"),
        ([[{"subnet": "10.1.2.0/24"}, {"subnet": "fd00::/64"}]], "invalid range set 0: mixed address families"),
        ([[{"subnet": "10.1.2.0/24"}, {"subnet": "10.1.2.0/25"}]], "overlap"),
        ([[{}]], "invalid range set 0: IP <nil> not v4 nor v6"),
        ([[{"subnet": "10.1.2.0/24", "rangeEnd": "10.1.3.1"}]], "RangeEnd 10.1.3.1 not in network 10.1.2.0/24"),
    ],
)
def test_ranges_that_host_local_refuses(ranges: list[list[dict[str, str]]], problem: str) -> None:
    with pytest.raises(RangeError) as caught:
        ipam_config({"name": "net", "cniVersion": "1.0.0", "ipam": {"ranges": ranges}})
    assert problem in str(caught.value)


def ask(machine: SimulatedNode, command: str, args: str = "", **stdin: object) -> Answer:
    ipam = {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/29"}]]}
    document = {"cniVersion": "1.0.0", "name": "net", "ipam": ipam, **stdin}
    return machine.execute(Call("host-local", command, "c1", "/run/netns/p", "eth0", args, "/opt/cni/bin", document))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("K8S_POD_NAME=web", 'ARGS: unknown args ["K8S_POD_NAME=web"]'),
        ("IP", 'ARGS: invalid pair "IP"'),
        ("IgnoreUnknown=x", "boolean unmarshal error: invalid input x"),
        ("IP=10.1.2.300", 'ARGS: error parsing value of pair "IP=10.1.2.300": invalid IP address 10.1.2.300'),
    ],
)
def test_arguments_must_be_known_or_ignored(args: str, message: str) -> None:
    answer = ask(SimulatedNode(), "ADD", args)
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["code"] == 999
    assert message in json.loads(answer.stdout)["msg"]


def test_an_address_may_be_asked_for_as_argument_or_as_capability() -> None:
    by_argument = ask(SimulatedNode(), "ADD", "IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.1.2.5")
    by_capability = ask(SimulatedNode(), "ADD", runtimeConfig={"ips": ["10.1.2.5"]})
    assert by_argument == by_capability
    assert json.loads(by_argument.stdout)["ips"][0]["address"] == "10.1.2.5/29"
