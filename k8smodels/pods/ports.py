"""Which ports clash: inside a pod, and on a node.

References
----------
bind(2); staging/src/k8s.io/kube-scheduler/framework/types.go: HostPortInfo.CheckConflict (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from k8smodels.api.defaults import default_pod
from k8smodels.api.pod import ContainerPort, Pod
from k8smodels.isolation.machine import Refused, listen
from k8smodels.pods.sandbox import RunningPod

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 (how a host port on every address is compared)


@dataclass(frozen=True, slots=True)
class Listening:
    """An attempt of a container to listen.

    Attributes
    ----------
    refused
        The kernel's answer if it could not, e.g. ``EADDRINUSE: ...``.
    """

    container: str
    port: int
    refused: str = ""


def listen_on_declared_ports(running: RunningPod) -> tuple[RunningPod, tuple[Listening, ...]]:
    """Let each container listen on its TCP ports, in the order of the pod.

    What a pod declares opens no port, and no port is closed for want of it: here the programs keep to it. The API
    server does not refuse two containers with the same port; the second one fails when it starts.
    """
    attempts = []
    for container in running.pod.all_containers:
        for port in container.ports:
            if container.name in running.containers and port.protocol in ("", "TCP"):
                running, attempt = _listen(running, container.name, port.container_port)
                attempts.append(attempt)
    return running, tuple(attempts)


def _listen(running: RunningPod, container: str, port: int) -> tuple[RunningPod, Listening]:
    try:
        machine = listen(running.machine, running.containers[container], port)
    except Refused as refused:
        return running, Listening(container, port, str(refused))
    return replace(running, machine=machine), Listening(container, port)


@dataclass(frozen=True, slots=True)
class HostPortConflict:
    """Two pods that cannot be on one node."""

    first: str
    second: str
    protocol: str
    port: int


def host_port_conflicts(pods: Iterable[Pod]) -> tuple[HostPortConflict, ...]:
    """The pairs of pods that want the same port of their node; with ``hostNetwork`` each port is the node's.

    A port on every address clashes with the same port on any address.
    """
    wanted = [(pod, port) for pod in map(default_pod, pods) for port in _host_ports(pod)]
    return tuple(
        HostPortConflict(first.name, second.name, port.protocol, port.host_port)
        for i, (first, port) in enumerate(wanted)
        for second, other in wanted[i + 1 :]
        if first is not second and _clash(port, other)
    )


def _host_ports(pod: Pod) -> list[ContainerPort]:
    sidecars = [container for container in pod.spec.init_containers if container.is_sidecar]
    return [port for each in (*pod.spec.containers, *sidecars) for port in each.ports if port.host_port > 0]


def _clash(port: ContainerPort, other: ContainerPort) -> bool:
    addresses = {port.host_ip or ANY_ADDRESS, other.host_ip or ANY_ADDRESS}
    same = (port.protocol, port.host_port) == (other.protocol, other.host_port)
    return same and (len(addresses) == 1 or ANY_ADDRESS in addresses)
