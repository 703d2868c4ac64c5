"""The cgroups of a node as they compete for CPU time: from pods to what `k8smodels.isolation.cpu_time` simulates.

References
----------
pkg/kubelet/cm/qos_container_manager_linux.go; pkg/kubelet/cm/pod_container_manager_linux.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.api.pod import Container, Pod
from k8smodels.isolation.cgroup import Cgroup
from k8smodels.isolation.cgroup_files import burstable_cpu_shares, container_resources, pod_resource_config
from k8smodels.isolation.cpu import MIN_SHARES, kubelet_weight, runtime_weight
from k8smodels.isolation.qos import qos_class
from k8smodels.isolation.settings import KubeletSettings


def node_cgroups(
    pods: Sequence[Pod], settings: KubeletSettings, *, threads: Mapping[str, int] | None = None
) -> tuple[Cgroup, ...]:
    """What stands in the cgroup ``kubepods``: Guaranteed pods, and the cgroups of the other two classes.

    Names are ``NAMESPACE/POD`` and ``NAMESPACE/POD/CONTAINER``, weights those of cgroup v2. Init containers that are no
    sidecars do not appear: they have ended.

    Parameters
    ----------
    pods
        The pods of the node.
    settings
        The kubelet's.
    threads
        How many busy threads a container has, by ``NAMESPACE/POD/CONTAINER``; one if it is not named.
    """
    busy = threads or {}
    groups = {name: [pod for pod in pods if qos_class(pod) == name] for name in ("Burstable", "BestEffort")}
    guaranteed = [_pod(pod, settings, busy) for pod in pods if qos_class(pod) == "Guaranteed"]
    shares = {"Burstable": burstable_cpu_shares(pods), "BestEffort": MIN_SHARES}
    classes = [
        Cgroup(
            name=name.lower(),
            weight=kubelet_weight(shares[name]),
            children=tuple(_pod(pod, settings, busy) for pod in members),
        )
        for name, members in groups.items()
        if members
    ]
    return (*guaranteed, *classes)


def _pod(pod: Pod, settings: KubeletSettings, threads: Mapping[str, int]) -> Cgroup:
    config = pod_resource_config(pod, settings)
    sidecars = [container for container in pod.spec.init_containers if container.is_sidecar]
    return Cgroup(
        name=f"{pod.namespace}/{pod.name}",
        weight=kubelet_weight(config.cpu_shares),
        quota_us=_quota(config.cpu_quota_us),
        children=tuple(_container(pod, item, settings, threads) for item in (*sidecars, *pod.spec.containers)),
    )


def _container(pod: Pod, container: Container, settings: KubeletSettings, threads: Mapping[str, int]) -> Cgroup:
    resources = container_resources(pod, container, settings)
    name = f"{pod.namespace}/{pod.name}/{container.name}"
    weight = runtime_weight(resources.cpu_shares)
    return Cgroup(name=name, weight=weight, quota_us=_quota(resources.cpu_quota_us), threads=threads.get(name, 1))


def _quota(quota_us: int | None) -> int | None:
    return quota_us if quota_us and quota_us > 0 else None
