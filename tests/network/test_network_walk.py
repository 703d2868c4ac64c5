"""What a packet's way says: TTL, sizes, sources, and reasons for a loss. The figures were measured on a real kernel."""

from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

import pytest
from network_clusters import between, send, two_nodes, underlay

from k8smodels.api.errors import FieldError
from k8smodels.network import MODES, Cluster, Packet, build, cluster, network, walk
from k8smodels.network.devices import Bridge, Ethernet, Port, Veth
from k8smodels.network.namespace import namespace
from k8smodels.network.nat import HostPort
from k8smodels.network.routes import Route


def _sizes(path) -> list[int]:
    return [size for hop in path.wire for size in hop.after.sizes]


@pytest.mark.parametrize(
    ("mode", "ttl", "size"),
    [
        ("host-gw", 62, 128),
        ("vxlan", 62, 178),
        ("geneve", 62, 178),
        ("ipip", 62, 148),
        ("wireguard", 62, 188),
        ("calico-bgp", 62, 128),
        ("macvlan", 64, 128),
        ("ipvlan-l2", 64, 128),
        ("ipvlan-l3", 64, 128),
        ("vpc", 62, 128),
    ],
)
def test_ttl_and_size_tell_how_nodes_are_connected(mode: str, ttl: int, size: int) -> None:
    path = between(mode)
    assert path.works
    assert (path.received.ttl, _sizes(path)) == (ttl, [size])
    assert str(path.received.source) in {"10.244.1.2", "192.168.1.100"}


def test_the_bridge_of_a_node_is_no_hop() -> None:
    path = send(build(two_nodes(), "vxlan"), "d/a", "10.244.1.3")
    assert (path.received.ttl, path.wire) == (64, ())


def test_vxlan_wraps_the_packet_as_flannel_lays_it_out() -> None:
    outer = between("vxlan").wire[0].after
    assert (str(outer.source), str(outer.destination), outer.ttl, outer.df) == ("192.168.1.1", "192.168.1.2", 64, False)
    assert (outer.tunnel, outer.destination_port, outer.inner.ttl, outer.inner.size_bytes) == (
        "vxlan 1 port 8472",
        8472,
        63,
        128,
    )


def test_without_routes_the_other_node_is_not_reached() -> None:
    path = between("bridge")
    assert path.lost.reason == "n1 has no route to 10.244.2.2"
    assert path.error.delivered.namespace == "d/a"


@pytest.mark.parametrize(("size", "df", "wire"), [(1450, True, [1500]), (1500, False, [1494, 126])])
def test_a_tunnel_cuts_or_carries(size: int, df: bool, wire: list[int]) -> None:
    path = send(build(two_nodes(), "vxlan", pod_mtu=1500), "d/a", "10.244.2.2", size=size, df=df)
    assert _sizes(path) == wire


def test_a_packet_that_may_not_be_cut_teaches_its_sender_the_path_mtu() -> None:
    made = build(two_nodes(), "vxlan", pod_mtu=1500)
    path = send(made, "d/a", "10.244.2.2", size=1500, df=True)
    assert (path.wire, path.lost.icmp, path.learned_mtu) == ((), "fragmentation needed", 1450)
    packet = Packet(source=ip_address("10.244.1.2"), destination=ip_address("10.244.2.2"), size_bytes=1500, df=True)
    assert walk(made, packet, path_mtu=path.learned_mtu).lost.errno == "EMSGSIZE"


def test_a_pod_with_the_right_mtu_is_told_at_once() -> None:
    assert send(build(two_nodes(), "vxlan"), "d/a", "10.244.2.2", size=1500, df=True).lost.errno == "EMSGSIZE"


def test_a_node_does_not_reach_its_own_macvlan_pod() -> None:
    made = build(underlay(), "macvlan")
    lost = send(made, "n1", "192.168.1.100").lost
    assert lost.errno == "EHOSTUNREACH"
    assert lost.reason.endswith("a card and the devices on it never hear each other")
    assert send(made, "n1", "192.168.1.102").works


@pytest.mark.parametrize("mode", MODES)
def test_only_packets_through_the_node_meet_its_rules(mode: str) -> None:
    assert ("n1" in {hop.port.namespace for hop in between(mode).hops if hop.action == "forward"}) == (
        MODES[mode].meets_host_rules and mode != "bridge"
    )


@pytest.mark.parametrize(("masquerade", "source", "works"), [(True, "192.168.1.1", True), (False, "10.244.1.2", False)])
def test_the_answer_from_outside_needs_masquerade(masquerade: bool, source: str, works: bool) -> None:
    path = send(build(two_nodes(), "vxlan", masquerade=masquerade), "d/a", "192.168.1.50")
    assert (str(path.received.source), path.received.ttl, path.works) == (source, 63, works)
    assert works or path.reply.lost.errno == "ENETUNREACH"


def test_pods_see_each_others_addresses_beside_masquerade() -> None:
    assert str(between("vxlan").received.source) == "10.244.1.2"


def test_a_host_port_leads_to_the_pod_and_back() -> None:
    made = two_nodes()
    rule = HostPort(host_port=8080, pod_ip=ip_address("10.244.1.2"), container_port=80, protocol="UDP")
    pods = (cluster.pod("d/a", "n1", "10.244.1.2", host_ports=[rule]), *made.pods[1:])
    path = send(build(Cluster(made.nodes, pods, made.hosts), "vxlan"), "ext", "192.168.1.1", port=8080)
    assert (path.delivered.namespace, str(path.received.source), path.works) == ("d/a", "192.168.1.50", True)


