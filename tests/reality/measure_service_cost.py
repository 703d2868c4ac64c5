"""What many Services cost: ``python tests/reality/measure_service_cost.py [ROUNDS]`` (Linux, root, a quiet machine).

Prints JSON: for each tool and each number of Services, the time to open a connection to the last one in the rules, and
to load all rules and one change. Every Service has one endpoint, the same Pod; a connection's first packet pays, the
others do not. Rounds take turns; of the connections the fastest tenth counts, of the rounds the median, with the least
and the most beside it.
"""

import datetime as dt
import json
import os
import platform
import sys
from typing import Any

import reality_harness

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables import sync as iptables
from k8smodels.kubeproxy.nftables import sync as nftables
from k8smodels.kubeproxy.state import Change, ProxyState, proxy_state

ROUNDS, CONNECTIONS, PORT = 5, 300, 8080
SIZES = (1, 100, 500, 1000, 2500, 5000)
TOOLS = ("iptables-legacy", "iptables-nft", "nft")
NODE_IP, CLIENT, BACKEND = "192.168.0.1", "10.244.1.50", "10.244.1.11"


def _service(i: int) -> Service:
    ip = f"10.96.{i // 250}.{i % 250 + 1}"
    spec = {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ipFamilies": ["IPv4"]}
    ports = [{"name": "http", "port": 80, "protocol": "TCP"}]
    return Service.from_json({"metadata": {"name": f"s{i:05}", "namespace": "d"}, "spec": spec | {"ports": ports}})


def _slice(i: int, address: str = BACKEND) -> EndpointSlice:
    name = f"s{i:05}"
    return EndpointSlice.from_json(
        {
            "metadata": {"name": f"{name}-1", "namespace": "d", "labels": {"kubernetes.io/service-name": name}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [address], "nodeName": "n1"}],
            "ports": [{"name": "http", "port": PORT, "protocol": "TCP"}],
        }
    )


def _state(size: int) -> ProxyState:
    config = ProxyConfig(LocalDetector("ClusterCIDR", "10.244.0.0/16"))
    return proxy_state(map(_service, range(size)), map(_slice, range(size)), ProxyNode("n1", (NODE_IP,)), config)


def _texts(tool: str, size: int) -> tuple[str, str]:
    """All rules, and what is written when one more Service comes."""
    before = _state(size)
    after = before.apply(Change((_service(size),), (_slice(size),)))
    if tool == "nft":
        synced = nftables.full_sync(before)
        return synced.kernel.text, "\n".join(nftables.partial_sync(after, synced).transaction)
    written = iptables.full_sync(before)
    return written.kernel.text, iptables.partial_sync(after, written).restore.text


def measure(tool: str, size: int) -> dict[str, float]:
    """One round of one tool and one number of Services, in a sandbox of its own."""
    full, change = _texts(tool, size)
    last = _service(size - 1).spec.cluster_ip
    asked = {
        "node": [NODE_IP],
        "parties": {"client": [CLIENT], "backend": [BACKEND]},
        "port": PORT,
        "tool": tool,
        "full": full,
        "change": change,
        "targets": {"pod": [BACKEND, PORT], "last": [last, 80]},
        "connections": CONNECTIONS,
    }
    found = reality_harness.measure("service_cost", asked)
    tenth = {name: sorted(taken)[len(taken) // 10] for name, taken in found["microseconds"].items()}
    return {
        "connect_us": tenth["last"],
        "pod_us": tenth["pod"],
        "load_s": found["seconds"]["all"],
        "change_s": found["seconds"]["one"],
    }


def _summary(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {"median": ordered[len(ordered) // 2], "min": ordered[0], "max": ordered[-1]}


def main() -> None:
    """Measure in turns and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    found: dict[tuple[str, int], list[dict[str, float]]] = {}
    missing: dict[str, str] = {}
    for _ in range(rounds):
        for tool in TOOLS:
            for size in SIZES:
                try:
                    found.setdefault((tool, size), []).append(measure(tool, size))
                except reality_harness.CannotMeasure as reason:
                    missing[tool] = str(reason)
    report: dict[str, Any] = {
        "command": f"python tests/reality/measure_service_cost.py {rounds}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": f"{os.cpu_count()} CPUs, load {os.getloadavg()[1]:.1f} at the end",
        "missing": missing,
        "cases": [
            {"tool": tool, "services": size} | {key: _summary([each[key] for each in rows]) for key in rows[0]}
            for (tool, size), rows in found.items()
            if rows
        ],
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
