from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resource_pods import GI, MI, NODE, both, container, make_pod, pods

from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.pod import Pod
from k8smodels.isolation import (
    KubeletSettings,
    burstable_cpu_shares,
    container_cgroup,
    container_resources,
    node_cgroup,
    pod_cgroup,
    pod_resource_config,
    qos_cgroup,
    qos_class,
)
from k8smodels.isolation.cpu import (
    kubelet_weight,
    kubelet_weight_to_shares,
    milli_cpu_to_quota_us,
    milli_cpu_to_shares,
    quota_to_milli_cpu,
    runtime_weight,
    shares_to_milli_cpu,
)


def test_one_cpu_weighs_39_for_a_pod_and_100_for_a_container() -> None:
    pod = make_pod(container(requests={"cpu": "1"}))
    assert pod_resource_config(pod, NODE).v2_files() == {"cpu.weight": "39"}
    assert container_resources(pod, pod.spec.containers[0], NODE).v2_files()["cpu.weight"] == "100"


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_cpu_never_weighs_less(one: int, other: int) -> None:
    low, high = (milli_cpu_to_shares(amount) for amount in sorted((one, other)))
    assert 2 <= low <= high <= 262_144
    assert 1 <= kubelet_weight(low) <= kubelet_weight(high) <= 10_000
    assert 1 <= runtime_weight(low) <= runtime_weight(high) <= 10_000


@given(st.integers(2, 256_000))
def test_shares_lead_back_to_their_request(milli_cpu: int) -> None:
    assert shares_to_milli_cpu(milli_cpu_to_shares(milli_cpu)) == milli_cpu


@given(st.integers(1, 10_000))
def test_the_kubelet_reads_back_its_own_weight_within_one(weight: int) -> None:
    assert weight - kubelet_weight(kubelet_weight_to_shares(weight)) in (0, 1)


@given(st.integers(0, 10**6), st.sampled_from((5_000, 10_000, 100_000, 1_000_000)))
def test_a_quota_leads_back_to_a_limit_that_is_not_less(milli_cpu: int, period_us: int) -> None:
    quota = milli_cpu_to_quota_us(milli_cpu, period_us)
    assert (quota == 0) == (milli_cpu == 0)
    assert quota_to_milli_cpu(quota, period_us) >= milli_cpu
    assert quota_to_milli_cpu(-1, period_us) == 0


def test_the_same_requests_become_other_files_on_cgroup_v1() -> None:
    pod = make_pod(container(requests={"cpu": "100m"}, limits={"cpu": "200m", "memory": "32Mi"}))
    resources = container_resources(pod, pod.spec.containers[0], NODE)
    assert resources.v1_files() == {
        "cpu.shares": "102",
        "cpu.cfs_period_us": "100000",
        "cpu.cfs_quota_us": "20000",
        "memory.limit_in_bytes": "33554432",
    }
    assert resources.v2_files() == {
        "cpu.weight": "17",
        "cpu.max": "20000 100000",
        "memory.max": "33554432",
        "memory.oom.group": "1",
        "memory.min": "0",
        "memory.low": "0",
    }


def test_a_pod_is_bounded_only_if_every_container_is() -> None:
    pod = make_pod(container("a", **both(cpu="1", memory="1Gi")), container("b", limits={"cpu": "1"}))
    config = pod_resource_config(pod, NODE)
    assert (config.cpu_quota_us, config.memory_bytes) == (200_000, None)


def test_burstable_requests_are_added_before_they_are_converted() -> None:
    """As a real kubelet wrote it: three pods of 102 shares stand in a cgroup of 307."""
    members = [make_pod(container(requests={"cpu": "100m"}), name=f"p{i}") for i in range(3)]
    guaranteed = make_pod(container(**both(cpu="1", memory="1Gi")))
    assert [pod_resource_config(pod, NODE).cpu_shares for pod in members] == [102] * 3
    assert burstable_cpu_shares([*members, guaranteed, make_pod(container())]) == 307


def test_limits_are_not_enforced_without_quota() -> None:
    pod = make_pod(container(**both(cpu="1", memory="1Gi")))
    off = replace(NODE, cpu_cfs_quota=False)
    assert pod_resource_config(pod, off).v2_files()["cpu.max"] == "max 100000"
    assert "cpu.max" not in container_resources(pod, pod.spec.containers[0], off).v2_files()


