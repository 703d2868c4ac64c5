"""How long the whole matrix of who may talk to whom takes: 200 pods under 100 policies, and 5,000 under 1,000."""

from __future__ import annotations

import random

from benchmarks.figures import Figure, best_of
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.api.pod import Pod
from k8smodels.network.policy import Cluster, cluster_of, may_talk, reachability

PORTS = (80, 5432, "53/UDP")


def cluster(pods: int, policies: int) -> Cluster:
    """Pods of twenty applications in ten namespaces; each policy isolates one application and lets two others in."""
    chance = random.Random(1)
    objects: list[KubernetesObject] = [_pod(i) for i in range(pods)]
    objects += [_policy(chance, i) for i in range(policies)]
    return cluster_of(objects)


def _pod(i: int) -> Pod:
    ports = [{"name": "http", "containerPort": 80}]
    return Pod.from_json(
        {
            "metadata": {"name": f"p{i}", "namespace": f"ns{i % 10}", "labels": {"app": f"a{i % 20}"}},
            "spec": {"containers": [{"name": "main", "image": "i", "ports": ports}]},
            "status": {"podIP": f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"},
        }
    )


def _policy(chance: random.Random, i: int) -> NetworkPolicy:
    labels = [{"matchLabels": {"app": f"a{chance.randrange(20)}"}} for _ in range(3)]
    peers = [
        {"podSelector": labels[1], "namespaceSelector": {}},
        {"podSelector": labels[2]},
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.0.1.0/24"]}},
    ]
    ports = [{"port": chance.choice(("http", 80, 5432))}, {"port": 53, "protocol": "UDP"}]
    rule, direction = chance.choice((("ingress", "from"), ("egress", "to")))
    spec = {"podSelector": labels[0], rule: [{direction: peers[: chance.randint(1, 3)], "ports": ports}]}
    metadata = {"name": f"policy{i}", "namespace": f"ns{i % 10}"}
    return NetworkPolicy.from_json({"metadata": metadata, "spec": spec})


def figures() -> list[Figure]:
    """Every figure of this subject."""
    small, large = cluster(200, 100), cluster(5_000, 1_000)
    name = large.pods[0].name
    return [
        Figure(
            "matrix, 200 pods, 100 policies, 3 ports", best_of(3, lambda: reachability(small, PORTS)), "s", 1, "budget"
        ),
        Figure(
            "matrix, 5,000 pods, 1,000 policies, 3 ports",
            best_of(1, lambda: reachability(large, PORTS)),
            "s",
            60,
            "budget",
        ),
        Figure(
            "one verdict, 5,000 pods, 1,000 policies",
            best_of(3, lambda: may_talk(large, name, name, 80)),
            "s",
            0.1,
            "budget",
        ),
    ]
