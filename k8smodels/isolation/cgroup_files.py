"""What the kubelet and the runtime write into the cgroups of a pod and its containers.

Left out: swap (the default is none), huge pages of containers, exclusive CPUs (which have no quota), devices.

References
----------
pkg/kubelet/cm/helpers_linux.go: ResourceConfigForPod; pkg/kubelet/cm/qos_container_manager_linux.go;
pkg/kubelet/kuberuntime/kuberuntime_container_linux.go: calculateLinuxResources (v1.37);
github.com/opencontainers/cgroups v0.0.7: fs2/cpu.go, fs2/memory.go, fs/cpu.go, fs/memory.go
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from k8smodels.api.errors import invalid
from k8smodels.api.pod import Container, Pod, ResourceList
from k8smodels.api.quantity import Quantity, QuantityError
from k8smodels.api.resources import is_hugepages
from k8smodels.api.validation import validate_resources
from k8smodels.isolation.cpu import (
    DEFAULT_PERIOD_US,
    MIN_SHARES,
    kubelet_weight,
    milli_cpu_to_quota_us,
    milli_cpu_to_shares,
    runtime_weight,
)
from k8smodels.isolation.memory_qos import Files, container_memory_qos, limits_everywhere, pod_memory_qos
from k8smodels.isolation.oom_score import oom_score_adj
from k8smodels.isolation.qos import qos_class
from k8smodels.isolation.requests import milli_cpu, pod_level_limits, pod_limits, pod_requests, value
from k8smodels.isolation.settings import KubeletSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceConfig:
    """What the kubelet wants of a pod's cgroup; None where it sets nothing.

    Attributes
    ----------
    cpu_shares
        1024 for a CPU that is requested.
    cpu_quota_us, cpu_period_us
        CPU time in each period; a quota of -1 for no bound.
    memory_bytes
        The limit.
    hugepage_limits
        Bytes by the size of the page in bytes.
    unified
        Files of cgroup v2 that v1 has not.
    """

    cpu_shares: int
    cpu_quota_us: int | None = None
    cpu_period_us: int | None = None
    memory_bytes: int | None = None
    hugepage_limits: Mapping[int, int] = field(default_factory=dict)
    unified: Files = field(default_factory=dict)

    def v2_files(self) -> Files:
        """The files of cgroup v2."""
        weight = kubelet_weight(self.cpu_shares)
        quota, period = self.cpu_quota_us or 0, self.cpu_period_us or 0
        return _v2_files(weight, quota, period, self.memory_bytes or 0) | dict(self.unified)

    def v1_files(self) -> Files:
        """The files of cgroup v1."""
        return _v1_files(self.cpu_shares, self.cpu_quota_us or 0, self.cpu_period_us or 0, self.memory_bytes or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinuxContainerResources:
    """What the kubelet asks the runtime for, over CRI; 0 where it sets nothing.

    Attributes
    ----------
    cpu_shares, cpu_quota_us, cpu_period_us
        As in `ResourceConfig`.
    memory_limit_bytes
        The limit.
    oom_score_adj
        For all processes of the container.
    unified
        Files of cgroup v2 that v1 has not.
    """

    cpu_shares: int
    cpu_quota_us: int
    cpu_period_us: int
    memory_limit_bytes: int
    oom_score_adj: int
    unified: Files = field(default_factory=dict)

    def v2_files(self) -> Files:
        """The files of cgroup v2, as runc writes them."""
        weight = runtime_weight(self.cpu_shares)
        return _v2_files(weight, self.cpu_quota_us, self.cpu_period_us, self.memory_limit_bytes) | dict(self.unified)

    def v1_files(self) -> Files:
        """The files of cgroup v1."""
        return _v1_files(self.cpu_shares, self.cpu_quota_us, self.cpu_period_us, self.memory_limit_bytes)


def pod_resource_config(pod: Pod, settings: KubeletSettings) -> ResourceConfig:
    """The cgroup of `pod`: the sum of its containers' requests, and of their limits if all have one.

    Raises
    ------
    InvalidObject
        Requests or limits that the API server would refuse.
    """
    validate_resources(pod)
    requests, limits = pod_requests(pod), pod_limits(pod)
    qos = qos_class(pod)
    period = settings.cpu_cfs_quota_period_us
    quota = milli_cpu_to_quota_us(milli_cpu(limits), period) if settings.cpu_cfs_quota else -1
    is_guaranteed = qos == "Guaranteed"
    has_quota = qos != "BestEffort" and (is_guaranteed or limits_everywhere(pod, "cpu"))
    has_memory = qos != "BestEffort" and (is_guaranteed or limits_everywhere(pod, "memory"))
    return ResourceConfig(
        cpu_shares=MIN_SHARES if qos == "BestEffort" else milli_cpu_to_shares(milli_cpu(requests)),
        cpu_quota_us=quota if has_quota else None,
        cpu_period_us=period if has_quota else None,
        memory_bytes=value(limits, "memory") if has_memory else None,
        hugepage_limits=hugepage_limits(requests),
        unified=pod_memory_qos(pod, settings),
    )


def container_resources(pod: Pod, container: Container, settings: KubeletSettings) -> LinuxContainerResources:
    """The resources of one container; a limit of the pod as a whole stands in where the container has none.

    Raises
    ------
    InvalidObject
        Requests or limits that the API server would refuse.
    """
    validate_resources(pod)
    whole, requests = pod_level_limits(pod), container.resources.requests
    limits = {**whole, **{name: limit for name, limit in container.resources.limits.items() if limit.sign}}
    period = settings.cpu_cfs_quota_period_us if settings.cpu_cfs_quota else 0
    together = {} if settings.single_process_oom_kill else {"memory.oom.group": "1"}
    return LinuxContainerResources(
        cpu_shares=milli_cpu_to_shares(milli_cpu(requests if "cpu" in requests else limits)),
        cpu_quota_us=milli_cpu_to_quota_us(milli_cpu(limits), period) if period else 0,
        cpu_period_us=period,
        memory_limit_bytes=value(limits, "memory"),
        oom_score_adj=oom_score_adj(pod, container, settings.memory_capacity_bytes),
        unified=together | dict(container_memory_qos(pod, container, settings)),
    )


def hugepage_limits(resources: ResourceList) -> Mapping[int, int]:
    """Bytes by the size of the huge page in bytes; two spellings of a size add up.

    Raises
    ------
    FieldError
        A name such as ``hugepages-big``.
    """
    limits: dict[int, int] = {}
    for name, amount in resources.items():
        if is_hugepages(name):
            try:
                size = Quantity.parse(name.removeprefix("hugepages-")).value()
            except QuantityError as error:
                raise invalid(f"requests[{name}]", name, str(error)) from None
            limits[size] = limits.get(size, 0) + amount.value()
    return limits


def burstable_cpu_shares(pods: Iterable[Pod]) -> int:
    """``cpu.shares`` of the cgroup of all Burstable pods: their requests are added first, then converted."""
    return milli_cpu_to_shares(sum(milli_cpu(pod_requests(pod)) for pod in pods if qos_class(pod) == "Burstable"))


def _v2_files(weight: int, quota_us: int, period_us: int, memory_bytes: int) -> dict[str, str]:
    files = {"cpu.weight": str(weight)}
    if quota_us or period_us:
        files["cpu.max"] = f"{quota_us if quota_us > 0 else 'max'} {period_us or DEFAULT_PERIOD_US}"
    if memory_bytes:
        files["memory.max"] = str(memory_bytes)
    return files


def _v1_files(shares: int, quota_us: int, period_us: int, memory_bytes: int) -> dict[str, str]:
    files = {
        "cpu.shares": shares,
        "cpu.cfs_period_us": period_us,
        "cpu.cfs_quota_us": quota_us,
        "memory.limit_in_bytes": memory_bytes,
    }
    return {name: str(number) for name, number in files.items() if number}
