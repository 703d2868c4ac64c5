"""Rules of nftables made from policies let through what the verdicts allow, and nothing else."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from k8smodels.api import kinds
from k8smodels.network.policy import Cluster, cluster_of, may_talk, ruleset
from tests.network_policy import policy_chance as made

pytestmark = pytest.mark.reality
SEEDS = range(14)
TRIES = 400


def _cluster(seed: int) -> Cluster:
    objects = made.cluster(Random(seed), pods=7, policies=8, one_node=True)
    return cluster_of(kinds.load(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})))


def _parties(cluster: Cluster) -> dict[str, list[str]]:
    """Pods are known by their address: their names differ from cluster to cluster."""
    return {str(pod.addresses[0]): [str(address) for address in pod.addresses] for pod in cluster.pods} | {
        "n2": [made.NODES["n2"]],
        "outside": list(made.OUTSIDE),
    }


def _tries(cluster: Cluster, chance: Random) -> list[list[Any]]:
    """A source (none for the node itself), an address of a destination in a family that the source has, a port."""
    own: dict[str | None, list[str]] = {None: [made.NODES["n1"]], **_parties(cluster)}
    everything = [
        [source, address, port, protocol]
        for source, mine in own.items()
        for theirs in own.values()
        for address in theirs
        if any((":" in address) == (":" in each) for each in mine)
        for port, protocol in made.PORTS
    ]
    return chance.sample(everything, TRIES)


def _allowed(cluster: Cluster, source: str | None, address: str, port: int, protocol: str) -> bool:
    addresses = {None: [made.NODES["n1"]], **_parties(cluster)}[source]
    own = next(each for each in addresses if (":" in each) == (":" in address))
    return may_talk(cluster, own, address, f"{port}/{protocol}").allowed


@pytest.fixture(scope="module")
def measured(measure: Callable[..., dict[str, Any]]) -> list[tuple[Cluster, list[list[Any]], list[list[bool]]]]:
    """Each cluster with the connections that were tried, and what became of them."""
    clusters = [_cluster(seed) for seed in SEEDS]
    tries = [_tries(cluster, Random(seed)) for seed, cluster in zip(SEEDS, clusters, strict=True)]
    request = {
        "node": [made.NODES["n1"]],
        "parties": _parties(clusters[0]),
        "ports": made.PORTS,
        "rulesets": [
            {"rules": ruleset(cluster, "n1"), "tries": each} for cluster, each in zip(clusters, tries, strict=True)
        ],
    }
    return list(zip(clusters, tries, measure("policy", request)["answers"], strict=True))


@pytest.mark.parametrize("number", range(len(SEEDS)))
def test_the_kernel_lets_through_what_the_verdict_allows(
    number: int, measured: Any, compared: Callable[..., None]
) -> None:
    cluster, tries, answers = measured[number]
    predicted = [_allowed(cluster, *each) for each in tries]
    source, address, port, protocol = tries[0]
    what = f"{source or 'node'} to {address}, {port}/{protocol}: answered, delivered"
    compared(len(tries), what, answers[0], [predicted[0]] * 2)
    differing = [each for each, want, got in zip(tries, predicted, answers, strict=True) if got != [want, want]]
    assert differing == []


def test_many_are_allowed_and_many_refused(measured: Any) -> None:
    answered = [answer for _cluster, _tries, answers in measured for answer, _delivered in answers]
    assert 0.2 < sum(answered) / len(answered) < 0.9
