"""What can go wrong, on command: nodes, containers, programs, and parts of the control plane.

Every injected failure is a record of the journal by the component ``fault``, so that a timeline shows what it led to.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from k8smodels.api.errors import invalid
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.behaviour import Behaviour
from k8smodels.controlplane.kubelet import Kubelet
from k8smodels.controlplane.kubelet.pod_worker import PodOnNode
from k8smodels.controlplane.status import not_found

if TYPE_CHECKING:
    from k8smodels.controlplane.cluster import Cluster

FAULT = Caller("fault")
PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


class Failures:
    """Breaks parts of a cluster, and repairs them.

    Parameters
    ----------
    cluster
        The cluster.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def crash_node(self, name: str) -> None:
        """A machine loses its power: its containers die, and its kubelet falls silent.

        Raises
        ------
        StatusError
            There is no such node.
        """
        kubelet = self._kubelet(name)
        self._tell("crash", "Node", name)
        self._cluster.proxies.cut_off(name)
        kubelet.stop(power=False)

    def cut_off_node(self, name: str) -> None:
        """A machine loses its network: its containers run on, and nobody hears of them."""
        kubelet = self._kubelet(name)
        self._tell("cut off", "Node", name)
        self._cluster.proxies.cut_off(name)
        kubelet.stop(power=True)

    def restore_node(self, name: str) -> None:
        """A machine comes back."""
        kubelet = self._kubelet(name)
        self._tell("restore", "Node", name)
        self._cluster.proxies.reconnect(name)
        kubelet.resume()

    def kill_container(
        self, pod: str, container: str = "", *, namespace: str = "default", exit_code: int = 137
    ) -> None:
        """End a container of a pod from outside; the first one if none is named.

        Raises
        ------
        StatusError
            There is no such pod on a node, or no such container runs in it.
        """
        on_node = self._pod(namespace, pod)
        name = container or on_node.pod.spec.containers[0].name
        self._tell("kill", "Pod", pod, namespace, f"container {name}, exit code {exit_code}")
        if not on_node.kill(name, exit_code):
            raise not_found("containers", name)

    def change_program(self, image: str, behaviour: Behaviour) -> None:
        """The program in an image behaves differently from now on: it fails probes, or crashes, or is well again."""
        cluster = self._cluster
        cluster.behaviours[image] = behaviour
        self._tell("change", "Image", image)
        for kubelet in cluster.kubelets.values():
            for pod in kubelet.pods.values():
                if any(container.image == image for container in pod.pod.all_containers):
                    pod.answers_changed()
                    pod.poke()

    def change_pod(self, pod: str, behaviour: Behaviour, *, namespace: str = "default") -> None:
        """The programs of one pod behave differently from now on.

        Raises
        ------
        StatusError
            There is no such pod on a node.
        """
        on_node = self._pod(namespace, pod)
        on_node.own_behaviour = behaviour
        self._tell("change", "Pod", pod, namespace)
        on_node.answers_changed()
        on_node.poke()

    def crash_etcd(self, member: str) -> None:
        """A member of etcd stops."""
        self._cluster.etcd.members.crash(member)
        self._tell("crash", "EtcdMember", member)

    def restart_etcd(self, member: str) -> None:
        """A member of etcd starts again."""
        self._cluster.etcd.members.restart(member)
        self._tell("restart", "EtcdMember", member)

    def partition_etcd(self, *groups: Collection[str]) -> None:
        """Cut the network between the members of etcd: see `EtcdCluster.partition`."""
        members = self._cluster.etcd.members
        members.partition(*groups)
        self._tell("cut", "EtcdNetwork", " | ".join(",".join(sorted(group)) for group in members.groups))

    def heal_etcd(self) -> None:
        """Make that network whole again."""
        self._cluster.etcd.members.heal()
        self._tell("heal", "EtcdNetwork", "etcd")

    def stop_program(self, name: str) -> None:
        """A program of the control plane stops: see `PROGRAMS`."""
        self._switch(name, on=False)

    def start_program(self, name: str) -> None:
        """It goes on."""
        self._switch(name, on=True)

    def slow_api_server(self, seconds: float) -> None:
        """Every answer of the API server takes so much longer from now on; 0 for the usual time."""
        if seconds < 0:
            raise invalid("seconds", seconds, "must be greater than or equal to 0")
        self._tell("slow down", "APIServer", f"{seconds:g} s")
        self._cluster.server.extra_seconds = seconds

    def _switch(self, name: str, *, on: bool) -> None:
        if name not in PROGRAMS:
            raise invalid("name", name, f"must be one of {', '.join(PROGRAMS)}")
        self._tell("start" if on else "stop", "Program", name)
        if name == "kube-apiserver":
            self._cluster.server.is_up = on
            return
        process = self._cluster.manager if name == "kube-controller-manager" else self._cluster.scheduler.process
        (process.power.on if on else process.power.off)()

    def _kubelet(self, name: str) -> Kubelet:
        if name not in self._cluster.kubelets:
            raise not_found("nodes", name)
        return self._cluster.kubelets[name]

    def _pod(self, namespace: str, name: str) -> PodOnNode:
        for kubelet in self._cluster.kubelets.values():
            for pod in kubelet.pods.values():
                if (pod.pod.namespace, pod.pod.name) == (namespace, name):
                    return pod
        raise not_found("pods", name)

    def _tell(self, verb: str, kind: str, name: str, namespace: str = "", note: str = "") -> None:
        server = self._cluster.server
        number = len(server.journal)
        server.journal.add((number, server.clock.seconds, FAULT.component, verb, kind, namespace, name, -1, note, 0))
