"""How fast pods talk: ``python tests/reality/measure_network.py [ROUNDS]`` (Linux, root, a quiet machine).

Prints JSON: for each way to connect two pods, with and without offloads, the throughput of one TCP stream and the time
of a small answer, as median, least and most of the rounds, which take turns. Without offloads one packet is one packet:
that is what the headers of a tunnel cost; with them the kernel handles up to 64 KiB at once.
"""

import datetime as dt
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import reality_harness
from network_probes import names_of, request

from k8smodels.network import Cluster, Network, build, cluster
from k8smodels.network.devices import Loopback
from k8smodels.network.iproute import netns

ROUNDS = 5
CASES = {
    "same node": ("bridge", "d/a", "d/b"),
    "routing": ("host-gw", "d/a", "d/c"),
    "VXLAN": ("vxlan", "d/a", "d/c"),
    "macvlan": ("macvlan", "d/a", "d/c"),
}
"""The mode, who sends, and to whom."""


def _cluster(mode: str) -> Cluster:
    nodes = tuple(cluster.node(f"n{i}", f"192.168.0.{i}/24", f"10.244.{i}.0/24") for i in (1, 2))
    ends = (("d/a", 1, 2), ("d/b", 1, 3), ("d/c", 2, 2))
    made = (
        cluster.pod(name, f"n{i}", f"192.168.0.1{i}{j}" if mode == "macvlan" else f"10.244.{i}.{j}")
        for name, i, j in ends
    )
    return Cluster(nodes, tuple(made))


def _devices(network: Network, names: list[str]) -> list[list[str]]:
    spaces = [network.namespace(name) for name in names]
    return [
        [netns(space.name), device.name]
        for space in spaces
        for device in space.devices.values()
        if not isinstance(device, Loopback)
    ]


def measure(case: str, *, offloads: bool) -> dict[str, float]:
    """One round of one case, in a sandbox of its own."""
    mode, start, to = CASES[case]
    made = _cluster(mode)
    network = build(made, mode, masquerade=False)
    names = names_of(made, network)
    asked = request(network, names, []) | {
        "from": netns(start),
        "to": netns(to),
        "address": str(made.pod_by_name[to].addresses[0]),
        "devices": [] if offloads else _devices(network, names),
    }
    return reality_harness.measure("network_speed", asked)


def _summary(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": ordered[len(ordered) // 2], "min": ordered[0], "max": ordered[-1]}


def main() -> None:
    """Measure in turns and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found: dict[tuple[str, bool], list[dict[str, float]]] = {}
    for _ in range(rounds):
        for offloads in (True, False):
            for case in CASES:
                found.setdefault((case, offloads), []).append(measure(case, offloads=offloads))
    rows: list[dict[str, Any]] = [
        {"case": case, "offloads": offloads}
        | {key: _summary([one[key] for one in values]) for key in ("gbit_per_s", "answer_us")}
        for (case, offloads), values in found.items()
    ]
    about = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": f"python tests/reality/{Path(__file__).name} {rounds}",
        "kernel": platform.release(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}",
        "rounds": rounds,
    }
    print(json.dumps(about | {"cases": rows}, indent=1))


if __name__ == "__main__":
    main()
