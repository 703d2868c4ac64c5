"""Who runs the plugins on a node: the kubelet until dockershim went, the container runtime since.

References
----------
pkg/kubelet/dockershim/network/cni/cni.go (v1.19), getDefaultCNINetwork, SetUpPod
pkg/kubelet/config/flags.go (v1.19), AddFlags; CHANGELOG-1.24.md (#106907)
github.com/containerd/containerd v2.2.0: docs/cri/config.md; internal/cri/server/sandbox_run.go
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that runs plugins.

    Attributes
    ----------
    program
        Its name.
    first, last
        Minor versions of Kubernetes 1.x in which it can be the caller, both included; `last` is none while it can.
    settings
        What tells it where configurations and plugins are, with the defaults.
    choice
        Which configuration it takes.
    moment
        When it runs ADD.
    """

    program: str
    first: int
    last: int | None
    settings: tuple[str, ...]
    choice: str
    moment: str


def callers() -> tuple[Caller, ...]:
    """The callers, the one that is gone first."""
    kubelet = Caller(
        "kubelet (dockershim)",
        19,
        23,
        ("--network-plugin=cni", "--cni-conf-dir=/etc/cni/net.d", "--cni-bin-dir=/opt/cni/bin"),
        _("The first file by name that can be read: a broken one is skipped with a warning."),
        _("After Docker has made the sandbox: its process has the network namespace."),
    )
    containerd = Caller(
        "containerd",
        19,
        None,
        ("conf_dir = '/etc/cni/net.d'", "bin_dirs = ['/opt/cni/bin']", "max_conf_num = 1"),
        _("The first file by name: if that one is broken, the node has no network and stays NotReady."),
        _("In RunPodSandbox, on an empty network namespace that it made, before any process of the pod starts."),
    )
    return kubelet, containerd


def sandbox_error(container_id: str, error: str) -> str:
    """What RunPodSandbox answers when ADD fails; the kubelet shows it in the event FailedCreatePodSandBox."""
    return f'failed to setup network for sandbox "{container_id}": {error}'
