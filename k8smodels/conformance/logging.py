"""The suites ``logging/...``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from k8smodels.api.times import parse_time
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.logs.klog import Header, structured_line
from k8smodels.logs.lines import STREAMS, utf8
from k8smodels.logs.paths import (
    LogLinkError,
    container_id_of,
    container_log_path,
    container_logs_directory,
    log_link,
    pod_logs_directory,
)
from k8smodels.logs.read import LogOptions, read_logs
from k8smodels.logs.rotation import COMPRESSED, Rotation, Sizes, all_logs, rotate
from k8smodels.logs.rotation_policy import LogRotatePolicy, RotationSettingsError
from k8smodels.logs.timestamps import ZERO, parse_timestamp

_LOG = "0.log"


def cri(case: JSON) -> JSON:
    """What is written to each stream, or the error beside it."""
    since = parse_timestamp(case["sinceTime"]) if "sinceTime" in case else ZERO
    options = LogOptions(case.get("tailLines"), case.get("limitBytes"), since, case.get("timestamps", False))
    done = read_logs(case["file"].encode(), options)
    shown = {stream: _go_text(done.of(stream)) for stream in STREAMS}
    return shown | ({"error": done.error} if done.error else {})


def _go_text(text: bytes) -> str:
    return utf8(text.decode(errors="surrogateescape")).decode()


def klog(case: JSON) -> JSON:
    """The header, and the whole line."""
    header = Header(case["severity"], parse_time(case["time"]), case["pid"], case["file"], case["line"])
    line = structured_line(header, case["message"], case["keysAndValues"] or (), case.get("error", ""))
    return {"header": str(header), "line": line}


def paths(case: JSON) -> JSON:
    """Where a container's log is, its link, and what is read back from that."""
    namespace, pod, uid, container = (case[key] for key in ("namespace", "pod", "uid", "container"))
    link = log_link(namespace, pod, container, case["containerID"])
    container_id, error = "", None
    try:
        container_id = container_id_of(link)
    except LogLinkError as refused:
        error = str(refused)
    return {
        "podDirectory": pod_logs_directory(namespace, pod, uid),
        "containerDirectory": container_logs_directory(namespace, pod, uid, container),
        "logPath": container_log_path(container, case["restartCount"]),
        "symlink": link,
        "containerID": container_id,
        "error": error,
    }


def rotation(case: JSON) -> JSON:
    """What each pass does to the directory."""
    try:
        policy = LogRotatePolicy.of(case["containerLogMaxSize"], case["containerLogMaxFiles"])
    except RotationSettingsError as error:
        return {"error": str(error)}
    files: Sizes = case["files"]
    shown = []
    for step in case["steps"]:
        done = _written_and_rotated(files, step["write"], policy, parse_time(step["at"]))
        files = done.files
        shown.append(_shown(done))
    return shown


def _written_and_rotated(files: Sizes, size: int, policy: LogRotatePolicy, at: datetime) -> Rotation:
    return rotate(_LOG, {**files, _LOG: (files.get(_LOG) or 0) + size}, policy, at)


def _shown(done: Rotation) -> JSON:
    files = (name if name.endswith(COMPRESSED) else f"{name} {size}" for name, size in done.files.items())
    return {"rotated": done.rotated, "files": sorted(files), "inUseOldestFirst": list(all_logs(_LOG, done.files))}


SUITES: Mapping[str, Adapter] = {
    "logging/cri": Adapter(cri),
    "logging/klog": Adapter(klog),
    "logging/paths": Adapter(paths),
    "logging/rotation": Adapter(rotation),
}
