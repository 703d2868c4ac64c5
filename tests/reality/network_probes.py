"""UDP probes through a network: what the model says of each, in the words of the lab; and clusters that chance made."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_address, ip_interface, ip_network
from typing import Any

from k8smodels.network import Cluster, Host, Network, Packet, Path, build, cluster, walk
from k8smodels.network.addresses import UNSPECIFIED
from k8smodels.network.iproute import commands, netns

ERRNOS = {
    "network unreachable": "ENETUNREACH",
    "host unreachable": "EHOSTUNREACH",
    "time exceeded": "EHOSTUNREACH",
    "fragmentation needed": "EMSGSIZE",
}
MOST_REPORTS = 3
MODES = (
    "bridge host-gw cloud-routes vxlan calico-bgp calico-bgp-peered calico-vxlan calico-vxlan-cross-subnet macvlan vpc"
).split()


@dataclass(frozen=True)
class Probe:
    """One datagram; `after` all others when what the sender learns would change those."""

    start: str
    to: str
    source: str = ""
    port: int = 9000
    size: int = 128
    df: bool = False

    def asked(self) -> dict[str, Any]:
        large = self.df and self.size > 1300
        told = {"from": netns(self.start), "source": self.source, "to": self.to, "port": self.port}
        return told | {"bytes": self.size, "df": self.df, "after": large}

    def walked(self, network: Network) -> Path:
        to = ip_address(self.to)
        source = ip_address(self.source) if self.source else UNSPECIFIED[to.version == 6]
        packet = Packet(source=source, destination=to, destination_port=self.port, size_bytes=self.size, df=self.df)
        return walk(network, packet, self.start)

    def predicted(self, network: Network) -> dict[str, Any]:
        path = self.walked(network)
        got, back = path.received, path.reply
        received = [netns(path.delivered.namespace), got.ttl, str(got.source)] if path.delivered and got else None
        if received and back and back.lost and back.lost.errno not in ("", "EHOSTUNREACH"):
            received.append(back.lost.errno)
        reply = back.received.ttl if back and back.received and back.delivered.namespace == self.start else None
        found = {"received": received, "reply": reply, "wire": _wire(path), "reply_wire": _wire(back) if back else []}
        return found | _problem(path)


def _problem(path: Path) -> dict[str, Any]:
    lost, error = path.lost, path.error
    none = {"errno": None, "icmp": None, "mtu": None}
    if lost is None or lost.packet.tunnel:
        return none
    if lost.errno == "EHOSTUNREACH":  # the kernel tells itself by ICMP
        return none | {"icmp": [lost.errno, str(lost.packet.source)]}
    if lost.errno:
        return none | {"errno": lost.errno, "mtu": path.learned_mtu}
    if error and error.received and error.delivered and error.delivered.namespace == path.start:
        return none | {"icmp": [ERRNOS[lost.icmp], str(error.received.source)], "mtu": path.learned_mtu}
    return none


def _wire(path: Path) -> list[list[Any]]:
    packets = [(netns(hop.segment), hop.after) for hop in path.wire]
    return sorted(
        [segment, size, packet.ttl, str(packet.source), str(packet.destination)]
        for segment, packet in packets
        for size in packet.sizes
    )


def request(network: Network, names: Iterable[str], probes: Iterable[Probe]) -> dict[str, Any]:
    """What the lab is asked: the model's own tables as commands, and the probes."""
    names = list(names)
    return {
        "namespaces": [netns(name) for name in names],
        "segments": [netns(name) for name in network.segments],
        "commands": commands(network, names),
        "probes": [probe.asked() for probe in probes],
    }


def names_of(made: Cluster, network: Network) -> list[str]:
    """Every namespace of a small network."""
    router = {port.namespace for segment in network.segments.values() for port in segment.by_mac.values()}
    own = [item.name for item in (*made.machines, *made.pods)]
    return [*own, *sorted(router - set(own))]


def chance_network(seed: int) -> tuple[str, Cluster, Network, list[Probe]]:
    """A cluster, a mode, and probes between any two of its pods, nodes and hosts."""
    chance = random.Random(seed)
    mode = chance.choice(MODES)
    subnets = [ip_network(f"192.168.{number}.0/24") for number in range(chance.randint(1, 3))]
    nodes = []
    for number in range(chance.randint(2, 4)):
        subnet = chance.choice(subnets)
        nodes.append(cluster.node(f"n{number}", f"{subnet[number + 1]}/24", f"10.244.{number}.0/24"))
    underlay = mode in ("macvlan", "vpc")
    pods = []
    for number in range(chance.randint(2, 5)):
        node = chance.choice(nodes)
        block = node.addresses[0].network if underlay else node.pod_cidrs[0]
        pods.append(cluster.pod(f"d/p{number}", node.name, str(block[100 + number])))
    hosts = (Host("ext", (ip_interface(f"{chance.choice([*subnets, ip_network('203.0.113.0/24')])[50]}/24"),)),)
    made = Cluster(tuple(nodes), tuple(pods), hosts, mtu=chance.choice([1400, 1450, 1500]))
    pod_mtu = chance.choice([None, None, 1500]) if mode not in ("macvlan", "ipvlan-l2") else None
    network = build(made, mode, masquerade=chance.random() < 0.5, pod_mtu=pod_mtu)
    return mode, made, network, told_of(network, _chance_probes(chance, made, subnets[0]))


def told_of(network: Network, probes: Iterable[Probe]) -> list[Probe]:
    """Those of the probes that kernels tell of: for one sender they look at a few packets without a route, at once."""
    kept, reports = [], Counter[str]()
    for probe in probes:
        path = probe.walked(network)
        ways = (way for way in (path, path.reply) if way and way.lost)
        lost = [way.lost.packet for way in ways if way.lost.icmp == "network unreachable"]
        missing = Counter(str(packet.source) for packet in lost for _fragment in packet.sizes)
        if all(reports[source] + count <= MOST_REPORTS for source, count in missing.items()):
            kept.append(probe)
            reports += missing
    return kept


def _chance_probes(chance: random.Random, made: Cluster, subnet: IPv4Network) -> Iterable[Probe]:
    machines = [(item.name, str(item.addresses[0].ip)) for item in made.machines]
    all_ends = [*machines, *((pod.name, str(pod.addresses[0])) for pod in made.pods)]
    stray = [str(subnet[77]), "10.244.1.77", "10.99.0.1"]
    sent_large: set[tuple[str, str]] = set()
    for _ in range(30):
        start, to = chance.choice(all_ends)[0], chance.choice([*(address for _, address in all_ends), *stray])
        size, df = chance.choice([128, 1300, 1400, 1450, 1500, 1600, 3000]), chance.random() < 0.4
        if df and size > 1300:
            if (start, to) in sent_large:
                continue
            sent_large.add((start, to))
        yield Probe(start, to, size=size, df=df)
