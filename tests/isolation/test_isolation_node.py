from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resource_pods import GI, MI, container, make_pod

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.isolation import (
    DEFAULT_EVICTION_HARD,
    MachineInfo,
    Observation,
    PodStats,
    ThresholdError,
    eviction_message,
    node_allocatable,
    node_conditions,
    parse_thresholds,
    rank_pods,
    thresholds_met,
)

MACHINE = MachineInfo(cores=4, memory_bytes=16 * GI, ephemeral_storage_bytes=100 * GI)


def observed(available: str, capacity: str = "16Gi") -> Observation:
    return Observation(Quantity.parse(available), Quantity.parse(capacity))


def test_allocatable_is_what_reservations_and_hard_thresholds_leave() -> None:
    node = node_allocatable(
        MACHINE, system_reserved={"cpu": "200m"}, kube_reserved={"memory": "1Gi"}, eviction_hard=DEFAULT_EVICTION_HARD
    )
    assert {name: str(amount) for name, amount in node.allocatable.items()} == {
        "cpu": "3800m",
        "memory": "15260Mi",
        "ephemeral-storage": "96636764000",
        "pods": "110",
    }
    assert node.kubepods_memory_bytes == 15 * GI


def test_more_reserved_than_there_is_names_each_resource() -> None:
    node = node_allocatable(MACHINE, system_reserved={"cpu": "4.5", "memory": "20Gi"}, kube_reserved={"cpu": "100m"})
    assert node.errors == (
        'Resource "cpu" has a reservation of {{4600 -3} {<nil>}  DecimalSI} but capacity of {{4000 -3} {<nil>}  '
        "DecimalSI}. Expected capacity >= reservation.",
        'Resource "memory" has a reservation of {{21474836480 0} {<nil>}  BinarySI} but capacity of {{17179869184 0} '
        "{<nil>}  BinarySI}. Expected capacity >= reservation.",
    )


TEXTS = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(("0", "500m", "9")), "memory": st.sampled_from(("0", "1Gi", "40Gi"))}
)


@given(
    st.integers(0, 64), st.integers(0, 32 * GI), st.integers(0, 20_000), TEXTS, TEXTS, st.sampled_from(("5%", "1Gi"))
)
def test_allocatable_is_between_nothing_and_the_capacity(
    cores: int, memory: int, pages: int, system: dict[str, str], kube: dict[str, str], threshold: str
) -> None:
    machine = MachineInfo(cores=cores, memory_bytes=memory, hugepages_2mi=pages)
    hard = {"memory.available": threshold}
    node = node_allocatable(machine, system_reserved=system, kube_reserved=kube, eviction_hard=hard)
    assert node.allocatable.keys() == node.capacity.keys()
    for name, amount in node.allocatable.items():
        assert 0 <= amount.nanos <= node.kubepods.get(name, node.capacity[name]).nanos <= node.capacity[name].nanos
    assert bool(node.errors) == any(amount > node.capacity[name] for name, amount in node.reservation.items())


