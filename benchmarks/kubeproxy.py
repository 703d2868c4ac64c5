"""How long kube-proxy's models take for many Services, beside the real proxiers, and a packet through a large dump.

The real ones run where Go is present: ``go run ./proxy/bench`` in tests/oracle. They only count what they would hand to
iptables-restore or nft; so do the models.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, best_of
from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables import sync as iptables
from k8smodels.kubeproxy.nftables import sync as nftables
from k8smodels.kubeproxy.state import Change, ProxyState, proxy_state
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk

ORACLE = Path(__file__).resolve().parent.parent / "tests" / "oracle"
SERVICES, ENDPOINTS = 5_000, 5


def service(i: int) -> Service:
    """The Service ``svc<i>``, port 80."""
    ip = f"172.30.{i // 250}.{1 + i % 250}"
    ports = [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}]
    spec = {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ipFamilies": ["IPv4"], "ports": ports}
    return Service.from_json({"metadata": {"namespace": "ns", "name": f"svc{i}"}, "spec": spec})


def endpoint_slice(i: int, first: str = "") -> EndpointSlice:
    """Its endpoints; the first may be another one."""
    addresses = [f"10.{k // 62500}.{k // 250 % 250}.{1 + k % 250}" for k in range(i * ENDPOINTS, (i + 1) * ENDPOINTS)]
    addresses[0] = first or addresses[0]
    return EndpointSlice.from_json(
        {
            "metadata": {
                "namespace": "ns",
                "name": f"svc{i}-1",
                "labels": {"kubernetes.io/service-name": f"svc{i}"},
            },
            "addressType": "IPv4",
            "endpoints": [{"addresses": [each], "nodeName": f"node-{j}"} for j, each in enumerate(addresses)],
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        }
    )


def state(count: int = SERVICES) -> ProxyState:
    """What a node knows of so many Services."""
    config = ProxyConfig(LocalDetector("ClusterCIDR", "10.0.0.0/8"), nfacct=True, service_cidrs=("172.30.0.0/16",))
    slices = [endpoint_slice(i) for i in range(count)]
    return proxy_state(map(service, range(count)), slices, ProxyNode("node-a", ("192.168.0.2",)), config)


def _real() -> dict[str, dict[str, Any]]:
    """What the real proxiers took in this session; empty without Go."""
    if shutil.which("go") is None:
        return {}
    command = ["go", "run", "-buildvcs=false", "-ldflags=-checklinkname=0", "./proxy/bench", "-services", str(SERVICES)]
    done = subprocess.run(command, cwd=ORACLE, capture_output=True, text=True, check=True)
    return {row["mode"]: row for row in map(json.loads, done.stdout.splitlines()) if row["services"] == SERVICES}


def _syncs(real: dict[str, dict[str, Any]]) -> Iterator[Figure]:
    before = state()
    after = before.apply(Change((), (endpoint_slice(0, "10.250.0.1"),)))
    for name, mode in (("iptables", iptables), ("nftables", nftables)):
        measured = real.get(name, {})
        against = f"the real proxier, {name}"
        full = best_of(3, partial(_all_rules, mode, before))
        changed = best_of(5, partial(mode.partial_sync, after, mode.full_sync(before)))
        label = f"{name}, {SERVICES:,} Services x {ENDPOINTS} endpoints"
        yield Figure(f"{label}, all rules", full, "s", measured.get("fullSyncSeconds"), against)
        yield Figure(f"{label}, one changed", changed, "s", measured.get("partialSyncSeconds"), against)


def _all_rules(mode: Any, state: ProxyState) -> str:
    return str(mode.full_sync(state).kernel.text)


def figures() -> list[Figure]:
    """Every figure of this subject."""
    text = iptables.full_sync(state()).kernel.text
    lines = text.count("\n")
    tables = read_tables(text)
    packet, machine = Packet("10.1.1.1", "172.30.9.7", 80, iif="cni0"), Machine(("192.168.0.2",))
    walk(tables, packet, machine)  # the index of a chain is made when it is first asked
    return [
        *_syncs(_real()),
        Figure(f"a dump of {lines:,} lines, read", best_of(3, lambda: read_tables(text)), "s", 3, "budget"),
        Figure("a packet through it", best_of(200, lambda: walk(tables, packet, machine)) * 1e3, "ms", 1, "budget"),
    ]
