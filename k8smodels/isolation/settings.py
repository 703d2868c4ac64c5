"""The kubelet's settings that decide what it writes into cgroups.

References
----------
pkg/kubelet/apis/config/types.go, v1beta1/defaults.go, validation/validation.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8smodels.api.durations import format_duration
from k8smodels.api.errors import invalid, unsupported
from k8smodels.isolation.cpu import DEFAULT_PERIOD_US

MemoryReservationPolicy = Literal["None", "TieredReservation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KubeletSettings:
    """A node and its kubelet's configuration, with the kubelet's defaults.

    Attributes
    ----------
    memory_capacity_bytes, memory_allocatable_bytes
        Of the node.
    cpu_cfs_quota, cpu_cfs_quota_period_us
        Whether CPU limits are enforced, and over which period.
    memory_throttling_factor
        How far between request and limit a container is slowed down; None, the default, for never.
    memory_reservation_policy
        Whether requests of memory are protected from reclaim.
    single_process_oom_kill
        Whether the kernel may kill one process of a container alone; else all of them die together (cgroup v2).
    page_size_bytes
        The machine's.

    Raises
    ------
    FieldError
        What the kubelet would refuse at its start.
    """

    memory_capacity_bytes: int
    memory_allocatable_bytes: int
    cpu_cfs_quota: bool = True
    cpu_cfs_quota_period_us: int = DEFAULT_PERIOD_US
    memory_throttling_factor: float | None = None
    memory_reservation_policy: MemoryReservationPolicy = "None"
    single_process_oom_kill: bool = False
    page_size_bytes: int = 4096

    def __post_init__(self) -> None:
        if not 1000 <= self.cpu_cfs_quota_period_us <= 1_000_000:
            shown = format_duration(self.cpu_cfs_quota_period_us * 1000)
            raise invalid("cpuCFSQuotaPeriod", shown, "must be between 1ms and 1sec, inclusive")
        factor = self.memory_throttling_factor
        if factor is not None and not 0 < factor <= 1:
            raise invalid("memoryThrottlingFactor", factor, "must be greater than 0 and less than or equal to 1.0")
        if self.memory_reservation_policy not in ("None", "TieredReservation"):
            policies = ("None", "TieredReservation")
            raise unsupported("memoryReservationPolicy", self.memory_reservation_policy, policies)
        if self.memory_capacity_bytes <= 0:
            raise invalid("memory_capacity_bytes", self.memory_capacity_bytes, "must be greater than zero")
        if not 0 <= self.memory_allocatable_bytes <= self.memory_capacity_bytes:
            allocatable = self.memory_allocatable_bytes
            raise invalid("memory_allocatable_bytes", allocatable, "must be between 0 and the capacity")
