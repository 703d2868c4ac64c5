"""Logs of containers: where they lie, how they are written, read and rotated; and klog's lines, the kubelet's own.

::

    from k8smodels.logs import LogOptions, LogRotatePolicy, log_lines, pod_logs_directory, read_logs, rotate

    pod_logs_directory("shop", "web-0", uid)  # /var/log/pods/shop_web-0_<uid>
    rotate("0.log", {"0.log": 11 * 2**20}, LogRotatePolicy.of("10Mi", 5), now).changes  # what is done, and why
    file = log_lines(output, "stdout", time)  # as containerd writes it
    read_logs(file, LogOptions(tail_lines=10)).output  # what kubectl logs shows; .lines tells why, line by line

`paths`, `write`, `lines`, `request`, `read`, `rotation` and `klog` hold one subject each.
"""

from k8smodels.logs.klog import Header, structured_line
from k8smodels.logs.lines import LogLine, parse_cri_line, parse_docker_line
from k8smodels.logs.paths import (
    container_id_of,
    container_log_path,
    container_logs_directory,
    log_link,
    pod_logs_directory,
)
from k8smodels.logs.read import LogOptions, LogRead, read_logs
from k8smodels.logs.request import NoLogsError, PodLogOptions, start_to_read
from k8smodels.logs.rotation import Rotation, all_logs, rotate
from k8smodels.logs.rotation_policy import LogRotatePolicy, RotationSettingsError
from k8smodels.logs.timestamps import Timestamp, parse_timestamp
from k8smodels.logs.write import Piece, log_lines, pieces

__all__ = [
    "Header",
    "LogLine",
    "LogOptions",
    "LogRead",
    "LogRotatePolicy",
    "NoLogsError",
    "Piece",
    "PodLogOptions",
    "Rotation",
    "RotationSettingsError",
    "Timestamp",
    "all_logs",
    "container_id_of",
    "container_log_path",
    "container_logs_directory",
    "log_lines",
    "log_link",
    "parse_cri_line",
    "parse_docker_line",
    "parse_timestamp",
    "pieces",
    "pod_logs_directory",
    "read_logs",
    "rotate",
    "start_to_read",
    "structured_line",
]
