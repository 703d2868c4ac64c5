"""A kubelet: it watches the pods of its node, runs them, reports on them, and renews its Lease.

References
----------
pkg/kubelet/kubelet.go; pkg/kubelet/kubelet_node_status.go; staging/src/k8s.io/component-helpers/apimachinery/lease/
controller.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import Any, cast

from k8smodels.api.lease import Lease, LeaseSpec
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import Node, NodeCondition
from k8smodels.api.pod import Pod, PodStatus
from k8smodels.controlplane.api_server import APIServer, Caller
from k8smodels.controlplane.behaviour import Behaviour
from k8smodels.controlplane.client import Client, RateLimiter
from k8smodels.controlplane.events import Events
from k8smodels.controlplane.kubelet.addresses import Addresses
from k8smodels.controlplane.kubelet.pod_worker import PodOnNode
from k8smodels.controlplane.node_health import is_node_ready
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change
from k8smodels.controlplane.switch import Switch
from k8smodels.controlplane.timing import Timing

LEASE_NAMESPACE = "kube-node-lease"
LEASE_DURATION_SECONDS = 40

Behaviours = Callable[[Pod, str], Behaviour]
"""What the program of an image does in a pod."""

MAX_LOG_LINES = 1000
"""What is kept of a container's log."""


class Kubelet:
    """The agent of one node.

    Parameters
    ----------
    node
        The node, as it registers.
    server, events
        The API server, and where events go.
    timing
        How fast things are.
    addresses
        What its pods get.
    behaviours
        What programs do.
    first_beat_seconds
        When it renews its Lease first.

    Attributes
    ----------
    pods
        By UID.
    images
        What the node has.
    power, network
        Whether the machine runs, and whether it reaches the API server.
    """

    def __init__(
        self,
        node: Node,
        server: APIServer,
        events: Events,
        timing: Timing,
        addresses: Addresses,
        behaviours: Behaviours,
        first_beat_seconds: float,
    ) -> None:
        self.node_name, self.name = node.name, f"kubelet {node.name}"
        self.server, self.clock, self.timing = server, server.clock, timing
        self.pods: dict[str, PodOnNode] = {}
        self.images = {name for image in node.status.images for name in image.names}
        self.logs: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self._events, self._addresses, self._behaviours = events, addresses, behaviours
        self._client = Client(server, self.name, RateLimiter(timing.kubelet_qps, timing.kubelet_burst), timing)
        self.power, self.network = Switch(self.clock), Switch(self.clock)
        self._unsent: dict[str, tuple[PodOnNode, PodStatus]] = {}
        self._key = ("Lease", LEASE_NAMESPACE, node.name)
        server.store.watch("Pod", self.name, self._pod_changed, node=node.name)
        self._register(node)
        self.clock.later(first_beat_seconds, self._beat)

    def _register(self, node: Node) -> None:
        by = Caller(self.name)
        others = tuple(each for each in node.status.conditions if each.type != "Ready")
        conditions = (*others, self._ready(NodeCondition(type="Ready")))
        registered = replace(node, status=replace(node.status, conditions=conditions))
        if self.server.store.get("Node", "", node.name) is None:
            self.server.create(registered, by)
        spec = LeaseSpec(
            holder_identity=node.name, lease_duration_seconds=LEASE_DURATION_SECONDS, renew_time=self._precise()
        )
        self.server.create(Lease(metadata=ObjectMeta(name=node.name, namespace=LEASE_NAMESPACE), spec=spec), by)

    def stop(self, *, power: bool) -> None:
        """Let the node vanish: without `power` its containers die, with it only its network does."""
        self.network.off()
        if not power:
            self.power.off()
            for pod in self.pods.values():
                pod.lose_power()

    def resume(self) -> None:
        """Let the node come back: the kubelet lists its pods anew, and reports what it has to report."""
        self.power.on()
        self.network.on()
        stored = {
            item.metadata.uid: item
            for item in self.server.store.objects("Pod")
            if isinstance(item, Pod) and item.spec.node_name == self.node_name
        }
        for uid in [uid for uid in self.pods if uid not in stored]:
            self._forget(uid)
        for pod in stored.values():
            self._take(pod, -1)
        self._post_ready()
        for pod_on_node in self.pods.values():
            pod_on_node.poke()

    def _pod_changed(self, change: Change) -> None:
        pod = change.item
        if not isinstance(pod, Pod) or not self.network.is_on:
            return
        if change.type == "DELETED":
            self._forget(pod.metadata.uid)
        else:
            self._take(pod, change.record)

    def _take(self, pod: Pod, because: int) -> None:
        known = self.pods.get(pod.metadata.uid)
        if known is not None:
            known.changed(pod, because)
        elif not pod.is_finished:
            self.pods[pod.metadata.uid] = PodOnNode(self, pod, because)
            if pod.is_terminating:
                self.pods[pod.metadata.uid].changed(pod, because)

    def _forget(self, uid: str) -> None:
        """The API server no longer has the pod: what still runs of it is stopped."""
        pod = self.pods.pop(uid, None)
        if pod is not None:
            pod.abandon()

    def report(self, pod: PodOnNode, status: PodStatus) -> None:
        """Send a pod's status; of several that wait the last one counts."""
        first = pod.pod.metadata.uid not in self._unsent
        self._unsent[pod.pod.metadata.uid] = (pod, status)
        if first:
            self.clock.environment.process(self._send(pod))

    def _send(self, pod: PodOnNode) -> Generator[Any, Any, None]:
        uid = pod.pod.metadata.uid
        while True:
            yield from self.network.wait()
            status = self._unsent[uid][1]
            try:
                yield from self._client.patch(pod.pod, self._written, pod.because, _told(status), status=True)
            except StatusError as error:
                self._unsent.setdefault(uid, (pod, status))
                if error.code == 404:
                    del self._unsent[uid]
                    return
                yield self.clock.environment.timeout(1.0)
            else:
                self._unsent.pop(uid, None)
                return

    def _written(self, item: KubernetesObject) -> KubernetesObject:
        """The pod with the last status that waits for it; a pod that has only its name stays as it is."""
        _pod, status = self._unsent.pop(item.metadata.uid, (None, None))
        return item if status is None else _with_status(cast("Pod", item), status)

    def remove(self, pod: PodOnNode) -> Generator[Any, Any, None]:
        """All of a pod has ended: the API server may drop it."""
        item = pod.pod
        while item.metadata.uid in self._unsent:
            yield self.clock.environment.timeout(self.timing.request_seconds)
        while True:
            yield from self.network.wait()
            try:
                yield from self._client.delete(
                    "Pod",
                    item.namespace,
                    item.name,
                    pod.because,
                    "all containers have ended",
                    grace_seconds=0,
                    uid=item.metadata.uid,
                )
            except StatusError as error:
                if error.code in (404, 409):
                    return
                yield self.clock.environment.timeout(1.0)
            else:
                return

    def event(self, pod: Pod, reason: str, message: str, *, warning: bool = False, container: str = "") -> None:
        """Tell users something about a pod, or a container of it."""
        path = _field_path(pod, container) if container else ""
        self._events.post("kubelet", pod, reason, message, warning=warning, field_path=path)
        self.server.log(Caller(self.name), reason, pod, message)

    def behaviour(self, pod: Pod, image: str) -> Behaviour:
        """What the program of `image` does in `pod`."""
        return self._behaviours(pod, image)

    def log(self, pod: Pod, container: str, lines: Iterable[str]) -> None:
        """Keep what a container writes."""
        kept = self.logs.setdefault((pod.metadata.uid, container), [])
        kept += [(self.clock.seconds, line) for line in lines]
        del kept[:-MAX_LOG_LINES]

    def new_address(self) -> str:
        """An address for a pod."""
        return self._addresses.take()

    def free_address(self, address: str) -> None:
        """A pod needs it no longer."""
        self._addresses.free(address)

    def _beat(self) -> None:
        """Renew the Lease, every ten seconds."""
        self.clock.later(self.timing.lease_renew_seconds, self._beat)
        if self.network.is_on and self.server.is_up:
            self._renew()
            if not self._counts_as_ready():
                self._post_ready()

    def _counts_as_ready(self) -> bool:
        """Whether the API server has the node as ready; a kubelet that is well sees to that."""
        node = self.server.store.get("Node", "", self.node_name)
        return isinstance(node, Node) and is_node_ready(node)

    def _renew(self) -> None:
        renewed = self._precise()

        def written(item: KubernetesObject) -> KubernetesObject:
            lease = cast("Lease", item)
            return replace(lease, spec=replace(lease.spec, renew_time=renewed))

        try:
            self.server.patch(*self._key, written, Caller(self.name), "renew")
        except StatusError:
            return

    def _post_ready(self) -> None:
        """After an absence: a fresh Lease, and the node's status."""
        self._renew()

        def written(item: KubernetesObject) -> KubernetesObject:
            node = cast("Node", item)
            conditions = tuple(self._ready(each) if each.type == "Ready" else each for each in node.status.conditions)
            return replace(node, status=replace(node.status, conditions=conditions))

        try:
            self.server.patch("Node", "", self.node_name, written, Caller(self.name), "Ready again", status=True)
        except StatusError:
            return

    def _ready(self, before: NodeCondition) -> NodeCondition:
        """The condition ``Ready`` of a kubelet that is well, after `before`."""
        return replace(
            before,
            status="True",
            reason="KubeletReady",
            message="kubelet is posting ready status",
            last_heartbeat_time=self.clock.stamp,
            last_transition_time=before.last_transition_time if before.status == "True" else self.clock.stamp,
        )

    def _precise(self) -> str:
        micros = round(self.clock.seconds % 1 * 1_000_000)
        return f"{self.clock.stamp[:-1]}.{min(micros, 999_999):06d}Z"


def _field_path(pod: Pod, container: str) -> str:
    is_init = any(item.name == container for item in pod.spec.init_containers)
    return f"spec.{'initContainers' if is_init else 'containers'}{{{container}}}"


def _with_status(pod: Pod, status: PodStatus) -> Pod:
    """`pod` with the kubelet's status; conditions that others own stay."""
    ours = {condition.type for condition in status.conditions}
    others = tuple(each for each in pod.status.conditions if each.type not in ours)
    scheduled = {each.type: each for each in pod.status.conditions if each.type == "PodScheduled"}
    conditions = tuple(scheduled.get(each.type, each) for each in status.conditions)
    return replace(pod, status=replace(status, conditions=(*conditions, *others)))


def _told(status: PodStatus) -> str:
    ready = any(each.type == "Ready" and each.status == "True" for each in status.conditions)
    return f"{status.phase}, ready" if ready else status.phase
