"""What a container is doing: waiting, running or terminated.

References
----------
staging/src/k8s.io/api/core/v1/types.go: ContainerState (v1.37)
"""

from __future__ import annotations

from k8smodels.api.structure import Struct, struct


@struct
class ContainerStateWaiting(Struct):
    """Not started, or between two starts; `reason` is a word such as ``CrashLoopBackOff``."""

    reason: str = ""
    message: str = ""


@struct
class ContainerStateRunning(Struct):
    """Its initial process runs."""

    started_at: str = ""


@struct
class ContainerStateTerminated(Struct):
    """Its initial process has ended."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: str = ""
    finished_at: str = ""
    container_id: str = ""


@struct
class ContainerState(Struct):
    """One of three; none of them means that the container waits."""

    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
