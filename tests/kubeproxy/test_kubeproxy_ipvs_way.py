"""A packet through IPVS: rules, balancer, rules."""

from __future__ import annotations

from fractions import Fraction

import pytest

from k8smodels.kubeproxy.ipvs.sync import sync
from k8smodels.kubeproxy.ipvs.way import walk_ipvs
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.scenes.kube_proxy import CLUSTER_IP, NODE_IP, NODE_PORT, state

NODE = Machine((NODE_IP,))
NODE_PORT_SERVICE, LOCAL_SERVICE = "NodePort, policy Cluster", "NodePort, policy Local"


def ways(kind: str, packet: Packet, ready: str = "all three ready"):
    known = state(kind, ready)
    return walk_ipvs(known, sync(known), packet, NODE)


def test_each_real_server_is_as_likely() -> None:
    found = ways("ClusterIP", Packet("10.244.1.7", CLUSTER_IP, 80, iif="cni0"))
    assert [way.probability for way in found] == [Fraction(1, 3)] * 3
    assert {way.packet.dnat for way in found} == {"10.244.1.4:8080", "10.244.2.9:8080", "10.244.2.10:8080"}


def test_without_servers_the_connection_is_refused() -> None:
    (way,) = ways("ClusterIP", Packet("10.244.1.7", CLUSTER_IP, 80, iif="cni0"), "none")
    assert way.endpoint is None
    assert not way.packet.dnat


def test_what_is_no_virtual_server_does_not_go_this_way() -> None:
    assert ways("ClusterIP", Packet("10.244.1.7", CLUSTER_IP, 81, iif="cni0")) == ()
    assert ways("ClusterIP", Packet("10.244.1.7", CLUSTER_IP, 80, "udp", iif="cni0")) == ()


@pytest.mark.parametrize(("kind", "covered"), [(NODE_PORT_SERVICE, True), (LOCAL_SERVICE, False)])
def test_the_policy_decides_whether_the_source_is_covered(kind: str, covered: bool) -> None:
    found = ways(kind, Packet("203.0.113.9", NODE_IP, NODE_PORT, iif="eth0"))
    assert {bool(way.packet.snat) for way in found} == {covered}


def test_a_pod_that_is_sent_to_itself_gets_another_source() -> None:
    found = ways("ClusterIP", Packet("10.244.1.4", CLUSTER_IP, 80, iif="cni0"))
    assert [bool(way.packet.snat) for way in found if way.packet.dst == "10.244.1.4"] == [True]


def test_own_packets_are_taken_at_output_before_the_filter() -> None:
    way = ways("ClusterIP", Packet(NODE_IP, CLUSTER_IP, 80))[0]
    assert {(step.hook, step.table) for step in way.until} == {("OUTPUT", "nat")}
    assert {(step.hook, step.table) for step in way.since} == {("OUTPUT", "filter"), ("POSTROUTING", "nat")}
