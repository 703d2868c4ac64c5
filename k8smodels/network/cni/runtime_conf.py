"""The pod's side of a call: which sandbox, which interface, and values that differ from pod to pod.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, RuntimeConf, injectRuntimeConfig
github.com/containernetworking/cni CONVENTIONS.md: the capabilities that are agreed on
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from k8smodels.api.structure import JSON
from k8smodels.network.cni.config import PluginConfig


@dataclass(frozen=True, slots=True)
class RuntimeConf:
    """What the runtime adds to the configuration.

    Attributes
    ----------
    container_id
        The pod's sandbox.
    netns
        The path of its network namespace.
    if_name
        The interface to make, ``eth0``.
    args
        Pairs for ``CNI_ARGS``.
    capability_args
        Values by capability, such as ``portMappings``.
    """

    container_id: str = ""
    netns: str = ""
    if_name: str = ""
    args: tuple[tuple[str, str], ...] = ()
    capability_args: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def args_text(self) -> str:
        """``CNI_ARGS``."""
        return ";".join(f"{key}={value}" for key, value in self.args)

    def capabilities_of(self, plugin: PluginConfig) -> dict[str, JSON]:
        """The values for the capabilities that the plugin declares: its ``runtimeConfig``."""
        return {
            name: self.capability_args[name]
            for name, able in plugin.capabilities.items()
            if able and name in self.capability_args
        }


def pod_runtime_conf(
    namespace: str,
    pod: str,
    uid: str,
    container_id: str,
    netns: str,
    capability_args: Mapping[str, JSON] | None = None,
) -> RuntimeConf:
    """What containerd gives for a pod: its names stand in ``CNI_ARGS``, for plugins that ask the API server.

    References
    ----------
    github.com/containerd/containerd v2.2.0: internal/cri/server/sandbox_run.go, toCNILabels
    """
    args = (
        ("IgnoreUnknown", "1"),
        ("K8S_POD_NAMESPACE", namespace),
        ("K8S_POD_NAME", pod),
        ("K8S_POD_INFRA_CONTAINER_ID", container_id),
        ("K8S_POD_UID", uid),
    )
    return RuntimeConf(container_id, netns, "eth0", args, capability_args or {})
