"""Where the cgroups of a node stand below ``/sys/fs/cgroup``: node, QoS class, pod, container.

Left out: a ``cgroupRoot`` other than ``/``, and kubelets with ``cgroupsPerQOS: false``.

References
----------
pkg/kubelet/cm/cgroup_manager_linux.go: NewCgroupName, ToSystemd, ToCgroupfs;
pkg/kubelet/cm/pod_container_manager_linux.go: GetPodContainerName; pkg/kubelet/stats/cri_stats_provider.go:
extractIDFromCgroupPath, for the form of a container's path (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

from k8smodels.api.errors import invalid, unsupported
from k8smodels.isolation.qos import QOSClass

CgroupDriver = Literal["systemd", "cgroupfs"]

NODE = "kubepods"

_UID = re.compile(r"[A-Za-z0-9.-]{1,128}")


def node_cgroup(driver: CgroupDriver) -> str:
    """The cgroup of all pods together, limited to what is allocatable."""
    return _path((NODE,), driver)


def qos_cgroup(qos_class: QOSClass, driver: CgroupDriver) -> str:
    """The cgroup that the pods of a class share; Guaranteed pods have none of their own but stand under the node's."""
    return _path(_of_class(qos_class), driver)


def pod_cgroup(qos_class: QOSClass, uid: str, driver: CgroupDriver) -> str:
    """The cgroup of a pod.

    Raises
    ------
    FieldError
        A UID that cannot be a part of a path, or an unknown driver.
    """
    if not _UID.fullmatch(uid) or uid.strip(".") == "":
        raise invalid("metadata.uid", uid, "must consist of at most 128 letters, digits, '-' or '.'")
    return _path((*_of_class(qos_class), f"pod{uid}"), driver)


def container_cgroup(pod_path: str, container_id: str, driver: CgroupDriver) -> str:
    """The cgroup that containerd makes for a container: a scope of systemd, or a plain directory."""
    return f"{pod_path}/cri-containerd-{container_id}.scope" if driver == "systemd" else f"{pod_path}/{container_id}"


def _of_class(qos_class: QOSClass) -> tuple[str, ...]:
    return (NODE,) if qos_class == "Guaranteed" else (NODE, qos_class.lower())


def _path(names: Sequence[str], driver: CgroupDriver) -> str:
    if driver == "cgroupfs":
        return "/" + "/".join(names)
    if driver != "systemd":
        raise unsupported("cgroupDriver", driver, ("systemd", "cgroupfs"))
    # The name of a slice repeats those above it, separated by dashes; so a dash in a name becomes an underscore.
    parts = [name.replace("-", "_") for name in names]
    return "".join(f"/{slice_name}.slice" for slice_name in accumulate(parts, "{}-{}".format))