@pytest.mark.parametrize(
    ("mode", "loser"),
    [
        ("host-gw", "(router)"),
        ("calico-bgp", "(router)"),
        ("calico-bgp-peered", ""),
        ("cloud-routes", ""),
        ("vxlan", ""),
    ],
)
def test_past_a_router_only_who_tells_it_gets_through(mode: str, loser: str) -> None:
    path = between(mode, apart=True)
    assert (path.lost.port.namespace if path.lost else "") == loser


def test_cross_subnet_wraps_only_past_the_router() -> None:
    assert _sizes(between("calico-vxlan-cross-subnet")) == [128]
    assert _sizes(between("calico-vxlan-cross-subnet", apart=True)) == [178, 178]


def test_a_routing_loop_ends_with_the_ttl_and_is_named() -> None:
    def router(name: str, other: str, last: int) -> object:
        card = Ethernet(name="eth0", mac=f"02::{last}", addresses=(ip_interface(f"10.0.0.{last}/24"),), segment="lan")
        way = Route(prefix=ip_network("10.9.0.0/16"), via=ip_address(other), device="eth0")
        return namespace(name, [card], [way], ip_forward=True)

    made = network([router("r1", "10.0.0.2", 1), router("r2", "10.0.0.1", 2)])
    path = send(made, "r1", "10.9.9.9")
    assert (path.lost.icmp, sorted(path.loop), len(path.wire)) == ("time exceeded", ["r1", "r2"], 64)


def test_a_strict_reverse_path_filter_drops_without_a_word() -> None:
    def end(last: int, other: str) -> object:
        card = Ethernet(name="eth0", mac=f"02::{last}", addresses=(ip_interface(f"10.0.0.{last}/24"),), segment="lan")
        return namespace(f"h{last}", [card], [Route(prefix=ip_network(other), device="eth0")])

    strict = replace(end(2, "10.2.0.0/16"), rp_filter=1)
    made = network([end(1, "10.1.0.0/16"), strict])
    packet = Packet(source=ip_address("10.7.0.1"), destination=ip_address("10.0.0.2"))
    lost = walk(made, packet, "h1").lost
    assert (lost.reason, lost.icmp) == ("rp_filter of eth0@h2: 10.7.0.1 is routed by no device", "")


@pytest.mark.parametrize(
    ("source", "start", "message"),
    [
        ("10.9.9.9", "", 'packet.source: Invalid value: "10.9.9.9"'),
        ("10.244.1.2", "d/x", 'start: Invalid value: "d/x"'),
    ],
)
def test_a_packet_starts_somewhere(source: str, start: str, message: str) -> None:
    packet = Packet(source=ip_address(source), destination=ip_address("10.244.2.2"))
    with pytest.raises(FieldError) as refused:
        walk(build(two_nodes(), "vxlan"), packet, start)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("to", ["10.244.1.2", "127.0.0.1", "127.0.0.9"])
def test_a_pod_reaches_itself_without_a_wire(to: str) -> None:
    path = send(build(two_nodes(), "vxlan"), "d/a", to)
    assert (path.delivered.namespace, path.received.ttl, path.works) == ("d/a", 64, True)


def test_the_node_answers_for_a_gateway_that_nobody_has() -> None:
    hops = between("calico-bgp").hops
    assert "169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee REACHABLE" in [hop.decided_by for hop in hops]


def test_a_node_drops_what_its_own_block_lacks() -> None:
    lost = send(build(two_nodes(), "calico-bgp"), "d/a", "10.244.1.9").lost
    assert (lost.reason, lost.icmp) == ("the route blackhole 10.244.1.0/26 says so", "")


def test_ipv6_is_cut_by_its_sender_only() -> None:
    nodes = tuple(cluster.node(f"n{i}", f"fd00:1::{i}/64", f"fd00:2:{i}::/64") for i in (1, 2))
    pods = tuple(cluster.pod(f"d/{i}", f"n{i}", f"fd00:2:{i}::2") for i in (1, 2))
    made = build(Cluster(nodes, pods), "vxlan", pod_mtu=1500)
    path = send(made, "d/1", "fd00:2:2::2", size=1500)
    assert (path.lost.icmp, path.learned_mtu) == ("fragmentation needed", 1430)
    assert _sizes(send(made, "d/1", "fd00:2:2::2", size=1430)) == [1500]


def test_a_ring_of_bridges_is_searched_once() -> None:
    def switch(name: str, other: str) -> object:
        cables = [Veth(name=f"c{i}", mac=f"02:{i}", master="br0", peer=Port(other, f"c{i}")) for i in (1, 2)]
        bridge = Bridge(name="br0", mac=f"02:{name}", addresses=(ip_interface(f"10.0.0.{name[-1]}/24"),))
        return namespace(name, [bridge, *cables])

    made = network([switch("s1", "s2"), switch("s2", "s1")])
    assert send(made, "s1", "10.0.0.2").works
    assert send(made, "s1", "10.0.0.9").lost.errno == "EHOSTUNREACH"
