"""How fast packets walk through a large cluster, and what its network costs in memory."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface, ip_network

from benchmarks.figures import Figure
from k8smodels.network import Cluster, ClusterNode, ClusterPod, Network, Packet, walk

NODES, PODS_PER_NODE, WALKS = 5_000, 30, 1_000
MODES = ("vxlan", "calico-bgp", "macvlan")


def large_cluster(*, underlay: bool) -> Cluster:
    """Nodes in subnets of a thousand, each with a /24 for its pods; with an underlay pods are in the subnets."""
    nodes, pods = [], []
    for number in range(NODES):
        subnet, place = divmod(number, 1000)
        address = ip_interface(f"{ip_address('172.16.0.0') + (subnet << 16) + place + 1}/16")
        block = ip_network((int(ip_address("10.0.0.0")) + (number << 8), 24))
        nodes.append(ClusterNode(f"n{number}", (address,), (block,)))
        first = address.network.network_address + 4096 + place * PODS_PER_NODE if underlay else block[2]
        pods += [ClusterPod(f"d/p{number}-{i}", f"n{number}", (first + i,)) for i in range(PODS_PER_NODE)]
    return Cluster(tuple(nodes), tuple(pods))


def walks(cluster: Cluster, network: Network) -> float:
    """Milliseconds of a walk, without the answer; the best of three rounds, between other pods each."""
    return min(_round(cluster, network, seed) for seed in range(3))


def _round(cluster: Cluster, network: Network, seed: int) -> float:
    """Between pods that chance chose: most are met for the first time."""
    chance = random.Random(seed)
    ends = [chance.sample(cluster.pods, 2) for _ in range(WALKS)]
    start = time.perf_counter()
    for one, other in ends:
        path = walk(network, Packet(source=one.addresses[0], destination=other.addresses[0]), reply=False)
        if not path.hops:
            raise RuntimeError("a packet that goes nowhere is no measurement")
    return (time.perf_counter() - start) * 1000 / WALKS


MEASURED = """
import json, resource, sys, time
from benchmarks.network import large_cluster, walks
from k8smodels.network import build
mode = sys.argv[1]
start = time.perf_counter()
cluster = large_cluster(underlay=mode == "macvlan")
network = build(cluster, mode)
seconds = time.perf_counter() - start
each = walks(cluster, network)
print(json.dumps([seconds, each, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measure(mode: str) -> Iterator[Figure]:
    """In a process of its own, for the memory."""
    done = subprocess.run([sys.executable, "-c", MEASURED, mode], check=True, capture_output=True, text=True)
    seconds, each, megabytes = json.loads(done.stdout)
    what = f"{mode}, {NODES:,} nodes"
    yield Figure(f"network of 150,000 pods, {what}", seconds, "s", 20.0, "budget")
    yield Figure(f"walk, {what}", each, "ms", 1.0, "budget")
    yield Figure(f"memory, {what}", megabytes, "MiB", 1024.0, "budget")


def figures() -> list[Figure]:
    """Every figure of this subject."""
    return [figure for mode in MODES for figure in measure(mode)]
