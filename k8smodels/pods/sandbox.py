"""A pod on a machine: the pause process that holds its namespaces, and the containers that join them.

The runtime's processes stand for the shim and for ``runc``: the shim is the parent of pause and of every container.
Left out: cgroups and root file systems (see `k8smodels.isolation` and `k8smodels.images`), volumes (see
`k8smodels.pods.volumes`), ids of users inside a user namespace beyond root's.

References
----------
containerd 2.2 internal/cri/server/podsandbox/sandbox_run_linux.go; build/pause/linux/pause.c (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from k8smodels.api.pod import Container, Pod
from k8smodels.isolation.machine import (
    Kind,
    Machine,
    Seen,
    clone,
    exit_process,
    fork,
    hostname,
    ipc_keys,
    link_up,
    mount,
    set_child_subreaper,
    sethostname,
    setns,
    setuid,
    sigaction,
    visible,
    wait,
    write_uid_map,
)
from k8smodels.isolation.machine.namespaces import Device, NetNamespace
from k8smodels.pods.fields import pod_fields
from k8smodels.pods.namespaces import ContainerNamespaces, all_containers, namespaces_of
from k8smodels.pods.namespaces import hostname as pod_hostname

FIRST_UID, UIDS = 65536, 65536
"""Where the ids of a pod's own users begin on the node, and how many it gets."""


class TargetNotFound(ValueError):
    """An ephemeral container that cannot start, for its target does not run.

    The kubelet says so of a container that it has not started yet; of one that has ended, the runtime says it in other
    words.

    References
    ----------
    pkg/kubelet/kuberuntime/kuberuntime_container.go: getTargetID (v1.37)
    """

    def __init__(self, target: str) -> None:
        super().__init__(f"unable to find target container {target}")


@dataclass(frozen=True, slots=True)
class RunningPod:
    """A pod whose containers run.

    Attributes
    ----------
    machine
        The node.
    shim, pause
        Their numbers on the node.
    containers
        The number on the node of each container's first process.
    """

    pod: Pod
    machine: Machine
    shim: int
    pause: int
    containers: Mapping[str, int]

    def sees(self, container: str) -> View:
        """What a container can see."""
        return view(self.machine, self.containers[container])


@dataclass(frozen=True, slots=True)
class View:
    """What a process sees of the machine.

    Attributes
    ----------
    processes
        As ps(1) lists them.
    addresses
        Of the network namespace.
    ports
        Ports on which any process in the network namespace listens.
    ipc_keys
        Keys of System V objects.
    """

    processes: tuple[Seen, ...]
    hostname: str
    addresses: tuple[str, ...]
    ports: tuple[int, ...]
    ipc_keys: frozenset[int]


def view(machine: Machine, pid: int) -> View:
    """What the process with that number on the node can see."""
    process = machine.process(pid)
    net = machine.joined(process, NetNamespace)
    sockets = {socket.port for each in machine.processes.values() for socket in each.sockets if socket.net == net.id}
    return View(
        processes=visible(machine, pid),
        hostname=hostname(machine, pid),
        addresses=tuple(sorted(net.addresses)),
        ports=tuple(sorted(sockets)),
        ipc_keys=ipc_keys(machine, pid),
    )


def run_pod(machine: Machine, pod: Pod, address: str = "10.244.1.2") -> RunningPod:
    """Start the sandbox, then regular containers, sidecars and ephemeral containers; init containers have ended.

    Parameters
    ----------
    address
        What the network plugin gives to the pod.

    Raises
    ------
    Refused
        The kernel's answer, e.g. where the machine has too many processes.
    TargetNotFound
        See `start_container`.
    """
    kinds = {each.container: each for each in namespaces_of(pod)}
    machine, shim = fork(machine, 1, "containerd-shim")
    machine = set_child_subreaper(machine, shim)
    machine, pause = _sandbox(machine, shim, pod, address)
    running = RunningPod(pod, machine, shim, pause, {})
    for container in all_containers(pod):
        if container not in pod.spec.init_containers or container.is_sidecar:
            running = start_container(running, container, kinds[container.name])
    return running


def start_container(running: RunningPod, container: Container, namespaces: ContainerNamespaces) -> RunningPod:
    """Let a helper of the runtime join what the container shares, start it in what is its own, and leave.

    Raises
    ------
    TargetNotFound
        An ephemeral container's target does not run.
    """
    target = namespaces.of("pid").target
    if target and target not in running.containers:
        raise TargetNotFound(target)
    machine, helper = fork(running.machine, running.shim, "runc")
    for membership in sorted(namespaces.memberships, key=lambda each: each.kind != "user"):
        holder = {"POD": running.pause, "TARGET": running.containers.get(membership.target)}.get(membership.mode)
        if holder is not None:
            machine = setns(machine, helper, machine.process(holder).namespaces[membership.kind])
    if namespaces.mode("user") == "POD":
        machine = setuid(machine, helper, 0)
    own: list[Kind] = [each.kind for each in namespaces.memberships if each.mode == "CONTAINER"]
    machine, pid = clone(machine, helper, *own, command=container.name)
    machine = mount(machine, pid, "proc", "/proc")
    machine, _ended = wait(exit_process(machine, helper), running.shim)
    return replace(running, machine=machine, containers={**running.containers, container.name: pid})


def reap(running: RunningPod) -> RunningPod:
    """What pause does on SIGCHLD: wait for every child that has ended.

    Orphans become its children only where it is number 1 of the containers' pid namespace.
    """
    machine = running.machine
    while any(each.parent == running.pause and each.state == "Z" for each in machine.processes.values()):
        machine, _ended = wait(machine, running.pause)
    return replace(running, machine=machine)


def _sandbox(machine: Machine, shim: int, pod: Pod, address: str) -> tuple[Machine, int]:
    """The pause process, in new namespaces of all kinds that the pod does not take from the node."""
    fields = pod_fields(pod)
    kinds: list[Kind] = ["mnt", "cgroup"]
    kinds += [] if fields.host_pid else ["pid"]
    kinds += [] if fields.host_ipc else ["ipc"]
    kinds += [] if fields.host_network else ["net", "uts"]
    kinds += ["user"] if fields.host_users is False else []
    machine, pause = clone(machine, shim, *kinds, command="pause")
    if fields.host_users is False:
        machine = setuid(write_uid_map(machine, shim, pause, 0, FIRST_UID, UIDS), pause, 0)
    if not fields.host_network:
        machine = sethostname(machine, pause, pod_hostname(pod, ""))
        machine = link_up(_with_eth0(machine, pause, address), pause, "lo")
    return sigaction(machine, pause, "SIGCHLD", "handle"), pause


def _with_eth0(machine: Machine, pid: int, address: str) -> Machine:
    net = machine.joined(machine.process(pid), NetNamespace)
    return machine.with_namespace(replace(net, devices={**net.devices, "eth0": Device(address, up=True)}))
