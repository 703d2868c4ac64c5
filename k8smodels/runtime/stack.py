"""The stack of a node, then and now: who calls whom, how, from which version of Kubernetes to which.

References
----------
CHANGELOG-1.20 to 1.26 (dockershim, the versions of the CRI); KEP-2221 (dockershim), KEP-585 (RuntimeClass);
cmd/kubeadm/app/constants/constants_unix.go (sockets, v1.37); cmd/kubelet/app/options/container_runtime.go (v1.19);
containerd: internal/cri/config/config_unix.go; the READMEs of Mirantis/cri-dockerd and containers/conmon;
kata-containers: docs/design/architecture.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from k8smodels.api.errors import invalid, unsupported

OLDEST, NEWEST = 19, 37
"""Minor versions of Kubernetes that the tables cover."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One call on the way from the kubelet to the process.

    Attributes
    ----------
    protocol
        How it is made.
    address
        Where, if it has a socket.
    """

    caller: str
    callee: str
    protocol: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A runtime's stack in a span of versions.

    Attributes
    ----------
    first, last
        Minor versions of Kubernetes 1.x, both included.
    hops
        From the kubelet to the container's process.
    cni_caller
        Who calls the CNI plugins.
    note
        What made it come or go.
    """

    runtime: str
    first: int
    last: int
    hops: tuple[Hop, ...]
    cni_caller: str
    note: str = ""


_RUNC = (
    Hop("containerd", "containerd-shim-runc-v2", "ttRPC"),
    Hop("containerd-shim-runc-v2", "runc", "exec, OCI bundle"),
    Hop("runc", "process", "clone, execve"),
)
_DOCKER = (Hop("dockerd", "containerd", "gRPC", "unix:///var/run/containerd/containerd.sock"), *_RUNC)
_DOCKER_SOCKET = "unix:///var/run/docker.sock"

STACKS: tuple[Stack, ...] = (
    Stack(
        "docker",
        OLDEST,
        23,
        (
            Hop("kubelet", "dockershim", "gRPC (CRI), in the same process", "unix:///var/run/dockershim.sock"),
            Hop("dockershim", "dockerd", "HTTP (Docker Engine API)", _DOCKER_SOCKET),
            *_DOCKER,
        ),
        "kubelet",
        "dockershim: deprecated in 1.20, removed in 1.24",
    ),
    Stack(
        "docker",
        24,
        NEWEST,
        (
            Hop("kubelet", "cri-dockerd", "gRPC (CRI)", "unix:///var/run/cri-dockerd.sock"),
            Hop("cri-dockerd", "dockerd", "HTTP (Docker Engine API)", _DOCKER_SOCKET),
            *_DOCKER,
        ),
        "cri-dockerd",
        "cri-dockerd: outside of Kubernetes, kept by Mirantis",
    ),
    Stack(
        "containerd",
        OLDEST,
        NEWEST,
        (Hop("kubelet", "containerd", "gRPC (CRI)", "unix:///var/run/containerd/containerd.sock"), *_RUNC),
        "containerd",
    ),
    Stack(
        "cri-o",
        OLDEST,
        NEWEST,
        (
            Hop("kubelet", "crio", "gRPC (CRI)", "unix:///var/run/crio/crio.sock"),
            Hop("crio", "conmon", "exec"),
            Hop("conmon", "runc or crun", "exec, OCI bundle"),
            Hop("runc or crun", "process", "clone, execve"),
        ),
        "crio",
    ),
    Stack(
        "kata",
        OLDEST,
        NEWEST,
        (
            Hop("kubelet", "containerd", "gRPC (CRI), RuntimeClass", "unix:///var/run/containerd/containerd.sock"),
            Hop("containerd", "containerd-shim-kata-v2", "ttRPC"),
            Hop("containerd-shim-kata-v2", "kata-agent", "ttRPC over vsock, into the virtual machine"),
            Hop("kata-agent", "process", "clone, execve"),
        ),
        "containerd",
        "RuntimeClass: stable since 1.20; Frakti's work went into Kata in 2018",
    ),
)
"""The stacks that this project has sources for."""


def call_path(runtime: str, kubernetes: str) -> Stack:
    """The stack of `runtime` under that version of Kubernetes.

    Parameters
    ----------
    runtime
        ``docker``, ``containerd``, ``cri-o`` or ``kata``.
    kubernetes
        A version such as ``1.23`` or ``v1.37.2``.

    Raises
    ------
    FieldError
        A runtime or a version without a table.

    Examples
    --------
    >>> [hop.callee for hop in call_path("docker", "1.23").hops][:3]
    ['dockershim', 'dockerd', 'containerd']
    >>> [hop.callee for hop in call_path("docker", "1.24").hops][:2]
    ['cri-dockerd', 'dockerd']
    """
    minor = _minor(kubernetes)
    found = [stack for stack in STACKS if stack.runtime == runtime]
    if not found:
        raise unsupported("runtime", runtime, {stack.runtime for stack in STACKS})
    return next(stack for stack in found if stack.first <= minor <= stack.last)


def cri_versions(kubernetes: str) -> tuple[str, ...]:
    """Versions of the CRI that the kubelet speaks, the preferred one first.

    Raises
    ------
    FieldError
        A version without a table.
    """
    minor = _minor(kubernetes)
    if minor >= 26:
        return ("v1",)
    return ("v1", "v1alpha2") if minor >= 23 else ("v1alpha2",)


def _minor(kubernetes: str) -> int:
    found = re.fullmatch(r"v?1\.([0-9]{1,3})(\.[0-9]+)?", kubernetes, re.ASCII)
    if found is None or not OLDEST <= int(found[1]) <= NEWEST:
        raise invalid("kubernetes", kubernetes, f"must be a version from 1.{OLDEST} to 1.{NEWEST}")
    return int(found[1])
