"""What the kernel and the kubelet do with CPU and memory: results of `k8smodels.isolation` as figures."""

from k8smodels.views.resources.cgroups import container_files, pod_files, qos_table
from k8smodels.views.resources.cpu import competitors, quota_lane
from k8smodels.views.resources.memory import eviction_table, oom_table
from k8smodels.views.resources.node import node_parts

__all__ = [
    "competitors",
    "container_files",
    "eviction_table",
    "node_parts",
    "oom_table",
    "pod_files",
    "qos_table",
    "quota_lane",
]
