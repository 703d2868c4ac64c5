from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from engine_strategies import PROFILES
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_strategies import clusters, pods

from k8smodels.api.meta import ObjectMeta, OwnerReference
from k8smodels.api.node import node
from k8smodels.api.pod import Pod, pod
from k8smodels.scheduling import DEFAULT, Cluster, place
from k8smodels.scheduling.comparison import INSTANCE_TYPE, Comparison, compare, resource_use
from k8smodels.scheduling.sweep import SweepError, sweep

PACKING = PROFILES["packing"]


def nodes(*cpus: str, **labels: str) -> Cluster:
    return Cluster.of(node(f"n{i}", cpu=cpu, memory="8Gi", labels=labels) for i, cpu in enumerate(cpus, 1))


def web(name: str, cpu: str = "1") -> Pod:
    return pod(name, requests={"cpu": cpu, "memory": "1Gi"})


def test_packing_needs_fewer_nodes_and_leaves_larger_pieces() -> None:
    found = compare(nodes("4", "4", "4"), map(web, "abc"), {"spreading": DEFAULT, "packing": PACKING}).outcomes
    assert [outcome.nodes_in_use for outcome in found.values()] == [3, 1]
    assert [outcome.resources["cpu"].utilisation for outcome in found.values()] == [0.25, 0.25]
    spreading, packing = (outcome.resources["cpu"] for outcome in found.values())
    assert spreading.imbalance == 0 < packing.imbalance
    assert spreading.fragmentation == pytest.approx(1 - 3 / 9)
    assert packing.fragmentation == pytest.approx(1 - 4 / 9)


def test_pending_pods_are_listed_by_their_message() -> None:
    found = compare(nodes("1"), [web("small"), web("large", "8"), web("late")], {"default": DEFAULT})
    outcome = found.outcomes["default"]
    assert outcome.placements == {"default/small": "n1"}
    assert outcome.pending == {"0/1 nodes are available: 1 Insufficient cpu.": ("default/large", "default/late")}


@settings(deadline=None, max_examples=20)
@given(clusters(nominated=False), pods("p"))
def test_each_profile_places_as_if_it_were_alone(cluster: Cluster, waiting: Pod) -> None:
    found = compare(cluster, [waiting], PROFILES)
    for name, profile in PROFILES.items():
        (decision,), after = place([waiting], cluster, profile)
        outcome = found.outcomes[name]
        assert outcome.placements.get("default/p") == decision.node
        assert outcome.resources["cpu"] == resource_use("cpu", after.node_infos.values())


@settings(deadline=None, max_examples=20)
@given(clusters(nominated=False), st.lists(st.sampled_from(["100m", "1"]), max_size=6))
def test_shares_stay_in_their_bounds(cluster: Cluster, sizes: list[str]) -> None:
    empty = Cluster.of(cluster.nodes)
    found = compare(empty, [web(f"p{i}", cpu) for i, cpu in enumerate(sizes)], {"default": DEFAULT})
    for use in found.outcomes["default"].resources.values():
        assert 0 <= use.utilisation <= 1
        assert 0 <= use.imbalance <= 0.5
        assert 0 <= use.fragmentation < 1


def test_a_full_cluster_is_neither_fragmented_nor_unbalanced() -> None:
    use = compare(nodes("1", "1"), map(web, "ab"), {"default": DEFAULT}).outcomes["default"].resources["cpu"]
    assert (use.utilisation, use.imbalance, use.fragmentation) == (1, 0, 0)


def test_the_price_of_a_node_is_that_of_its_name_or_of_its_type() -> None:
    cluster = nodes("4", "4", **{INSTANCE_TYPE: "large"})
    both = [web("a"), web("b")]
    for prices, cost in (({"large": 2.0}, 4.0), ({"large": 2.0, "n2": 0.5}, 2.5), (None, None)):
        assert compare(cluster, both, {"default": DEFAULT}, prices=prices).outcomes["default"].cost == cost


