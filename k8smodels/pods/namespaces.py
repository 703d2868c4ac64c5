"""Which namespaces of Linux the containers of a pod share, and with whom.

References
----------
pkg/kubelet/kuberuntime/util/util.go: NamespacesForPod; kuberuntime_container_linux.go: generateLinuxContainerConfig
(v1.37); containerd 2.2 internal/cri/opts/spec_opts.go: WithPodNamespaces, internal/cri/server/podsandbox
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from k8smodels.api.pod import Container, Pod
from k8smodels.isolation.machine.namespaces import KINDS, Kind
from k8smodels.pods.fields import EphemeralContainer, PodFields, pod_fields

NamespaceMode = Literal["POD", "CONTAINER", "NODE", "TARGET"]
"""As the CRI names them: shared by the pod, the container's own, the node's, another container's."""

HOSTNAME_LIMIT = 63


@dataclass(frozen=True, slots=True)
class Membership:
    """Whose namespace of one kind a container is in.

    Attributes
    ----------
    reason
        The field of the pod that says so, with its value; empty for what no field can change.
    target
        The container whose namespace it is, with mode ``TARGET``.
    """

    kind: Kind
    mode: NamespaceMode
    reason: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class ContainerNamespaces:
    """A container's namespaces, one of each kind."""

    container: str
    memberships: tuple[Membership, ...]

    def mode(self, kind: Kind) -> NamespaceMode:
        """Whose namespace of that kind it is in."""
        return self.of(kind).mode

    def of(self, kind: Kind) -> Membership:
        """The same, with the reason."""
        return next(each for each in self.memberships if each.kind == kind)


def namespaces_of(pod: Pod) -> tuple[ContainerNamespaces, ...]:
    """The namespaces of each container: init, regular, then ephemeral ones.

    A pod that the API server would refuse has none that are sure: ask `validation.validate_pod_sharing` first. Cgroup
    namespaces are those of cgroup version 2, where each container has its own; with version 1 it is the node's.
    """
    fields = pod_fields(pod)
    return tuple(
        ContainerNamespaces(container.name, tuple(_membership(kind, fields, container) for kind in KINDS))
        for container in all_containers(pod)
    )


def all_containers(pod: Pod) -> Iterator[Container]:
    """Init containers, containers, and ephemeral containers."""
    yield from pod.all_containers
    yield from pod_fields(pod).ephemeral_containers


def shared(pod: Pod, first: str, second: str) -> tuple[Kind, ...]:
    """The kinds of namespaces that two containers have in common."""
    found = {each.container: each for each in namespaces_of(pod)}
    pairs = ((kind, _place(found[first], kind), _place(found[second], kind)) for kind in KINDS)
    return tuple(kind for kind, here, there in pairs if here == there)


def _place(container: ContainerNamespaces, kind: Kind) -> str:
    """Where the namespace belongs: a container's own belongs to the container that is named."""
    membership = container.of(kind)
    owner = {"CONTAINER": f"container {container.container}", "TARGET": f"container {membership.target}"}
    return owner.get(membership.mode, membership.mode)


def _membership(kind: Kind, fields: PodFields, container: Container) -> Membership:
    match kind:
        case "net" | "uts":  # the runtime lets the host name follow the network
            return Membership(kind, *network_namespace(fields))
        case "ipc":
            return Membership(kind, *ipc_namespace(fields))
        case "pid":
            return pid_namespace(fields, container)
        case "user":
            return Membership(kind, *user_namespace(fields))
        case "time":
            return Membership(kind, "NODE")
        case _:  # mnt and cgroup
            return Membership(kind, "CONTAINER")


def network_namespace(fields: PodFields) -> tuple[NamespaceMode, str]:
    """NODE with ``hostNetwork``, else POD."""
    return ("NODE", "hostNetwork: true") if fields.host_network else ("POD", "")


def ipc_namespace(fields: PodFields) -> tuple[NamespaceMode, str]:
    """NODE with ``hostIPC``, else POD."""
    return ("NODE", "hostIPC: true") if fields.host_ipc else ("POD", "")


def user_namespace(fields: PodFields) -> tuple[NamespaceMode, str]:
    """POD with ``hostUsers: false``, else NODE."""
    return ("POD", "hostUsers: false") if fields.host_users is False else ("NODE", "")


def pid_namespace(fields: PodFields, container: Container) -> Membership:
    """NODE with ``hostPID``, POD with ``shareProcessNamespace``, else CONTAINER.

    The target of an ephemeral container counts only where the mode would be CONTAINER.
    """
    if fields.host_pid:
        return Membership("pid", "NODE", "hostPID: true")
    if fields.share_process_namespace:
        return Membership("pid", "POD", "shareProcessNamespace: true")
    target = container.target_container_name if isinstance(container, EphemeralContainer) else ""
    if target:
        return Membership("pid", "TARGET", f"targetContainerName: {target}", target)
    return Membership("pid", "CONTAINER")


def hostname(pod: Pod, node_name: str) -> str:
    """The host name that the containers see: the pod's, cut after 63 bytes, or the node's with ``hostNetwork``.

    Left out: ``setHostnameAsFQDN``.

    References
    ----------
    pkg/kubelet/kubelet_pods.go: GeneratePodHostNameAndDomain, truncatePodHostnameIfNeeded (v1.37)
    """
    fields = pod_fields(pod)
    if fields.host_network:
        return node_name
    name = fields.hostname_override or fields.hostname or pod.name
    return name if len(name) <= HOSTNAME_LIMIT else name[:HOSTNAME_LIMIT].rstrip("-.")
