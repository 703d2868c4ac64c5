"""Clusters and policies by chance, as the API's own JSON; with all forms that rules have."""

from __future__ import annotations

import random
from typing import Any

JSON = dict[str, Any]
NAMESPACES = {"red": {"team": "a"}, "green": {"team": "b", "env": "prod"}, "blue": {}}
NODES = {"n1": "192.0.2.1", "n2": "192.0.2.2"}
OUTSIDE = ("198.51.100.7", "2001:db8:9::7")
PORTS = ((80, "TCP"), (8080, "TCP"), (53, "UDP"), (80, "UDP"))
_LABELS = {"app": ("web", "db", "job"), "tier": ("front", "back")}
_NAMES = ("http", "dns")


def cluster(chance: random.Random, pods: int = 8, policies: int = 5, *, one_node: bool = False) -> list[JSON]:
    """Namespaces, nodes, pods and policies."""
    found = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": n, "labels": v}} for n, v in NAMESPACES.items()
    ]
    found += [_node(name, address) for name, address in NODES.items()]
    found += [_pod(chance, i, one_node) for i in range(pods)]
    return found + [_policy(chance, i) for i in range(chance.randint(0, policies))]


def _node(name: str, address: str) -> JSON:
    status = {"addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]}
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": status}


def _pod(chance: random.Random, number: int, one_node: bool) -> JSON:
    host = not one_node and chance.random() < 0.15
    node = "n1" if one_node else chance.choice(list(NODES))
    both = [f"10.244.{1 + number % 3}.{number + 2}", f"fd00:0:0:{number % 3}::{number + 2:x}"]
    own = both if one_node else chance.choice([both, both[::-1], both[:1], both[1:], []])
    addresses = [NODES[node]] if host else own
    ports = [
        {"name": name, "containerPort": chance.choice((80, 8080, 53)), "protocol": chance.choice(("TCP", "UDP"))}
        for name in _NAMES
        if chance.random() < 0.6
    ]
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"p{number}", "namespace": chance.choice(list(NAMESPACES)), "labels": _labels(chance)},
        "spec": {"nodeName": node, "hostNetwork": host, "containers": [{"name": "c", "image": "i", "ports": ports}]},
        "status": {"podIPs": [{"ip": address} for address in addresses]},
    }  # fmt: skip


def _labels(chance: random.Random) -> JSON:
    return {key: chance.choice(values) for key, values in _LABELS.items() if chance.random() < 0.8}


def _policy(chance: random.Random, number: int) -> JSON:
    spec: JSON = {"podSelector": _selector(chance, _LABELS)}
    for field, peers in (("ingress", "from"), ("egress", "to")):
        if chance.random() < 0.7:
            spec[field] = [_rule(chance, peers) for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.6:
        spec["policyTypes"] = chance.choice((["Ingress"], ["Egress"], ["Ingress", "Egress"], []))
    metadata = {"name": f"policy-{number}", "namespace": chance.choice(list(NAMESPACES))}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _rule(chance: random.Random, peers: str) -> JSON:
    rule: JSON = {}
    if chance.random() < 0.8:
        rule[peers] = [_peer(chance) for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.6:
        rule["ports"] = [_port(chance) for _ in range(chance.randint(0, 2))]
    return rule


def _port(chance: random.Random) -> JSON:
    numbers: tuple[JSON, ...] = (
        {},
        {"port": 80},
        {"port": 8080},
        {"port": 53, "endPort": 80},
        {"port": 60, "endPort": 9000},
    )
    port = chance.choice((*numbers, {"port": "http"}, {"port": "dns"}))
    return port | ({"protocol": chance.choice(("TCP", "UDP"))} if chance.random() < 0.6 else {})


def _peer(chance: random.Random) -> JSON:
    if chance.random() < 0.3:
        return {"ipBlock": _block(chance)}
    teams = {"team": ("a", "b"), "kubernetes.io/metadata.name": tuple(NAMESPACES)}
    pods, namespaces = {"podSelector": _selector(chance, _LABELS)}, {"namespaceSelector": _selector(chance, teams)}
    return chance.choice((pods, namespaces, pods | namespaces))


def _block(chance: random.Random) -> JSON:
    return chance.choice(
        (
            {"cidr": "10.244.0.0/16", "except": ["10.244.1.0/24", "10.244.1.4/32"]},
            {"cidr": "0.0.0.0/0", "except": chance.choice(([], ["198.51.100.0/24"], ["10.0.0.0/8", "192.0.2.2/32"]))},
            {"cidr": "198.51.100.0/24"},
            {"cidr": "192.0.2.0/24", "except": ["192.0.2.1/32"]},
            {"cidr": "::/0"},
            {"cidr": "fd00::/16", "except": ["fd00:0:0:1::/64", "fd00:0:0:1:0::/80"]},
        )
    )


def _selector(chance: random.Random, labels: dict[str, tuple[str, ...]]) -> JSON:
    selector: JSON = {}
    if chance.random() < 0.5:
        key = chance.choice(list(labels))
        selector["matchLabels"] = {key: chance.choice(labels[key])}
    if chance.random() < 0.4:
        selector["matchExpressions"] = [_expression(chance, labels)]
    return selector


def _expression(chance: random.Random, labels: dict[str, tuple[str, ...]]) -> JSON:
    key, operator = chance.choice(list(labels)), chance.choice(("In", "NotIn", "Exists", "DoesNotExist"))
    values = chance.sample(labels[key], chance.randint(1, len(labels[key])))
    return {"key": key, "operator": operator} | ({"values": values} if operator.endswith("In") else {})
