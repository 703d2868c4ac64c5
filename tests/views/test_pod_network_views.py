"""The views of the pod network draw what the walk holds."""

from __future__ import annotations

import re

import pytest

from k8smodels.network import build
from k8smodels.network.headers import overhead_bytes
from k8smodels.scenes.pod_network import API, DB, OUTSIDE, WEB, devices, example, probe
from k8smodels.scenes.pod_network_faults import sent
from k8smodels.views.network import cable_drawing, cluster_map, nested_headers, speeds, walk_list
from k8smodels.views.network.hops import explained, says_of_loss, telling
from k8smodels.views.network.speed_figure import Speed, Spread

TUNNELS = ["vxlan", "geneve", "ipip", "wireguard"]


def way(mode: str, to: str = DB, size: int = 128):
    cluster = example(mode)
    return probe(build(cluster, mode), cluster, to, size)


def numbers(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<td class="r nw">(\d+)</td>', html)]


@pytest.mark.parametrize("mode", [*TUNNELS, "host-gw", "macvlan", "calico-bgp"])
@pytest.mark.parametrize("size", [128, 500, 1300])
def test_the_headers_add_up_to_the_frame(mode: str, size: int) -> None:
    wire = way(mode, size=size).wire[0]
    html = nested_headers(wire.after, wire.frame)
    assert sum(numbers(html)) == 14 + wire.after.size_bytes
    assert f"{wire.after.size_bytes} bytes of IP packet. The Ethernet header before it, 14 more" in html


@pytest.mark.parametrize("mode", TUNNELS)
def test_a_tunnel_makes_a_second_row_that_begins_behind_its_headers(mode: str) -> None:
    wire = way(mode).wire[0]
    html = nested_headers(wire.after, wire.frame)
    assert html.count('class="split"') == 2
    (gap,) = re.findall(r'class="w(\d+) gap"', html)
    trailer = 16 if mode == "wireguard" else 0
    inner_ethernet = 14 if mode in ("vxlan", "geneve") else 0
    before = 14 + overhead_bytes(mode) - trailer - inner_ethernet
    assert int(gap) == round(100 * before / (14 + wire.after.size_bytes))


def test_a_drawing_ends_where_the_packet_is_and_names_both_ends() -> None:
    path = way("vxlan")
    bridge, tunnel = devices("vxlan")
    whole = cluster_map(path, bridge=bridge, tunnel=tunnel)
    assert f"The way of the packet from {WEB} to {DB}" in whole
    assert 'class="way tun"' in whole
    first = cluster_map(path, bridge=bridge, tunnel=tunnel, shown=1)
    assert "way" not in re.findall(r'class="([^"]*)"', first)


def test_two_pods_of_a_node_meet_at_the_bridge_or_at_the_card() -> None:
    on_bridge = cluster_map(way("vxlan", API), bridge="cni0", tunnel="flannel.1")
    on_card = cluster_map(way("macvlan", API), bridge="", tunnel="")
    assert 'd="M45 58V82H129V58"' in on_bridge
    assert 'd="M45 58V130H129V58"' in on_card


def test_a_walk_that_is_lost_ends_with_the_reason() -> None:
    html = walk_list(sent("vxlan", "fdb", "small"))
    assert html.rindex('class="lost"') > html.rindex("10.244.2.0 dev flannel.1")
    assert "knows no node" in html


def test_what_the_sender_hears_is_an_error_an_icmp_message_or_nothing() -> None:
    assert "EMSGSIZE" in says_of_loss(way_of_large())
    assert "host unreachable" in says_of_loss(sent("vxlan", "neighbour", "small"))
    assert "is lost on its way back, at (router): " in says_of_loss(sent("vxlan", "route", "small"))
    assert "Nobody says a word" in says_of_loss(sent("vxlan", "fdb", "small"))
    assert says_of_loss(way("vxlan")) == ""


def way_of_large():
    cluster = example("vxlan")
    return probe(build(cluster, "vxlan"), cluster, DB, 1500, df=True)


@pytest.mark.parametrize("mode", [*TUNNELS, "macvlan", "calico-bgp"])
@pytest.mark.parametrize("to", [DB, OUTSIDE])
def test_every_telling_hop_is_explained_without_a_hole(mode: str, to: str) -> None:
    texts = [explained(hop) for hop in telling(way(mode, to).hops)]
    assert texts
    assert all(text.endswith(".") and "{" not in text for text in texts)


def test_a_figure_of_speeds_has_a_row_for_each_case() -> None:
    spread = Spread(2.0, 1.0, 3.0)
    figure = speeds([Speed(case, on, spread, spread) for case in ("routing", "VXLAN") for on in (True, False)])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["routing", "VXLAN"]


def test_a_veth_pair_is_drawn_with_both_ends() -> None:
    html = cable_drawing("web", "node-1", "cni0")
    assert "one end is eth0 in the Pod web, the other is on node-1, in the bridge cni0" in html
