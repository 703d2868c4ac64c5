"""Containers as the kernel sees them: processes that share a machine, kept apart and kept within bounds.

What a pod's requests and limits become::

    from k8smodels.api.pod import pod
    from k8smodels.isolation import KubeletSettings, pod_qos, pod_resource_config

    web = pod("web", requests={"cpu": "250m", "memory": "64Mi"}, limits={"memory": "128Mi"})
    node = KubeletSettings(memory_capacity_bytes=16 << 30, memory_allocatable_bytes=15 << 30)
    pod_qos(web).qos_class, pod_resource_config(web, node).v2_files()

`cpu` converts, `cgroup_path` names the directories, `cgroup_tree` and `cpu_time` let containers compete for CPUs,
`memory` and `pids` say what happens at a limit, `allocatable`, `eviction_thresholds` and `eviction` look after the
node as a whole. Views of the machine (processes, namespaces, chroot) are in `machine`.
"""

from k8smodels.isolation.allocatable import MachineInfo, NodeAllocatable, node_allocatable
from k8smodels.isolation.cgroup import Cgroup
from k8smodels.isolation.cgroup_files import (
    LinuxContainerResources,
    ResourceConfig,
    burstable_cpu_shares,
    container_resources,
    pod_resource_config,
)
from k8smodels.isolation.cgroup_path import container_cgroup, node_cgroup, pod_cgroup, qos_cgroup
from k8smodels.isolation.cgroup_tree import node_cgroups
from k8smodels.isolation.cpu_time import CPUStat, CPUTime, Usage, simulate
from k8smodels.isolation.eviction import RankedPod, Ranking, rank_pods
from k8smodels.isolation.eviction_event import EvictionMessage, eviction_message
from k8smodels.isolation.eviction_thresholds import Observation, Threshold, node_conditions, thresholds_met
from k8smodels.isolation.memory import OOMKill, OutOfMemory, choose_victim, run_out_of_memory
from k8smodels.isolation.oom_score import oom_score_adj
from k8smodels.isolation.pids import Fork, PidsCgroup, fork
from k8smodels.isolation.qos import QOS, QOSClass, ResourceQOS, pod_qos, qos_class
from k8smodels.isolation.settings import KubeletSettings
from k8smodels.isolation.stats import PodStats
from k8smodels.isolation.threshold_settings import DEFAULT_EVICTION_HARD, ThresholdError, parse_thresholds

__all__ = [
    "DEFAULT_EVICTION_HARD",
    "QOS",
    "CPUStat",
    "CPUTime",
    "Cgroup",
    "EvictionMessage",
    "Fork",
    "KubeletSettings",
    "LinuxContainerResources",
    "MachineInfo",
    "NodeAllocatable",
    "OOMKill",
    "Observation",
    "OutOfMemory",
    "PidsCgroup",
    "PodStats",
    "QOSClass",
    "RankedPod",
    "Ranking",
    "ResourceConfig",
    "ResourceQOS",
    "Threshold",
    "ThresholdError",
    "Usage",
    "burstable_cpu_shares",
    "choose_victim",
    "container_cgroup",
    "container_resources",
    "eviction_message",
    "fork",
    "node_allocatable",
    "node_cgroup",
    "node_cgroups",
    "node_conditions",
    "oom_score_adj",
    "parse_thresholds",
    "pod_cgroup",
    "pod_qos",
    "pod_resource_config",
    "qos_cgroup",
    "qos_class",
    "rank_pods",
    "run_out_of_memory",
    "simulate",
    "thresholds_met",
]
