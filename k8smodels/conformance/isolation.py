"""Adapters of the suites ``isolation/...``: QoS and cgroups, node allocatable, eviction."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from k8smodels.api.durations import DurationError, parse_duration
from k8smodels.api.pod import Container, Pod, ResourceList
from k8smodels.api.quantity import Quantity, QuantityError
from k8smodels.conformance.container_life import SUITES as CONTAINER_LIFE
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.isolation import cpu
from k8smodels.isolation.allocatable import MachineInfo, node_allocatable
from k8smodels.isolation.cgroup_files import container_resources, pod_resource_config
from k8smodels.isolation.cgroup_path import pod_cgroup
from k8smodels.isolation.eviction import rank_pods
from k8smodels.isolation.eviction_event import eviction_message
from k8smodels.isolation.eviction_thresholds import (
    Amount,
    Observation,
    Threshold,
    node_conditions,
    thresholds_met,
)
from k8smodels.isolation.pod_use import RESOURCES
from k8smodels.isolation.qos import qos_class
from k8smodels.isolation.settings import KubeletSettings
from k8smodels.isolation.stats import PodStats, by_uid
from k8smodels.isolation.threshold_settings import ThresholdError, parse_thresholds


def cpu_values(case: JSON) -> JSON:
    """The suite ``isolation/cpu``."""
    period = case["periodMicroseconds"]
    shares = cpu.milli_cpu_to_shares(case["milliCPU"])
    quota = cpu.milli_cpu_to_quota_us(case["milliCPU"], period)
    return {
        "shares": shares,
        "quota": quota,
        "weightLinear": cpu.kubelet_weight(shares),
        "weight": cpu.runtime_weight(shares),
        "sharesToMilli": cpu.shares_to_milli_cpu(shares),
        "quotaToMilli": cpu.quota_to_milli_cpu(quota, period),
    }


def qos(case: JSON) -> JSON:
    """The suite ``isolation/qos``."""
    pod, settings = Pod.from_json(case["pod"]), _settings(case["node"])
    config, pod_class = pod_resource_config(pod, settings), qos_class(pod)
    return {
        "qosClass": pod_class,
        "pod": {
            "cpuShares": config.cpu_shares,
            "cpuQuota": config.cpu_quota_us,
            "cpuPeriod": config.cpu_period_us,
            "memory": config.memory_bytes,
            "hugePageLimit": {str(size): limit for size, limit in config.hugepage_limits.items()},
            "cgroup": dict(config.v2_files()),
        },
        "cgroupPath": {
            "cgroupfs": pod_cgroup(pod_class, pod.metadata.uid, "cgroupfs"),
            "systemd": pod_cgroup(pod_class, pod.metadata.uid, "systemd"),
        },
        "containers": {container.name: _container(pod, container, settings) for container in pod.all_containers},
    }


def _settings(node: JSON) -> KubeletSettings:
    return KubeletSettings(
        memory_capacity_bytes=Quantity.parse(node["memoryCapacity"]).value(),
        memory_allocatable_bytes=Quantity.parse(node["memoryAllocatable"]).value(),
        cpu_cfs_quota=node["cpuCFSQuota"],
        cpu_cfs_quota_period_us=parse_duration(node["cpuCFSQuotaPeriod"]) // 1000,
        memory_throttling_factor=node.get("memoryThrottlingFactor"),
        memory_reservation_policy=node["memoryReservationPolicy"],
        single_process_oom_kill=True,  # the recorded runtime manager was made without the kubelet's default for v2
    )


def _container(pod: Pod, container: Container, settings: KubeletSettings) -> JSON:
    resources = container_resources(pod, container, settings)
    return {
        "oomScoreAdj": resources.oom_score_adj,
        "cpuShares": resources.cpu_shares,
        "cpuQuota": resources.cpu_quota_us,
        "cpuPeriod": resources.cpu_period_us,
        "memoryLimitInBytes": resources.memory_limit_bytes,
        "cgroup": dict(resources.v2_files()),
    }


def allocatable(case: JSON) -> JSON:
    """The suite ``isolation/node-allocatable``."""
    machine = MachineInfo(
        cores=case["numCores"],
        memory_bytes=case["memoryBytes"],
        ephemeral_storage_bytes=case["ephemeralStorageBytes"],
        hugepages_2mi=case["hugePages2Mi"],
        max_pods=case["maxPods"],
        pods_per_core=case["podsPerCore"],
    )
    reserved = {"system_reserved": case["systemReserved"], "kube_reserved": case["kubeReserved"]}
    node = node_allocatable(machine, eviction_hard=case["evictionHard"], **reserved)
    return {
        "capacity": _texts(node.capacity),
        "allocatable": _texts(node.allocatable),
        "reservation": _texts(node.reservation),
        "kubepods": {
            "memory": node.kubepods_memory_bytes,
            "cpuShares": node.kubepods_cpu_shares,
            "cpuWeight": cpu.kubelet_weight(node.kubepods_cpu_shares),
        },
        "errors": list(node.errors),
    }


def _texts(resources: ResourceList) -> JSON:
    return {name: str(amount) for name, amount in resources.items()}


def thresholds(case: JSON) -> JSON:
    """The suite ``isolation/eviction-thresholds``."""
    try:
        found = parse_thresholds(
            hard=case.get("evictionHard"),
            soft=case.get("evictionSoft"),
            soft_grace_period=case.get("evictionSoftGracePeriod"),
            minimum_reclaim=case.get("evictionMinimumReclaim"),
            enforce_node_allocatable=case.get("enforceNodeAllocatable", ()),
        )
    except (ThresholdError, QuantityError, DurationError) as error:
        return {"error": str(error)}
    observed = {signal: _observation(item) for signal, item in case.get("observations", {}).items()}
    met = thresholds_met(found, observed)
    return {
        "thresholds": [_threshold(item, observed.get(item.signal)) for item in sorted(found, key=str)],
        "met": sorted(map(str, met)),
        "metWithMinReclaim": sorted(map(str, thresholds_met(found, observed, with_min_reclaim=True))),
        "nodeConditions": sorted(node_conditions(met)),
    }


def _observation(item: JSON) -> Observation:
    return Observation(Quantity.parse(item["available"]), Quantity.parse(item["capacity"]))


def _threshold(threshold: Threshold, observed: Observation | None) -> JSON:
    quantity = threshold.value.quantity
    described = {
        "threshold": str(threshold),
        "operator": "LessThan",
        "quantity": None if quantity is None else str(quantity),
        "percentage": None if quantity is not None else _shortest(threshold.value.fraction),
        "minReclaim": threshold.min_reclaim and _amount(threshold.min_reclaim),
        "gracePeriodSeconds": threshold.grace_period_ns / 10**9,
    }
    return described if observed is None else described | {"bytes": threshold.value.of(observed.capacity).value()}


def _amount(amount: Amount) -> JSON:
    return _shortest(amount.fraction) if amount.quantity is None else str(amount.quantity)


def _shortest(fraction: float) -> float:
    """The shortest decimal for a number of 32 bits, as Go writes it into JSON."""
    decimals = (float(f"{fraction:.{digits}g}") for digits in range(1, 10))
    return next(number for number in decimals if struct.pack("f", number) == struct.pack("f", fraction))


def eviction(case: JSON) -> JSON:
    """The suite ``isolation/eviction``."""
    signal, pods = case["signal"], [Pod.from_json(item) for item in case["pods"]]
    stats = [PodStats.from_json(item) for item in case.get("stats", ())]
    ranking = rank_pods(signal, pods, stats, dedicated_image_fs=case["dedicatedImageFs"])
    measured = by_uid(stats)
    messages: dict[str, Any] = {}
    for pod in pods:
        event = eviction_message(pod, RESOURCES[signal], measured.get(pod.metadata.uid))
        messages[pod.name] = {"message": event.message, "annotations": dict(event.annotations)}
    return {
        "order": [ranked.name for ranked in ranking.pods],
        "evicted": ranking.evicted and ranking.evicted.name,
        "messages": messages,
    }


SUITES: Mapping[str, Adapter] = {
    **CONTAINER_LIFE,
    "isolation/cpu": Adapter(cpu_values),
    "isolation/qos": Adapter(qos),
    "isolation/node-allocatable": Adapter(allocatable),
    "isolation/eviction-thresholds": Adapter(thresholds),
    "isolation/eviction": Adapter(eviction),
}