def test_a_node_without_a_price_is_named() -> None:
    with pytest.raises(
        ValueError, match=f"no price for node n1: neither its name nor its label {INSTANCE_TYPE} has one"
    ):
        compare(nodes("4"), [web("a")], {"default": DEFAULT}, prices={"n2": 1.0})


def test_pods_of_daemon_sets_keep_no_node_in_use() -> None:
    owner = OwnerReference(api_version="apps/v1", kind="DaemonSet", name="agent", controller=True)
    agent = Pod(metadata=ObjectMeta(name="agent", owner_references=(owner,)), spec=web("agent").spec)
    assert compare(nodes("4"), [agent], {"default": DEFAULT}).outcomes["default"].nodes_in_use == 0


def test_no_nodes_use_nothing() -> None:
    outcome = compare(Cluster(), [web("a")], {"default": DEFAULT}, prices={}).outcomes["default"]
    assert (outcome.nodes_in_use, outcome.cost, dict(outcome.resources)) == (0, 0, {})


def test_a_comparison_tells_which_pods_moved_and_becomes_json() -> None:
    found = compare(nodes("4", "4"), [web("a"), web("b")], {"default": DEFAULT, "packing": PACKING})
    assert found.moved("default", "packing") == ("default/b",)
    assert found.moved("default", "default") == ()
    value = json.loads(json.dumps(found.to_json()))
    assert list(value) == ["default", "packing"]
    assert value["packing"]["placements"] == {"default/a": "n1", "default/b": "n1"}
    assert set(value["packing"]["resources"]["cpu"]) >= {"utilisation", "imbalance", "fragmentation"}


def nodes_in_use(setting: tuple[str, int]) -> int:
    """How many nodes a workload needs; a function of this module, for other processes to find."""
    profile, count = setting
    return outcome(compare(nodes("4", "4", "4"), map(web, "abcdefgh"[:count]), {"it": PROFILES[profile]}))


def outcome(comparison: Comparison) -> int:
    return comparison.outcomes["it"].nodes_in_use


def half(number: int) -> float:
    if number % 2:
        raise ArithmeticError("odd")
    return number / 2


SETTINGS = [(profile, count) for profile in ("default", "packing") for count in (1, 3, 5)]


def test_a_sweep_gives_the_same_whoever_computes_it() -> None:
    wanted = [nodes_in_use(setting) for setting in SETTINGS]
    assert wanted == [1, 3, 3, 1, 1, 2]
    assert sweep(nodes_in_use, SETTINGS, workers=1, progress=False) == wanted
    assert sweep(nodes_in_use, SETTINGS, workers=2, progress=False) == wanted
    with ThreadPoolExecutor(2) as client:
        assert sweep(nodes_in_use, SETTINGS, client=client, progress=False) == wanted


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2}])
def test_an_error_names_the_setting(options: dict[str, Any]) -> None:
    with pytest.raises(SweepError, match=r"^3: ArithmeticError: odd$") as caught:
        sweep(half, [2, 3, 4, 5], progress=False, **options)
    assert caught.value.setting == 3
    assert isinstance(caught.value.__cause__, ArithmeticError)


def test_a_client_is_told_to_stop_after_an_error() -> None:
    class Later:
        def __init__(self, number: int) -> None:
            self.number, self.cancelled = number, False

        def result(self) -> float:
            return half(self.number)

        def cancel(self) -> None:
            self.cancelled = True

    class Somebody:
        futures: list[Later] = []  # noqa: RUF012 (one client, one test)

        def submit(self, _: object, /, number: int) -> Later:
            self.futures.append(Later(number))
            return self.futures[-1]

    client = Somebody()
    with pytest.raises(SweepError):
        sweep(half, [2, 3, 4], client=client, progress=False)
    assert client.futures[2].cancelled


def test_a_sweep_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="workers must be at least 1, not 0"):
        sweep(half, [2], workers=0)


def test_progress_is_shown_where_tqdm_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep(half, [2, 4], workers=1) == [1, 2]
    assert "2/2" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert sweep(half, [2, 4], workers=1) == [1, 2]
    assert not capsys.readouterr().err
