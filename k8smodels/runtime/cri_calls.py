"""Calls of the CRI, with what matters of their requests.

References
----------
staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunPodSandbox:
    """Make the pod's namespaces and network, and the process that holds them."""

    pod: str
    attempt: int
    log_directory: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StopPodSandbox:
    """Stop what still runs in the sandbox and give its network back."""

    attempt: int


@dataclass(frozen=True, slots=True)
class CreateContainer:
    """Prepare a container in the sandbox; `attempt` is the number of its restarts."""

    container: str
    attempt: int
    image: str
    command: tuple[str, ...] | None
    args: tuple[str, ...] | None
    log_path: str
    restart_count: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StartContainer:
    """Let the prepared process run."""

    container: str


@dataclass(frozen=True, slots=True)
class StopContainer:
    """Send the stop signal, and SIGKILL after `timeout` seconds."""

    container: str
    timeout: int


@dataclass(frozen=True, slots=True)
class RemoveContainer:
    """Forget a container that has ended."""

    container: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ExecSync:
    """Run a command in the container and wait for it."""

    container: str
    cmd: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImageStatus:
    """Ask whether the node has an image."""

    image: str


@dataclass(frozen=True, slots=True)
class PullImage:
    """Get an image from its registry."""

    image: str


Call = (
    RunPodSandbox
    | StopPodSandbox
    | CreateContainer
    | StartContainer
    | StopContainer
    | RemoveContainer
    | ExecSync
    | ImageStatus
    | PullImage
)
"""One call. The name of its class is the name of the RPC."""
