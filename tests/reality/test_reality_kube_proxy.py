"""Rules that the models of kube-proxy write are loaded into the kernel, and connections go where the walk says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync as iptables_sync
from k8smodels.kubeproxy.nftables.sync import full_sync as nftables_sync
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way

pytestmark = pytest.mark.reality

NODE_IP = "192.168.0.1"
BACKENDS = {"b1": "10.244.1.11", "b2": "10.244.1.12", "b3": "10.244.1.13", "b4": "10.244.2.14"}
"""The last one is a pod of another node."""
PARTIES = BACKENDS | {"client": "10.244.1.50", "outside": "203.0.113.9"}
PORT, MANY = 8080, 400
TOOLS = ("iptables-legacy", "iptables-nft", "nft")
ALPHA = 1e-6
"""How unlikely a spread must be before it counts as wrong."""

STICKY = "10.96.0.20"
"""A Service whose clients stay with their backend."""
EMPTY, FEW = "10.96.0.12", 4
"""A Service without endpoints, and how often it is tried: the kernel sends only so many refusals a second."""

SERVICES: Mapping[str, tuple[dict[str, Any], list[str]]] = {
    "10.96.0.10": ({"type": "NodePort", "nodePort": 30080, "externalTrafficPolicy": "Cluster"}, list(BACKENDS)),
    "10.96.0.11": ({}, ["b1"]),
    "10.96.0.12": ({"type": "NodePort", "nodePort": 30082, "externalTrafficPolicy": "Cluster"}, []),
    "10.96.0.13": ({"type": "NodePort", "nodePort": 30083, "externalTrafficPolicy": "Local"}, ["b1", "b3", "b4"]),
    "10.96.0.14": ({"type": "NodePort", "nodePort": 30084, "externalTrafficPolicy": "Local"}, ["b4"]),
    "10.96.0.15": ({"internalTrafficPolicy": "Local"}, ["b2", "b4"]),
    "10.96.0.16": ({"internalTrafficPolicy": "Local"}, ["b4"]),
    "10.96.0.17": ({"externalIPs": ["198.51.100.7"]}, ["b1", "b2", "b4"]),
    "10.96.0.18": ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["203.0.113.0/24"]}, ["b2"]),
    STICKY: ({"sessionAffinity": "ClientIP"}, list(BACKENDS)),
    "10.96.0.19": ({"type": "LoadBalancer", "loadBalancerSourceRanges": ["198.18.0.0/15"]}, ["b2"]),
}
STAYING: list[tuple[str | None, str, int, int]] = [(source, STICKY, 80, 40) for source in ("client", "outside")]
TRIES: list[tuple[str | None, str, int, int]] = [
    *((source, "10.96.0.10", 80, MANY) for source in ("client", "outside", None)),
    ("b1", "10.96.0.11", 80, 24),
    *(
        (source, ip, 80, FEW if ip == EMPTY else 24)
        for ip in list(SERVICES)[1:]
        if ip != STICKY
        for source in ("client", "outside", None)
    ),
    *((source, NODE_IP, port, 40) for port in (30080, 30083, 30084) for source in ("client", "outside", None)),
    *((source, NODE_IP, 30082, FEW) for source in ("client", "outside", None)),
    *((source, "198.51.100.7", 80, 40) for source in ("client", "outside", None)),
    *((source, ip, 80, 12) for ip in ("198.51.100.18", "198.51.100.19") for source in ("client", "outside")),
    ("client", "10.96.0.10", 81, FEW),
    ("client", "10.96.99.99", 80, FEW),
    (None, "127.0.0.1", 30080, 24),
]


def _service(ip: str, spec: dict[str, Any]) -> Service:
    port = {"name": "http", "port": 80, "protocol": "TCP", "nodePort": spec.get("nodePort", 0)}
    base = {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ipFamilies": ["IPv4"], "ports": [port]}
    more = {key: value for key, value in spec.items() if key != "nodePort"}
    vip = f"198.51.100.{ip.rsplit('.', 1)[1]}"
    status = {"loadBalancer": {"ingress": [{"ip": vip}]}} if spec.get("type") == "LoadBalancer" else {}
    return Service.from_json({"metadata": _named(ip), "spec": base | more, "status": status})


def _named(ip: str) -> dict[str, str]:
    return {"name": f"s{ip.rsplit('.', 1)[1]}", "namespace": "default"}


def _slice(ip: str, backends: list[str]) -> EndpointSlice:
    name = _named(ip)["name"]
    endpoints = [
        {
            "addresses": [BACKENDS[each]],
            "nodeName": "node-2" if each == "b4" else "node-1",
            "conditions": {"ready": True},
        }
        for each in backends
    ]
    labels = {"kubernetes.io/service-name": name}
    return EndpointSlice.from_json(
        {
            "metadata": {"name": f"{name}-1", "namespace": "default", "labels": labels},
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": PORT, "protocol": "TCP"}],
        }
    )


@pytest.fixture(scope="module")
def state() -> ProxyState:
    return proxy_state(
        [_service(ip, spec) for ip, (spec, _) in SERVICES.items()],
        [_slice(ip, backends) for ip, (_, backends) in SERVICES.items()],
        ProxyNode("node-1", (NODE_IP,)),
        ProxyConfig(LocalDetector("ClusterCIDR", "10.244.0.0/16"), service_cidrs=("10.96.0.0/16",)),
    )


@pytest.fixture(scope="module")
def measured(measure: Callable[..., dict[str, Any]], state: ProxyState) -> dict[str, Any]:
    rules = iptables_sync(state).kernel.text
    request = {
        "node": [NODE_IP],
        "parties": {name: [address] for name, address in PARTIES.items()},
        "backends": list(BACKENDS),
        "port": PORT,
        "tools": {"iptables-legacy": [rules], "iptables-nft": [rules], "nft": [nftables_sync(state).kernel.text]},
        "tries": TRIES + STAYING,
        "outside": "outside",
    }
    answers: dict[str, Any] = measure("kube_proxy", request)["answers"]
    return answers


def _ways(tool: str, state: ProxyState, source: str | None, address: str, port: int) -> tuple[Way, ...]:
    number = list(PARTIES).index(source) if source else None
    own = PARTIES[source] if source else "127.0.0.1" if address == "127.0.0.1" else NODE_IP
    packet = Packet(own, address, port, iif="" if number is None else f"cable{number}")
    machine = Machine((NODE_IP,))
    if tool == "nft":
        return walk_nft(read_nft(nftables_sync(state).kernel.text), packet, machine)
    return walk(read_tables(iptables_sync(state).kernel.text), packet, machine)


def _predicted(tool: str, state: ProxyState, source: str | None, address: str, port: int) -> dict[str, Fraction]:
    """The share of each end of a connection: a backend with the source that it sees, refused, or silence.

    Without rules a node port is a closed port of the node, and another address is routed outside, where nobody is.
    """
    names = {f"{ip}:{PORT}": name for name, ip in BACKENDS.items()}
    own = PARTIES[source] if source else NODE_IP
    found: dict[str, Fraction] = {}
    for way in _ways(tool, state, source, address, port):
        if way.verdict == "REJECT" or (
            way.verdict == "deliver" and not way.packet.dnat and address.startswith(("192", "127"))
        ):
            end = "refused"
        elif way.verdict == "DROP" or not way.packet.dnat:
            end = "silent"
        else:
            end = f"{names[way.packet.dnat]} {NODE_IP if way.packet.snat else own}"
        found[end] = found.get(end, Fraction(0)) + way.probability
    return found


def _unlikely(counts: Mapping[str, int], shares: Mapping[str, Fraction]) -> float:
    """The chance of a spread at least as far from the shares, by Pearson's test (Wilson and Hilferty's formula)."""
    total, freedom = sum(counts.values()), len(shares) - 1
    if not freedom:
        return 1.0
    off = sum((counts.get(end, 0) - total * share) ** 2 / (total * share) for end, share in shares.items())
    spread = 2 / (9 * freedom)
    return 0.5 * math.erfc(((float(off) / freedom) ** (1 / 3) - (1 - spread)) / math.sqrt(2 * spread))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("number", range(len(TRIES)), ids=lambda i: f"{TRIES[i][0]}-{TRIES[i][1]}-{TRIES[i][2]}")
def test_connections_end_where_the_walk_says(
    tool: str, number: int, measured: dict[str, Any], state: ProxyState, compared: Callable[..., None]
) -> None:
    if isinstance(measured[tool], str):
        pytest.skip(measured[tool])
    source, address, port, count = TRIES[number]
    counts, shares = measured[tool][0][number], _predicted(tool, state, source, address, port)
    compared(count, f"{source or 'node'} to {address}:{port}, {tool}", counts, {k: str(v) for k, v in shares.items()})
    assert sum(counts.values()) == count
    assert counts.keys() <= shares.keys()
    assert _unlikely(counts, shares) > ALPHA


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("number", range(len(STAYING)))
def test_a_client_stays_with_its_backend(
    tool: str, number: int, measured: dict[str, Any], state: ProxyState, compared: Callable[..., None]
) -> None:
    if isinstance(measured[tool], str):
        pytest.skip(measured[tool])
    source, address, port, count = STAYING[number]
    counts = measured[tool][0][len(TRIES) + number]
    possible = _predicted(tool, state, source, address, port)
    compared(
        count, f"{source} to {address}:{port} with session affinity, {tool}", counts, f"all to one of {len(possible)}"
    )
    assert list(counts.values()) == [count]
    assert counts.keys() <= possible.keys()