@pytest.mark.parametrize(
    ("reserved", "message"),
    [
        (
            {"gpu": "1"},
            r'systemReserved\[gpu\]: Unsupported value: "gpu": supported values: "cpu", "ephemeral-storage"',
        ),
        ({"memory": "1GB"}, r'systemReserved\[memory\]: Invalid value: "1GB": quantities must match'),
        ({"cpu": "-1"}, r'systemReserved\[cpu\]: Invalid value: "-1": must be greater than or equal to 0'),
    ],
)
def test_a_reservation_must_be_an_amount_of_something_that_can_be_kept(reserved: dict[str, str], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        node_allocatable(MACHINE, system_reserved=reserved)


def test_a_machine_has_no_negative_parts() -> None:
    with pytest.raises(FieldError, match="cores: Invalid value: -1"):
        MachineInfo(cores=-1, memory_bytes=1)


def test_a_threshold_is_met_only_below_it() -> None:
    thresholds = parse_thresholds(hard={"memory.available": "100Mi"})
    assert thresholds_met(thresholds, {"memory.available": observed("100Mi")}) == ()
    assert thresholds_met(thresholds, {"memory.available": observed("99Mi")}) == thresholds
    assert thresholds_met(thresholds, {}) == ()
    assert node_conditions(thresholds) == ("MemoryPressure",)


def test_a_tenth_is_a_number_of_32_bits() -> None:
    (threshold,) = parse_thresholds(hard={"nodefs.available": "10%"})
    assert threshold.value.of(Quantity.parse("100Gi")).value() == 10_737_418_400
    assert threshold.value.of(Quantity.parse("1e900")).value() < 1 << 63


def test_soft_thresholds_wait_and_minimum_reclaim_keeps_them_met() -> None:
    (threshold,) = parse_thresholds(
        soft={"memory.available": "200Mi"},
        soft_grace_period={"memory.available": "90s"},
        minimum_reclaim={"memory.available": "100Mi"},
    )
    assert (str(threshold), threshold.is_hard) == ("memory.available for 1m30s", False)
    assert not threshold.is_met(observed("250Mi"))
    assert threshold.is_met(observed("250Mi"), with_min_reclaim=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1e40%", 'strconv.ParseFloat: parsing "1e40": value out of range'),
        ("1_0%", 'strconv.ParseFloat: parsing "1_0": invalid syntax'),
        ("%", 'strconv.ParseFloat: parsing "": invalid syntax'),
        (" 5%", 'strconv.ParseFloat: parsing " 5": invalid syntax'),
        ("120%", "eviction percentage threshold memory.available must be <= 100%: 120%"),
    ],
)
def test_percentages_are_read_as_go_reads_them(text: str, message: str) -> None:
    with pytest.raises(ThresholdError) as refused:
        parse_thresholds(hard={"memory.available": text})
    assert str(refused.value) == message


