from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from engine_chance import Chance
from engine_strategies import OBJECTS, PROFILES, SERVICES, odd_clusters, odd_pods, with_spec, with_volume
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduling_strategies import ZONE, clusters, pods

from k8smodels.api.affinity import Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import node
from k8smodels.api.pod import Pod, PodStatus, pod
from k8smodels.api.selectors import LabelSelector, Requirement, Selector
from k8smodels.scheduling import DEFAULT, Cluster, PodInfo, Profile, place
from k8smodels.scheduling.engine import Engine, Placement
from k8smodels.scheduling.engine import engine as module
from k8smodels.scheduling.engine.bits import member, members, union
from k8smodels.scheduling.engine.board import Board
from k8smodels.scheduling.engine.recent import Recent
from k8smodels.scheduling.engine.topology import Tally, Topology
from k8smodels.scheduling.plugins import TaintToleration

Answers = list[tuple[str | None, int, str]]
seeds = st.one_of(st.none(), st.integers(0, 9))
profiles = st.sampled_from(["default", *PROFILES])
queues = st.lists(st.one_of(pods("p"), odd_pods("p")), min_size=1, max_size=8)


def numbered(queue: Sequence[Pod]) -> list[Pod]:
    return [replace(pod, metadata=replace(pod.metadata, name=f"p{i}")) for i, pod in enumerate(queue)]


def by_rules(queue: Sequence[Pod], cluster: Cluster, profile: Profile, seed: int | None) -> tuple[Answers, Cluster]:
    decisions, after = place(queue, cluster, profile, seed=seed)
    return [(decision.node, len(decision.best), decision.message) for decision in decisions], after


def by_engine(queue: Sequence[Pod], cluster: Cluster, profile: Profile, seed: int | None) -> tuple[Answers, Cluster]:
    engine = Engine(cluster, profile)
    placed = engine.place(queue, seed=seed)
    return [(placement.node, placement.ties, placement.message) for placement in placed], engine.cluster


