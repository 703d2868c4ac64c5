"""Logs of containers: where they lie on the node, how they are rotated, and the lines of Kubernetes' own programs.

::

    from k8smodels.logs import LogRotatePolicy, pod_logs_directory, rotate

    pod_logs_directory("shop", "web-0", uid)  # /var/log/pods/shop_web-0_<uid>
    rotate("0.log", {"0.log": 11 * 2**20}, LogRotatePolicy.of("10Mi", 5), now).changes  # what is done, and why

`paths`, `rotation` and `klog` hold one subject each.
"""

from k8smodels.logs.klog import Header, structured_line
from k8smodels.logs.paths import (
    container_id_of,
    container_log_path,
    container_logs_directory,
    log_link,
    pod_logs_directory,
)
from k8smodels.logs.rotation import Rotation, all_logs, rotate
from k8smodels.logs.rotation_policy import LogRotatePolicy, RotationSettingsError

__all__ = [
    "Header",
    "LogRotatePolicy",
    "Rotation",
    "RotationSettingsError",
    "all_logs",
    "container_id_of",
    "container_log_path",
    "container_logs_directory",
    "log_link",
    "pod_logs_directory",
    "rotate",
    "structured_line",
]
