"""A request for logs: what the API server refuses, which start of a container is read, and from when.

References
----------
staging/src/k8s.io/api/core/v1/types.go, PodLogOptions (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from k8smodels.api.container_status import ContainerStateTerminated
from k8smodels.api.errors import FieldError, InvalidObject, forbidden, invalid
from k8smodels.api.gotext import quote
from k8smodels.api.pod import Pod
from k8smodels.api.times import seconds
from k8smodels.logs.read import LogOptions
from k8smodels.logs.timestamps import ZERO, Timestamp

Start = Literal["current", "last"]
"""Which start of a container: that of its status' ``state``, or the one before, of ``lastState``."""

_PULL_PROBLEMS = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}
_FIRST_MOMENT = datetime.min


class NoLogsError(ValueError):
    """There is no log to read, in the kubelet's words."""


@dataclass(frozen=True, slots=True)
class PodLogOptions:
    """What ``kubectl logs`` asks for, in the API's fields.

    Attributes
    ----------
    tail_lines
        ``--tail``.
    limit_bytes
        ``--limit-bytes``.
    since_seconds
        ``--since``.
    since_time
        ``--since-time``; not together with `since_seconds`.
    timestamps
        ``--timestamps``.
    previous
        ``--previous``: the start before the current one.
    """

    tail_lines: int | None = None
    limit_bytes: int | None = None
    since_seconds: int | None = None
    since_time: Timestamp | None = None
    timestamps: bool = False
    previous: bool = False

    def log_options(self, now: datetime, pod: str = "") -> LogOptions:
        """The options with which the file is read, at `now` on the node; a time without a zone is UTC.

        Raises
        ------
        InvalidObject
            The API server refuses them for the pod of that name.

        References
        ----------
        pkg/kubelet/kuberuntime/kuberuntime_logs.go, ReadLogs (v1.37)
        """
        if errors := list(_refused(self)):
            raise InvalidObject("PodLogOptions", pod, errors)
        return LogOptions(self.tail_lines, self.limit_bytes, self._since(now), self.timestamps)

    def _since(self, now: datetime) -> Timestamp:
        if self.since_seconds is None:
            return self.since_time or ZERO
        ago = seconds(self.since_seconds)
        there = (now.astimezone(UTC) if now.tzinfo else now).replace(tzinfo=None)
        return Timestamp.of(there - ago) if there - _FIRST_MOMENT > ago else ZERO


def start_to_read(pod: Pod, container: str, *, previous: bool = False) -> Start:
    """Which start's log is read: without `previous` the current one's, or the last one's while none runs.

    Raises
    ------
    NoLogsError
        The container has never run, or not before, or the pod has none of that name.

    Notes
    -----
    Left out: ephemeral containers, and that a running container's own ID may be missing from its status.

    References
    ----------
    pkg/kubelet/kubelet_pods.go, validateContainerLogStatus (v1.37)
    """
    which = f"container {quote(container)} in pod {quote(pod.name)}"
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    status = next((status for status in statuses if status.name == container), None)
    if status is None:
        raise NoLogsError(f"{which} is not available")
    state, last = status.state, status.last_state.terminated
    if previous:
        if _has_run(last):
            return "last"
        raise NoLogsError(f"previous terminated {which} not found")
    if state.running or _has_run(state.terminated):
        return "current"
    if _has_run(last):
        return "last"
    if state.terminated or last:
        raise NoLogsError(f"{which} is terminated")
    if state.waiting:
        problem = _PULL_PROBLEMS.get(state.waiting.reason, state.waiting.reason)
        raise NoLogsError(f"{which} is waiting to start: {problem}")
    raise NoLogsError(f"{which} is waiting to start - no logs yet")


def _has_run(terminated: ContainerStateTerminated | None) -> bool:
    return terminated is not None and bool(terminated.container_id)


def _refused(options: PodLogOptions) -> Iterator[FieldError]:
    """What the API server finds wrong.

    References
    ----------
    pkg/apis/core/validation/validation.go, ValidatePodLogOptions (v1.37)
    """
    if options.tail_lines is not None and options.tail_lines < 0:
        yield invalid("tailLines", options.tail_lines, "must be greater than or equal to 0")
    if options.limit_bytes is not None and options.limit_bytes < 1:
        yield invalid("limitBytes", options.limit_bytes, "must be greater than 0")
    if options.since_seconds is not None and options.since_time is not None:
        yield forbidden("[]", "at most one of `sinceTime` or `sinceSeconds` may be specified")
    elif options.since_seconds is not None and options.since_seconds < 1:
        yield invalid("sinceSeconds", options.since_seconds, "must be greater than 0")
