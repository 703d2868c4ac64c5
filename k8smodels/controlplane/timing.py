"""How long things take, and how often components look: the defaults of the real ones.

References
----------
cmd/kube-controller-manager/app/options; pkg/scheduler/apis/config/v1/defaults.go; pkg/kubelet/apis/config/v1beta1/
defaults.go; staging/src/k8s.io/component-base/config/v1alpha1/defaults.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Times in seconds, rates per second.

    The first five are no settings of Kubernetes: they stand for a machine and a network, and their defaults for a small
    control plane on a busy machine.

    Attributes
    ----------
    request_seconds
        From a request to the API server's answer.
    watch_seconds
        From a write to the moment at which those who watch have it.
    scheduling_cycle_seconds
        How long the scheduler thinks about one pod.
    pod_start_seconds
        From a pod's arrival on a node to the start of its containers: its network, volumes and calls of the runtime.
    image_pull_seconds
        How long the node takes for an image that it does not have.
    lease_renew_seconds
        A quarter of ``nodeLeaseDurationSeconds``.
    node_monitor_period_seconds
        ``--node-monitor-period``.
    horizontal_pod_autoscaler_sync_seconds
        ``--horizontal-pod-autoscaler-sync-period``.
    metrics_resolution_seconds
        ``--metric-resolution`` of metrics-server.
    proxy_sync_seconds
        ``minSyncPeriod`` of kube-proxy.
    controller_qps, controller_burst
        ``--kube-api-qps`` and ``--kube-api-burst`` of kube-controller-manager; each controller has them for itself.
    scheduler_qps, scheduler_burst
        ``clientConnection`` of kube-scheduler.
    kubelet_qps, kubelet_burst
        ``kubeAPIQPS`` and ``kubeAPIBurst``.
    """

    request_seconds: float = 0.008
    watch_seconds: float = 0.005
    scheduling_cycle_seconds: float = 0.002
    pod_start_seconds: float = 1.0
    image_pull_seconds: float = 4.0
    lease_renew_seconds: float = 10.0
    node_monitor_period_seconds: float = 5.0
    horizontal_pod_autoscaler_sync_seconds: float = 15.0
    metrics_resolution_seconds: float = 15.0
    proxy_sync_seconds: float = 1.0
    controller_qps: float = 20.0
    controller_burst: int = 30
    scheduler_qps: float = 50.0
    scheduler_burst: int = 100
    kubelet_qps: float = 50.0
    kubelet_burst: int = 100
