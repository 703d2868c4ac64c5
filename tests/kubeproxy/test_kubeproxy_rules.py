"""What holds for the rules of any Services: everybody gets a share, a partial sync ends where a full one does."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from proxy_strategies import NODE, changes, endpoint, endpoint_slice, service, states

from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig
from k8smodels.kubeproxy.iptables.sync import full_sync, partial_sync
from k8smodels.kubeproxy.nftables import sync as nft
from k8smodels.kubeproxy.state import Change, ProxyState, proxy_state
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way

MACHINE = Machine(NODE.ips)
LOCAL_PODS = ProxyConfig(LocalDetector("ClusterCIDR", "10.0.0.0/8"))

Shares = dict[tuple[str, str], Fraction]


def shares(ways: tuple[Way, ...]) -> Shares:
    found: Shares = {}
    for way in ways:
        key = way.verdict, way.packet.dnat if way.verdict == "deliver" else ""
        found[key] = found.get(key, Fraction(0)) + way.probability
    return found


def by_iptables(state: ProxyState, packet: Packet) -> Shares:
    return shares(walk(read_tables(full_sync(state).kernel.text), packet, MACHINE))


def by_nftables(state: ProxyState, packet: Packet) -> Shares:
    return shares(walk_nft(read_nft(nft.full_sync(state).kernel.text), packet, MACHINE))


@given(states(), st.integers(0, 2), st.sampled_from(["pod", "outside"]))
def test_both_modes_share_out_the_connections_of_a_cluster_ip_and_a_node_port_alike(
    state: ProxyState, number: int, client: str
) -> None:
    source, device = ("10.0.0.99", "cni0") if client == "pod" else ("203.0.113.9", "eth0")
    served = {port.name.name: port for port in state.ports()}
    port = served.get(f"s{number}")
    if port is not None:
        packets = [Packet(source, port.cluster_ip, port.port, iif=device)]
        packets += [Packet(source, NODE.ips[0], port.node_port, iif=device)] if port.node_port else []
        for packet in packets:
            assert by_iptables(state, packet) == by_nftables(state, packet)


@given(states())
def test_every_usable_endpoint_gets_the_same_share(state: ProxyState) -> None:
    for port in state.ports():
        found = by_iptables(state, Packet("10.0.0.99", port.cluster_ip, port.port, iif="cni0"))
        usable = state.usable(port)
        wanted = usable.local if port.internal_policy_local else usable.cluster
        if wanted:
            assert found == {("deliver", each.address): Fraction(1, len(wanted)) for each in wanted}
        else:
            assert found == {("DROP" if usable.any_anywhere else "REJECT", ""): Fraction(1)}


@given(states(), st.lists(changes(), max_size=4))
def test_partial_syncs_end_where_a_full_one_does(state: ProxyState, following: list[Change]) -> None:
    sync, nft_sync = full_sync(state), nft.full_sync(state)
    for change in following:
        state = state.apply(change)
        sync, nft_sync = partial_sync(state, sync), nft.partial_sync(state, nft_sync, seconds_later=2)
    assert sync.kernel.lines == full_sync(state).kernel.lines
    fresh = nft.full_sync(state).kernel
    emptied = [chain for chain in nft_sync.kernel.chains if chain not in fresh.chains]
    assert [line for line in nft_sync.kernel.lines if line.split()[-1] not in emptied] == fresh.lines


@given(states(), changes())
def test_what_iptables_restore_gets_makes_the_kernel_what_it_is_said_to_be(state: ProxyState, change: Change) -> None:
    before = full_sync(state)
    after = partial_sync(state.apply(change), before)
    nat = {**before.kernel.nat, **after.restore.nat}
    for chain in after.restore.deleted:
        del nat[chain]
    assert nat == after.kernel.nat


@given(states())
def test_the_same_objects_again_touch_no_service(state: ProxyState) -> None:
    again = tuple(each for named in state.slices.values() for each in named.values())
    assert state.apply(Change((), again)).updated == frozenset()


def test_a_changed_label_of_a_slice_touches_its_service_and_one_of_a_service_does_not() -> None:
    one, its_slice = service(0), endpoint_slice(0, [endpoint(1)])
    state = proxy_state([one], [its_slice], NODE)
    labelled = type(one).from_json(
        one.to_json() | {"metadata": {"name": "s0", "namespace": "ns", "labels": {"a": "b"}}}
    )
    assert state.apply(Change((labelled,))).updated == frozenset()
    json = its_slice.to_json()
    json["metadata"]["labels"]["team"] = "x"
    assert state.apply(Change((), (type(its_slice).from_json(json),))).updated == {"ns/s0"}


def test_a_pod_that_reaches_itself_gets_another_source() -> None:
    state = proxy_state([service(0)], [endpoint_slice(0, [endpoint(1), endpoint(2)])], NODE, LOCAL_PODS)
    packet = Packet("10.0.0.1", "172.30.0.1", 80, iif="cni0")
    for ways in (
        walk(read_tables(full_sync(state).kernel.text), packet, MACHINE),
        walk_nft(read_nft(nft.full_sync(state).kernel.text), packet, MACHINE),
    ):
        assert {way.packet.dnat: way.packet.snat for way in ways} == {
            "10.0.0.1:8080": "masquerade",
            "10.0.0.2:8080": "",
        }


def test_above_a_thousand_endpoints_comments_are_left_out_and_unused_chains_stand() -> None:
    hosts = [{"addresses": [f"10.1.{n // 250}.{n % 250 + 1}"], "nodeName": "x"} for n in range(1001)]
    small, large = (proxy_state([service(0)], [endpoint_slice(0, hosts[:count])], NODE) for count in (1000, 1001))
    assert any("->" in line for line in full_sync(small).kernel.lines)
    assert not any("->" in line for line in full_sync(large).kernel.lines)
    sync = partial_sync(large.apply(Change((service(1),))), full_sync(large))
    assert (
        partial_sync(large.apply(Change((), (endpoint_slice(0, [*hosts[1:], endpoint(9)]),))), sync).restore.deleted
        == ()
    )