def assert_same(queue: Sequence[Pod], cluster: Cluster, profile: Profile = DEFAULT, seed: int | None = None) -> Answers:
    wanted, wanted_cluster = by_rules(queue, cluster, profile, seed)
    found, found_cluster = by_engine(queue, cluster, profile, seed)
    assert found == wanted
    assert found_cluster == wanted_cluster
    assert found_cluster.node_infos == wanted_cluster.node_infos
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the pods about which the engine asks the rules."""
    names: list[str] = []
    rules = module.schedule

    def counted(pod: Pod, *args: object, **options: object) -> object:
        names.append(pod.name)
        return rules(pod, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "schedule", counted)
    return names


@settings(deadline=None, max_examples=100)
@given(clusters(nominated=False), queues, profiles, seeds)
def test_the_engine_decides_as_the_rules_do(cluster: Cluster, queue: list[Pod], profile: str, seed: int | None) -> None:
    assert_same(numbered(queue), cluster, PROFILES[profile], seed)


@settings(deadline=None, max_examples=100)
@given(odd_clusters(), queues, profiles, seeds)
def test_the_engine_decides_as_the_rules_do_in_odd_clusters(
    cluster: Cluster, queue: list[Pod], profile: str, seed: int | None
) -> None:
    assert_same(numbered(queue), cluster, PROFILES[profile], seed)


@pytest.mark.parametrize("seed", range(40))
def test_the_engine_decides_as_the_rules_do_where_scores_and_ties_decide(seed: int) -> None:
    chance = Chance(seed)
    cluster, queue = chance.cluster(), [chance.pod(f"p{i}") for i in range(16)]
    profile = PROFILES[chance.dice.choice([*["default"] * len(PROFILES), *PROFILES])]
    assert_same(queue, cluster, replace(profile, preempts=False), chance.dice.choice([None, seed]))


@settings(deadline=None, max_examples=20)
@given(clusters(), queues)
def test_a_pod_that_comes_twice_moves(cluster: Cluster, queue: list[Pod]) -> None:
    assert_same([*numbered(queue), *numbered(queue)[::-1]], cluster)


def apart(app: str) -> Affinity:
    term = PodAffinityTerm(
        topology_key="kubernetes.io/hostname", label_selector=LabelSelector(match_labels={"app": app})
    )
    return Affinity(pod_anti_affinity=PodAffinity(required_during_scheduling_ignored_during_execution=(term,)))


def evenly(app: str, when: str = "DoNotSchedule") -> TopologySpreadConstraint:
    selector = LabelSelector(match_labels={"app": app})
    return TopologySpreadConstraint(max_skew=1, topology_key=ZONE, when_unsatisfiable=when, label_selector=selector)


def rows(count: int, *others: KubernetesObject) -> Cluster:
    nodes = [node(f"n{i:02}", labels={ZONE: f"z{i % 3}"}, cpu="4", memory="8Gi", pods=20) for i in range(count)]
    return Cluster.of([*nodes, *others])


def crowd(count: int, make: Callable[[int, str], Pod]) -> list[Pod]:
    return [make(i, f"a{i % 3}") for i in range(count)]


def constrained(i: int, app: str) -> Pod:
    requests = {"cpu": ["100m", "250m", "500m"][i % 3], "memory": "128Mi"}
    rules = {"affinity": apart(app), "topology_spread_constraints": (evenly(app),)}
    return pod(f"p{i}", labels={"app": app}, requests=requests, **rules)


def test_many_constrained_pods_fill_a_cluster_as_by_the_rules(asked: list[str]) -> None:
    found = assert_same(crowd(45, constrained), rows(12))
    assert sum(node is None for node, _, _ in found) == 9  # twelve of each app, and no more
    assert not asked


def test_the_first_of_pods_that_want_each_other_needs_a_node_of_their_topology(asked: list[str]) -> None:
    term = PodAffinityTerm(topology_key="rack", label_selector=LabelSelector(match_labels={"app": "web"}))
    near = Affinity(pod_affinity=PodAffinity(required_during_scheduling_ignored_during_execution=(term,)))
    queue = [pod(name, labels={"app": "web"}, affinity=near) for name in "ab"]
    racks = [node("in-a-rack", labels={"rack": "r1"}, cpu="1"), node("another", labels={"rack": "r2"}, cpu="1")]
    found = assert_same(queue, Cluster.of([*racks, node("alone", cpu="64")]))
    assert [place for place, _, _ in found] == ["another", "another"]
    assert assert_same(queue[:1], Cluster.of([node("alone")]))[0][0] is None
    assert not asked


@pytest.mark.parametrize("have", [{"cpu": "4"}, {"memory": "4Gi"}, {}])
def test_a_resource_that_a_node_lacks_does_not_count(have: dict[str, str]) -> None:
    queue = [pod(f"p{i}", requests={"cpu": "0", "memory": "0"}) for i in range(3)]
    both = node("both", cpu="4", memory="4Gi")
    assert all(place for place, _, _ in assert_same(queue, Cluster.of([both, node("lacking", **have)])))


def test_services_spread_their_pods_without_being_asked(asked: list[str]) -> None:
    queue = crowd(20, lambda i, _: pod(f"p{i}", labels={"app": "web"}, requests={"cpu": "100m"}))
    assert assert_same(queue, rows(7, *SERVICES)) != assert_same(queue, rows(7))
    assert not asked


def test_chance_chooses_the_same_nodes_as_with_the_rules() -> None:
    queue = crowd(10, lambda i, app: pod(f"p{i}", labels={"app": app}))
    assert assert_same(queue, rows(9), seed=1) != assert_same(queue, rows(9), seed=2)


def test_the_rules_decide_about_claims_and_the_claims_get_their_volumes(asked: list[str]) -> None:
    queue = [with_volume(pod("db"), {"persistentVolumeClaim": {"claimName": "data"}}), pod("web")]
    assert_same(queue, rows(4, *OBJECTS))
    assert asked == ["db"]


def test_volumes_that_no_plugin_reads_need_no_rules(asked: list[str]) -> None:
    assert_same([with_volume(pod("web"), {"configMap": {"name": "settings"}})], rows(3))
    assert not asked


def test_the_rules_decide_as_long_as_room_is_made_for_a_more_important_pod(asked: list[str]) -> None:
    coming = replace(pod("coming", requests={"cpu": "3"}, priority=5), status=PodStatus(nominated_node_name="n00"))
    queue = [pod("a", requests={"cpu": "2"}), coming, pod("b", requests={"cpu": "2"})]
    assert_same(queue, rows(1, coming))
    assert asked == ["a"]


def test_a_pod_goes_where_room_was_made_for_it(asked: list[str]) -> None:
    nominated = replace(pod("p"), status=PodStatus(nominated_node_name="n02"))
    assert assert_same([nominated], rows(3)) == [("n02", 1, "")]
    assert not asked


def test_a_plugin_without_an_index_is_asked_itself(asked: list[str]) -> None:
    class Stricter(TaintToleration):
        pass

    plugins = tuple((Stricter() if plugin.name == "TaintToleration" else plugin, w) for plugin, w in DEFAULT.plugins)
    assert_same([pod("web")], rows(2), replace(DEFAULT, plugins=plugins))
    assert asked == ["web"]


def test_a_pod_that_fits_nowhere_is_told_again_only_what_has_changed() -> None:
    engine = Engine(rows(2))
    large = [pod(f"p{i}", requests={"cpu": "3"}) for i in range(4)]
    messages = [placement.message for placement in engine.place(large)]
    assert messages == ["", "", *["0/2 nodes are available: 2 Insufficient cpu."] * 2]
    filler = crowd(40, lambda i, _: pod(f"small{i}"))
    assert all(placement.node for placement in engine.place(filler[:38]))
    assert engine.decide(large[3]).message == "0/2 nodes are available: 2 Insufficient cpu, 2 Too many pods."


def test_deciding_binds_nothing() -> None:
    engine = Engine(rows(2))
    assert engine.decide(pod("web")) == engine.decide(pod("web"))
    assert not engine.cluster.pods


def test_no_nodes_are_told_in_the_schedulers_words() -> None:
    web = pod("web")
    assert Engine(Cluster()).place([web]) == (Placement(web, None, 0, "no nodes available to schedule pods"),)


def test_a_pod_cannot_be_bound_to_a_node_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        Engine(rows(1)).bind(pod("web"), "n99")


def test_pods_that_name_their_nodes_share_all_else() -> None:
    queue = [with_spec(pod(f"agent{i}"), node_name=f"n{i % 4:02}") for i in range(6)]
    found = assert_same(queue, rows(3))
    assert [node for node, _, _ in found] == ["n00", "n01", "n02", None, "n00", "n01"]


@given(st.sets(st.integers(0, 300), min_size=1))
def test_a_set_of_nodes_lists_its_members_in_order(numbers: set[int]) -> None:
    nodes = union(numbers)
    assert list(members(nodes)) == sorted(numbers)
    assert [member(nodes, i) for i in range(len(numbers))] == sorted(numbers)


@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1), st.data())
def test_a_tally_counts_by_domain_what_counts(domains: list[str | None], data: st.DataObject) -> None:
    numbers = st.integers(0, len(domains) - 1)
    counting, pods = data.draw(st.sets(numbers)), data.draw(st.lists(numbers))
    tally = Tally(Topology(domains), union(counting))
    for number in pods:
        tally.add(number)
    counted = [domains[i] for i in pods if i in counting]
    expected = [counted.count(domain) if domain else 0 for domain in domains]
    assert {i: level for level, nodes in tally.levels.items() for i in members(nodes)} == dict(enumerate(expected))


selectors = st.one_of(
    st.just(Selector()),
    st.just(Selector(selectable=False)),
    st.builds(
        lambda key, operator, values: Selector((Requirement(key, operator, values),)),
        st.sampled_from(["app", "tier"]),
        st.sampled_from(["in", "notin"]),
        st.sampled_from([("a",), ("b",), ("a", "b")]),
    ),
)
labels = st.dictionaries(st.sampled_from(["app", "tier"]), st.sampled_from(["a", "b"]))


@given(st.lists(st.one_of(selectors, labels)))
def test_a_board_brings_together_what_belongs_together(arrivals: list[Selector | dict[str, str]]) -> None:
    board: Board[int] = Board()
    readers: list[tuple[dict[str, str], list[int]]] = []
    for number, arrival in enumerate(arrivals):
        if isinstance(arrival, Selector):
            told = board.post(number, arrival, lambda pod, selector=arrival: selector.matches(pod.labels))
            assert len(told) == sum(arrival.matches(labels) for labels, _ in readers)
        else:
            readers.append((arrival, board.read(PodInfo(pod("p", labels=arrival)))))
    posted = [(number, arrival) for number, arrival in enumerate(arrivals) if isinstance(arrival, Selector)]
    for labels, found in readers:
        assert sorted(found) == [number for number, selector in posted if selector.matches(labels)]


@given(st.lists(st.integers(0, 9)))
def test_what_is_forgotten_is_made_anew(keys: list[int]) -> None:
    squares: Recent[int, int] = Recent(4)
    assert [squares.get(key, lambda key=key: key * key) for key in keys] == [key * key for key in keys]
    assert sum(key in squares for key in range(10)) <= 4


@settings(deadline=None, max_examples=60)
@given(clusters(nominated=False), queues, st.data())
def test_an_engine_that_has_lost_pods_decides_as_one_that_never_had_them(
    cluster: Cluster, queue: list[Pod], data: st.DataObject
) -> None:
    engine = Engine(cluster)
    engine.place(numbered(queue))
    placed = [pod for pod in engine.cluster.pods if pod.spec.node_name]
    leaving = data.draw(st.lists(st.sampled_from(placed), unique_by=id)) if placed else []
    for gone in leaving:
        engine.decide(queue[0]) if queue else None
        engine.remove(gone)
    fresh = Engine(cluster.without(leaving)) if not queue else Engine(engine.cluster)
    later = [replace(pod, metadata=replace(pod.metadata, name=f"later-{i}")) for i, pod in enumerate(queue)]
    assert not {(gone.namespace, gone.name) for gone in leaving} & {
        (other.namespace, other.name) for other in fresh.cluster.pods
    }
    assert [(p.node, p.ties, p.message) for p in engine.place(later)] == [
        (p.node, p.ties, p.message) for p in fresh.place(later)
    ]
