"""The verdict and the matrix say what the documentation says, on clusters made by chance."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_by_the_book import ByTheBook
from policy_chance import NODES, OUTSIDE, PORTS, cluster

from k8smodels.api import kinds
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.network.policy import Cluster, cluster_of, may_talk, reachability
from k8smodels.network.policy.cluster import HostNetwork

MODES: tuple[HostNetwork, ...] = ("as the node", "as a pod")


def read(objects: list[dict[str, object]], host_network: HostNetwork = "as the node") -> Cluster:
    return cluster_of(kinds.load(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})), host_network)


def everyone(found: Cluster) -> list[str]:
    return [pod.name for pod in found.pods] + [*NODES, *OUTSIDE]


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(MODES))
def test_verdict_matrix_and_documentation_agree(chance: random.Random, host_network: HostNetwork) -> None:
    objects = cluster(chance)
    found, book = read(objects, host_network), ByTheBook(objects, host_network)
    names = everyone(found)
    matrix = reachability(found, [f"{port}/{protocol}" for port, protocol in PORTS], [*NODES, *OUTSIDE])
    for source in names:
        for destination in names:
            port, protocol = chance.choice(PORTS)
            wanted = f"{port}/{protocol}"
            verdict = may_talk(found, source, destination, wanted)
            assert verdict.allowed == matrix.allowed(source, destination, wanted)
            assert verdict.allowed == book.allowed(source, destination, port, protocol), verdict.reasons


@pytest.mark.parametrize("seed", range(20))
def test_a_verdict_names_rules_that_exist_and_nothing_else(seed: int) -> None:
    objects = cluster(random.Random(seed), policies=8)
    found = read(objects)
    specs = {
        f"{o['metadata']['namespace']}/{o['metadata']['name']}": o["spec"]
        for o in objects
        if o["kind"] == "NetworkPolicy"
    }
    for source in everyone(found):
        for destination in everyone(found):
            verdict = may_talk(found, source, destination, 80)
            for side in (verdict.egress, verdict.ingress):
                assert {permit.policy for permit in side.allowed_by} <= set(side.isolated_by) <= set(specs)
                for permit in side.allowed_by:
                    rule = specs[permit.policy][permit.direction.lower()][permit.rule]
                    peers = rule.get("to" if permit.direction == "Egress" else "from", [])
                    assert (permit.peer is None) == (not peers)
                    assert permit.peer is None or permit.peer < len(peers)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_further_policy_never_allows_more_to_a_pod_that_was_not_isolated_and_never_less_to_one_that_was(
    chance: random.Random,
) -> None:
    objects = cluster(chance, policies=6)
    policies = [item for item in objects if item["kind"] == "NetworkPolicy"]
    if not policies:
        return
    fewer = [item for item in objects if item is not policies[-1]]
    before, after = read(fewer), read(objects)
    for source in everyone(after):
        for destination in everyone(after):
            old, new = may_talk(before, source, destination, 80), may_talk(after, source, destination, 80)
            for was, is_now in ((old.egress, new.egress), (old.ingress, new.ingress)):
                assert set(was.allowed_by) <= set(is_now.allowed_by)
                if was.isolated_by:
                    assert is_now.allowed >= was.allowed
                else:
                    assert is_now.allowed <= was.allowed


def test_the_order_of_policies_does_not_matter() -> None:
    chance = random.Random(7)
    objects = cluster(chance, policies=9)
    shuffled = chance.sample(objects, len(objects))
    first, second = reachability(read(objects), [80]), reachability(read(shuffled), [80])
    for source in first.parties:
        for destination in first.parties:
            assert first.allowed(source, destination, 80) == second.allowed(source, destination, 80)


def test_policies_are_written_back_as_they_were_read() -> None:
    for item in cluster(random.Random(3), policies=30):
        if item["kind"] == "NetworkPolicy":
            again = NetworkPolicy.from_json(NetworkPolicy.from_json(item).to_json())
            assert again == NetworkPolicy.from_json(item)