def used(pod: Pod, memory: int = 0, pids: int = 0, rootfs: int = 0, volume: int = 0) -> PodStats:
    disk = {"usedBytes": rootfs, "inodesUsed": rootfs // MI}
    names = [item.name for item in pod.spec.containers]
    return PodStats.from_json(
        {
            "podRef": {"name": pod.name, "uid": pod.metadata.uid},
            "memory": {"workingSetBytes": memory},
            "process_stats": {"process_count": pids},
            "containers": [{"name": name, "memory": {"workingSetBytes": memory}, "rootfs": disk} for name in names],
            "volume": [{"name": "scratch", "usedBytes": volume}],
        }
    )


def test_each_pod_says_which_step_put_it_before_the_next() -> None:
    request = {"requests": {"memory": "100Mi"}}
    pods = [
        make_pod(container(**request), name="within", priority=-1),
        make_pod(container(), name="small"),
        make_pod(container(), name="same"),
        make_pod(container(), name="big"),
        make_pod(container(), name="important", priority=10),
        make_pod(container(), name="unknown", priority=1000),
    ]
    use = {"within": 50, "small": 10, "same": 10, "big": 900, "important": 2000}
    stats = [used(pod, use[pod.name] * MI) for pod in pods if pod.name in use]
    ranking = rank_pods("memory.available", pods, stats)
    assert [(ranked.name, ranked.decided_by) for ranked in ranking.pods] == [
        ("unknown", "no stats"),
        ("big", "usage above its request"),
        ("small", "tie"),
        ("same", "priority"),
        ("important", "exceeds its request"),
        ("within", None),
    ]


def test_requests_do_not_matter_when_process_ids_run_out() -> None:
    pods = [make_pod(container(requests={"memory": "1Gi"}), name="many"), make_pod(container(), name="few")]
    ranking = rank_pods("pid.available", pods, [used(pods[0], pids=500), used(pods[1], pids=5)])
    assert [(ranked.name, ranked.decided_by) for ranked in ranking.pods] == [("many", "processes"), ("few", None)]


def test_critical_pods_are_ranked_but_stay() -> None:
    static = make_pod(container(), name="static", annotations={"kubernetes.io/config.source": "file"})
    pods = [static, make_pod(container(), name="app", priority=10)]
    ranking = rank_pods("memory.available", pods, [used(pod, 100 * MI) for pod in pods])
    assert [ranked.name for ranked in ranking.pods] == ["static", "app"]
    assert ranking.evicted == pods[1]
    assert rank_pods("memory.available", [static], []).evicted is None


@pytest.mark.parametrize(
    ("dedicated", "signal", "usage"), [(False, "nodefs", 7), (True, "nodefs", 5), (True, "imagefs", 2)]
)
def test_what_counts_lies_on_the_full_file_system(dedicated: bool, signal: str, usage: int) -> None:
    pod = make_pod(container(), volumes=[{"name": "scratch", "emptyDir": {}}])
    ranking = rank_pods(f"{signal}.available", [pod], [used(pod, rootfs=2, volume=5)], dedicated_image_fs=dedicated)
    assert ranking.pods[0].use.usage == usage


@pytest.mark.parametrize(
    ("source", "counts"),
    [
        ({"emptyDir": {}}, True),
        ({"emptyDir": {"medium": "Memory"}}, False),
        ({"hostPath": {"path": "/x"}}, True),
        ({"configMap": {"name": "x"}}, True),
        ({"secret": {"secretName": "x"}}, False),
        ({"persistentVolumeClaim": {"claimName": "x"}}, False),
    ],
)
def test_only_volumes_on_the_nodes_disk_count(source: dict[str, Any], counts: bool) -> None:
    pod = make_pod(container(), volumes=[{"name": "scratch", **source}])
    assert bool(rank_pods("nodefs.available", [pod], [used(pod, volume=5)]).pods[0].use.usage) == counts


USES = st.lists(
    st.tuples(
        st.none() | st.integers(0, 300), st.sampled_from((-1, 0, 7, 2_000_000_000)), st.sampled_from(("", "100Mi"))
    ),
    max_size=8,
)
SIGNALS = st.sampled_from(
    ("memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "pid.available")
)


@given(USES, SIGNALS, st.booleans())
def test_a_ranking_is_a_permutation_that_no_step_contradicts(
    uses: list[tuple[int | None, int, str]], signal: str, dedicated: bool
) -> None:
    pods, stats = [], []
    for i, (usage, priority, request) in enumerate(uses):
        requests = {"memory": request, "ephemeral-storage": request} if request else {}
        pods.append(make_pod(container(requests=requests), name=f"p{i}", priority=priority))
        if usage is not None:
            stats.append(used(pods[-1], usage * MI, usage, usage * MI))
    ranking = rank_pods(signal, pods, stats, dedicated_image_fs=dedicated)
    assert sorted(ranked.name for ranked in ranking.pods) == sorted(pod.name for pod in pods)
    assert [ranked.decided_by is None for ranked in ranking.pods] == [False] * (len(pods) - 1) + [True] * bool(pods)
    assert ranking.evicted is None or (ranking.evicted.spec.priority or 0) < 2_000_000_000
    again = rank_pods(signal, [ranked.use.pod for ranked in ranking.pods], stats, dedicated_image_fs=dedicated)
    assert again == ranking


def test_the_event_names_what_was_crossed_and_who_used_too_much() -> None:
    pod = make_pod(container("a", requests={"memory": "10Mi"}), container("b", requests={"memory": "50Mi"}))
    (threshold,) = parse_thresholds(hard={"memory.available": "100Mi"})
    event = eviction_message(pod, "memory", used(pod, 20 * MI), (threshold, observed("90Mi")))
    assert event.message == (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. "
        "Container a was using 20Mi, request is 10Mi, has larger consumption of memory. "
    )
    assert event.annotations["offending_containers"] == "a"


def test_an_unknown_signal_has_no_ranking() -> None:
    with pytest.raises(FieldError, match=r'signal: Unsupported value: "cpu\.available"'):
        rank_pods("cpu.available", [], [])


def test_statistics_are_read_and_written_without_loss() -> None:
    written = {
        "podRef": {"name": "p", "namespace": "d", "uid": "u"},
        "process_stats": {"process_count": 3},
        "cpu": {"usageNanoCores": 5},
        "containers": [{"name": "a", "logs": {"usedBytes": 1}}],
    }
    stats = PodStats.from_json(written)
    assert (stats.process_count, stats.to_json()) == (3, written)
    with pytest.raises(FieldError, match=r"process_stats\.process_count: Invalid value: \"x\": must be an integer"):
        PodStats.from_json({"process_stats": {"process_count": "x"}})
    with pytest.raises(FieldError, match="must be an object"):
        PodStats.from_json([])
