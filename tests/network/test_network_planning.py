"""Plans of addresses, and clusters that cannot work."""

import pytest
from network_clusters import two_nodes

from k8smodels.api.errors import FieldError
from k8smodels.network import MODES, Cluster, build, cluster, plan
from k8smodels.network.headers import overhead_bytes
from k8smodels.network.planning import refuse_overlaps


@pytest.mark.parametrize(
    ("block", "size", "nodes", "pods"),
    [
        ("10.244.0.0/16", None, 256, 253),
        ("10.0.0.0/8", 24, 65536, 253),
        ("fd00::/48", None, 65536, 2**64 - 2),
        ("10.244.0.0/16", 25, 512, 125),
        ("10.0.0.0/8", 25, 131072, 125),
    ],
)
def test_a_cluster_cidr_is_cut_into_the_nodes_blocks(block: str, size: int | None, nodes: int, pods: int) -> None:
    made = plan(block, size)
    assert (made.nodes, made.pods_per_node) == (nodes, pods)
    assert len(set(made.pod_cidrs(3))) == 3


@pytest.mark.parametrize(
    ("block", "size", "message"),
    [
        ("10.244.0.0", None, "--cluster-cidr: Invalid value"),
        ("10.244.0.0/16", 12, "--node-cidr-mask-size: Invalid value: 12: must be from 16"),
        ("fd00::/40", 64, "--node-cidr-mask-size: Invalid value: 64: must be at most 56: 16 more"),
        ("10.244.0.0/16", 28, "--node-cidr-mask-size: Invalid value: 28: must be at most 25, so that a node holds 110"),
    ],
)
def test_a_plan_that_cannot_work_names_the_flag(block: str, size: int | None, message: str) -> None:
    with pytest.raises(FieldError) as refused:
        plan(block, size)
    assert str(refused.value).startswith(message)


def test_a_cluster_cidr_that_is_too_small_names_itself() -> None:
    with pytest.raises(FieldError, match=r"--cluster-cidr: Invalid value: .*must hold 300 nodes; it has room for 256"):
        plan("10.244.0.0/16").pod_cidrs(300)


@pytest.mark.parametrize(
    ("nodes", "pods", "message"),
    [
        ((("n1", "192.168.0.1/24", "10.1.0.0/16"), ("n2", "192.168.0.2/24", "10.1.4.0/24")), (), "must not overlap"),
        ((("n1", "10.244.1.9/24", "10.244.1.0/24"),), (), "must not overlap"),
        ((("n1", "192.168.0.1/24", "10.1.0.0/24"), ("n2", "192.168.0.1/24", "10.1.1.0/24")), (), "Duplicate value"),
        ((("n1", "192.168.0.1/24"),), (), "nodes[n1].spec.podCIDRs: Required value"),
        ((("n1", "192.168.0.1/24", "10.1.0.0/24"),), (("d/a", "n1", "10.2.0.2"),), "must be in 10.1.0.0/24"),
        ((("n1", "192.168.0.1/24", "10.1.0.0/24"),), (("d/a", "n9", "10.1.0.2"),), "there is no such node"),
        ((("n1", "192.168.0.1/24", "10.1.0.0/24"),), (("d/a", "n1"),), "pods[d/a].status.podIPs: Required value"),
        ((("n1", "192.168.0.1", "10.1.0.0/24"),), (), "must be an address with a prefix length"),
    ],
)
def test_a_cluster_that_cannot_work_is_refused_by_the_field(nodes, pods, message: str) -> None:
    with pytest.raises(FieldError) as refused:
        build(Cluster(tuple(cluster.node(*one) for one in nodes), tuple(cluster.pod(*one) for one in pods)), "vxlan")
    assert message in str(refused.value)


def test_a_service_range_must_stay_apart() -> None:
    with pytest.raises(FieldError, match=r"10\.244\.0\.0/16|10\.244\.1\.0/24"):
        refuse_overlaps(two_nodes(), ["10.244.0.0/16"])
    refuse_overlaps(two_nodes(), ["10.96.0.0/12"])


def test_an_unknown_mode_lists_the_known_ones() -> None:
    with pytest.raises(FieldError, match=r'--mode: Unsupported value: "weave": supported values: "bridge"'):
        build(two_nodes(), "weave")


@pytest.mark.parametrize(
    ("mode", "versions", "mtu"),
    [
        ("vxlan", (4,), 1450),
        ("vxlan", (4, 6), 1430),
        ("ipip", (4,), 1480),
        ("wireguard", (4,), 1440),
        ("geneve", (6,), 1430),
        ("host-gw", (4,), 1500),
        ("macvlan", (6,), 1500),
    ],
)
def test_the_mtu_is_what_the_headers_leave(mode: str, versions: tuple[int, ...], mtu: int) -> None:
    assert MODES[mode].mtu(1500, versions) == mtu


def test_wireguard_over_ipv6_costs_eighty() -> None:
    assert overhead_bytes("wireguard", 6) == 80