def test_throttling_begins_between_request_and_limit_on_a_whole_page() -> None:
    pod = make_pod(container(requests={"memory": "1000001"}, limits={"memory": "3000001"}))
    files = container_resources(pod, pod.spec.containers[0], replace(NODE, memory_throttling_factor=0.9)).v2_files()
    assert files["memory.high"] == str(2_800_001 // 4096 * 4096)


@given(pods(), st.sampled_from((None, 0.5, 1.0)), st.sampled_from(("None", "TieredReservation")))
def test_files_agree_with_each_other(pod: Pod, factor: float | None, policy: str) -> None:
    settings = replace(NODE, memory_throttling_factor=factor, memory_reservation_policy=policy)
    for item in pod.all_containers:
        files = container_resources(pod, item, settings).v2_files()
        protected = max(int(files.get(name, "0")) for name in ("memory.min", "memory.low"))
        high = int(files.get("memory.high", str(1 << 62)))
        limit = item.resources.limits.get("memory")
        assert protected <= high
        if limit is not None and limit.sign:
            assert files["memory.max"] == str(limit.value())
            assert protected <= limit.value()
            assert "memory.high" not in files or high <= limit.value()
        assert 1 <= int(files["cpu.weight"]) <= 10_000
    assert 1 <= int(pod_resource_config(pod, settings).v2_files()["cpu.weight"]) <= 10_000


@given(pods())
def test_a_best_effort_pod_has_no_bounds_and_a_guaranteed_one_has_both(pod: Pod) -> None:
    config = pod_resource_config(pod, NODE)
    bounds = {config.cpu_quota_us is None, config.memory_bytes is None}
    match qos_class(pod):
        case "BestEffort":
            assert bounds == {True}
        case "Guaranteed":
            assert bounds == {False}


def test_limits_below_requests_are_refused_as_the_api_server_refuses_them() -> None:
    pod = make_pod(container(requests={"cpu": "2"}, limits={"cpu": "1"}), resources={"requests": {"memory": "-1Mi"}})
    with pytest.raises(InvalidObject) as refused:
        pod_resource_config(pod, NODE)
    assert [str(error) for error in refused.value.errors] == [
        'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        'spec.resources.requests[memory]: Invalid value: "-1Mi": must be greater than or equal to 0',
    ]
    with pytest.raises(InvalidObject, match="must be less than or equal to cpu limit of 1"):
        container_resources(pod, pod.spec.containers[0], NODE)


def test_an_unknown_unit_is_refused_when_the_pod_is_read() -> None:
    with pytest.raises(FieldError, match=r"spec.containers\[0\].resources.limits\[memory\]: Invalid value: \"1GB\""):
        make_pod(container(limits={"memory": "1GB"}))


def test_a_size_of_huge_pages_must_be_a_quantity() -> None:
    pod = make_pod(container(**both(**{"hugepages-2Mi": "4Mi", "hugepages-2048Ki": "2Mi"})))
    assert pod_resource_config(pod, NODE).hugepage_limits == {2 * MI: 6 * MI}
    with pytest.raises(FieldError, match=r"requests\[hugepages-big\]"):
        pod_resource_config(make_pod(container(**both(**{"hugepages-big": "4Mi"}))), NODE)


def test_amounts_beyond_64_bits_are_cut_off() -> None:
    pod = make_pod(container(requests={"memory": "1e900"}))
    files = container_resources(pod, pod.spec.containers[0], replace(NODE, memory_throttling_factor=0.5)).v2_files()
    assert "memory.high" not in files


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"cpu_cfs_quota_period_us": 999}, 'cpuCFSQuotaPeriod: Invalid value: "999µs": must be between 1ms and 1sec'),
        ({"memory_throttling_factor": 1.5}, "memoryThrottlingFactor: Invalid value: 1.5: must be greater than 0"),
        ({"memory_throttling_factor": float("nan")}, "memoryThrottlingFactor: Invalid value: NaN"),
        ({"memory_reservation_policy": "All"}, 'memoryReservationPolicy: Unsupported value: "All"'),
        ({"memory_capacity_bytes": 0}, "memory_capacity_bytes: Invalid value: 0"),
        ({"memory_allocatable_bytes": 17 * GI}, "must be between 0 and the capacity"),
    ],
)
def test_the_kubelet_refuses_settings(setting: dict[str, object], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        replace(NODE, **setting)  # type: ignore[arg-type]


def test_the_period_decides_how_small_a_quota_can_be() -> None:
    settings = KubeletSettings(memory_capacity_bytes=GI, memory_allocatable_bytes=GI, cpu_cfs_quota_period_us=10_000)
    pod = make_pod(container(**both(cpu="50m", memory="1Gi")))
    assert pod_resource_config(pod, settings).v2_files()["cpu.max"] == "1000 10000"


def test_names_of_slices_repeat_those_above_and_have_no_dashes_of_their_own() -> None:
    assert node_cgroup("systemd") == "/kubepods.slice"
    assert qos_cgroup("Guaranteed", "cgroupfs") == "/kubepods"
    assert qos_cgroup("BestEffort", "systemd") == "/kubepods.slice/kubepods-besteffort.slice"
    path = pod_cgroup("Burstable", "ab-cd", "systemd")
    assert path == "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podab_cd.slice"
    assert container_cgroup(path, "f00", "systemd") == f"{path}/cri-containerd-f00.scope"
    assert container_cgroup("/kubepods/podab-cd", "f00", "cgroupfs") == "/kubepods/podab-cd/f00"


@pytest.mark.parametrize("uid", ["", "..", "a/b", "a_b", "x" * 200, "a\n"])
def test_a_uid_that_is_no_part_of_a_path_is_refused(uid: str) -> None:
    with pytest.raises(FieldError, match=r"metadata\.uid: Invalid value"):
        pod_cgroup("Burstable", uid, "cgroupfs")


def test_an_unknown_driver_is_refused() -> None:
    with pytest.raises(FieldError, match='cgroupDriver: Unsupported value: "docker"'):
        node_cgroup("docker")  # type: ignore[arg-type]
