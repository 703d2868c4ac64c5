"""The kernel treats packets as the model's walk says, in networks that are built from the model's own tables."""

from collections.abc import Callable
from ipaddress import ip_address, ip_interface
from typing import Any

import pytest
from network_probes import Probe, chance_network, names_of, request, told_of

from k8smodels.network import Cluster, Host, Network, build, cluster
from k8smodels.network.addresses import address
from k8smodels.network.nat import HostPort

pytestmark = pytest.mark.reality
Measure = Callable[..., dict[str, Any]]
Compared = Callable[..., None]


def _differences(
    measure: Measure, compared: Compared, made: Cluster, network: Network, probes: list[Probe]
) -> dict[str, Any]:
    found = measure("network", request(network, names_of(made, network), probes))["probes"]
    told = [(probe, probe.predicted(network), seen) for probe, seen in zip(probes, found, strict=True)]
    probe, wanted, seen = told[0]
    values = sum(len(wanted) for _probe, wanted, _seen in told)
    compared(values, f"{probe.size} bytes from {probe.start} to {probe.to}", seen["received"], wanted["received"])
    return {
        str(probe): {key: {"model": wanted[key], "kernel": seen[key]} for key in wanted if wanted[key] != seen[key]}
        for probe, wanted, seen in told
        if wanted != seen
    }


def _two_nodes(mode: str) -> Cluster:
    """Two nodes on one segment, IPv4 and IPv6, three pods, and a host that knows nothing of pods."""
    nodes = tuple(
        cluster.node(
            f"n{i}", f"192.168.0.{i}/24", f"10.244.{i}.0/24", f"fd00:244:{i}::/64", address_v6=f"fd00:192::{i}/64"
        )
        for i in (1, 2)
    )
    ends = (("a", 1, 2), ("b", 1, 3), ("c", 2, 2))
    underlay = mode in ("macvlan", "ipvlan-l2")
    pods = tuple(
        cluster.pod(name, f"n{i}", f"192.168.0.1{i}{j}", f"fd00:192::1{i}{j}")
        if underlay
        else cluster.pod(name, f"n{i}", f"10.244.{i}.{j}", f"fd00:244:{i}::{j}", host_ports=_host_ports(i, j))
        for name, i, j in ends
    )
    outside = Host("ext", (ip_interface("192.168.0.50/24"), ip_interface("fd00:192::50/64")))
    return Cluster(nodes, pods, (outside,))


def _host_ports(i: int, j: int) -> tuple[HostPort, ...]:
    """Port 8000 of a node leads to its pod number 2."""
    to = address(f"10.244.{i}.{j}", "")
    return (HostPort(host_port=8000, pod_ip=to, container_port=9000, protocol="UDP"),) if j == 2 else ()


SIZES = {4: (128, 1500, 3000), 6: (128, 1400)}
"""In bytes; of IPv6 nothing that teaches a path MTU, which would change what comes after it."""


@pytest.mark.parametrize("mode", ["host-gw", "vxlan", "calico-bgp", "calico-vxlan", "macvlan", "ipvlan-l2", "ipip"])
def test_every_end_reaches_every_other_as_predicted(mode: str, measure: Measure, compared: Compared) -> None:
    made = _two_nodes(mode)
    names = [item.name for item in (*made.machines, *made.pods)]
    to = [str(item.addresses[v].ip) for item in made.machines for v in (0, 1)]
    to += [str(item.addresses[v]) for item in made.pods for v in (0, 1)]
    probes = [
        Probe(start, there, size=size) for start in names for there in to for size in SIZES[ip_address(there).version]
    ]
    probes += [Probe(start, f"192.168.0.{i}", port=8000) for start in names for i in (1, 2)]
    probes += [Probe("a", to[-2], size=1500, df=True), Probe("b", to[-1], size=1450, df=True)]
    network = build(made, mode)
    assert _differences(measure, compared, made, network, told_of(network, probes)) == {}


@pytest.mark.parametrize("seed", range(7))
def test_kernel_and_model_agree_on_random_networks(seed: int, measure: Measure, compared: Compared) -> None:
    _mode, made, network, probes = chance_network(seed)
    assert _differences(measure, compared, made, network, probes) == {}
