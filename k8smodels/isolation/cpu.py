"""From milliCPU to what the kernel understands, and back.

References
----------
pkg/kubelet/cm/helpers_linux.go: MilliCPUToShares, MilliCPUToQuota, SharesToMilliCPU, QuotaToMilliCPU;
pkg/kubelet/cm/cgroup_manager_linux.go: getCPUWeight; pkg/kubelet/cm/cgroup_v2_manager_linux.go: cpuWeightToCPUShares
(v1.37); github.com/opencontainers/cgroups v0.0.7, utils.go: ConvertCPUSharesToCgroupV2Value
"""

from __future__ import annotations

import math

MIN_SHARES, MAX_SHARES = 2, 262_144
MIN_WEIGHT, MAX_WEIGHT = 1, 10_000
SHARES_PER_CPU = 1024
DEFAULT_PERIOD_US = 100_000
MIN_QUOTA_US = 1000


def milli_cpu_to_shares(milli_cpu: int) -> int:
    """``cpu.shares`` of a request: 1024 a CPU, rounded down, within what the kernel takes."""
    return min(max(milli_cpu * SHARES_PER_CPU // 1000, MIN_SHARES), MAX_SHARES)


def milli_cpu_to_quota_us(milli_cpu: int, period_us: int = DEFAULT_PERIOD_US) -> int:
    """CPU time that a limit allows in each period; 0, that is no quota, without a limit, else at least 1 ms."""
    return max(milli_cpu * period_us // 1000, MIN_QUOTA_US) if milli_cpu else 0


def kubelet_weight(shares: int) -> int:
    """``cpu.weight`` as the kubelet writes it, for its own cgroups (node, QoS class, pod): a straight line.

    1024 shares become 39, not 100, the default of cgroup v2.
    """
    if shares >= MAX_SHARES:
        return MAX_WEIGHT
    return 1 + (max(shares, MIN_SHARES) - 2) * 9999 // 262_142


def runtime_weight(shares: int) -> int:
    """``cpu.weight`` as runc writes it, for containers: a curve through both defaults, 1024 shares and weight 100.

    Runtimes with an opencontainers/cgroups older than v0.0.3 use the straight line of `kubelet_weight`.
    """
    if shares <= MIN_SHARES:
        return MIN_WEIGHT
    if shares >= MAX_SHARES:
        return MAX_WEIGHT
    log = math.log2(shares)
    return math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34))


def kubelet_weight_to_shares(weight: int) -> int:
    """The shares that the kubelet reads back from its own weight; coarse, so often not what was written."""
    return (weight - 1) * 262_142 // 9999 + 2


def shares_to_milli_cpu(shares: int) -> int:
    """The request that these shares came from, rounded up."""
    return -(-shares * 1000 // SHARES_PER_CPU) if shares >= MIN_SHARES else 0


def quota_to_milli_cpu(quota_us: int, period_us: int = DEFAULT_PERIOD_US) -> int:
    """The limit that this quota came from, rounded down; 0 if there is none (-1)."""
    return 0 if quota_us == -1 else quota_us * 1000 // period_us
