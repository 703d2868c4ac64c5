"""Pods that the kubelet spares.

References
----------
pkg/kubelet/types/pod_update.go: IsCriticalPod, IsNodeCriticalPod, IsStaticPod, IsMirrorPod (v1.37)
"""

from __future__ import annotations

from k8smodels.api.pod import Pod

SYSTEM_CRITICAL_PRIORITY = 2_000_000_000
CONFIG_SOURCE = "kubernetes.io/config.source"
CONFIG_MIRROR = "kubernetes.io/config.mirror"


def is_critical_pod(pod: Pod) -> bool:
    """Whether `pod` is static (it has no owner in the API), the mirror of a static pod, or of system priority."""
    annotations = pod.metadata.annotations
    is_static = annotations.get(CONFIG_SOURCE, "api") != "api"
    return is_static or CONFIG_MIRROR in annotations or (pod.spec.priority or 0) >= SYSTEM_CRITICAL_PRIORITY


def is_node_critical_pod(pod: Pod) -> bool:
    """Whether `pod` is critical and of the class ``system-node-critical``."""
    return is_critical_pod(pod) and pod.spec.priority_class_name == "system-node-critical"
