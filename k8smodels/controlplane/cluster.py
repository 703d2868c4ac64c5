"""A whole cluster in virtual time.

::

    from k8smodels.controlplane import Cluster

    cluster = Cluster.of(3, cpu="4", memory="8Gi")
    cluster.apply(manifests)
    cluster.run(10)
    for record in cluster.journal:
        ...

References
----------
kubernetes.io/docs/concepts/architecture
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import Namespace, Node, node
from k8smodels.api.pod import Pod
from k8smodels.controlplane.api_server import APIServer, Caller
from k8smodels.controlplane.behaviour import WELL_BEHAVED, Behaviour
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.controllers.controller import Controller
from k8smodels.controlplane.controllers.cron_job import CronJobController
from k8smodels.controlplane.controllers.deployment import DeploymentController
from k8smodels.controlplane.controllers.endpoint_slice import EndpointSliceController
from k8smodels.controlplane.controllers.garbage_collector import GarbageCollector
from k8smodels.controlplane.controllers.horizontal_pod_autoscaler import HorizontalPodAutoscalerController
from k8smodels.controlplane.controllers.job import JobController
from k8smodels.controlplane.controllers.namespace import NamespaceController
from k8smodels.controlplane.controllers.node_lifecycle import NodeLifecycle
from k8smodels.controlplane.controllers.replicaset import ReplicaSetController
from k8smodels.controlplane.etcd_store import EtcdStore
from k8smodels.controlplane.events import Events
from k8smodels.controlplane.failures import Failures
from k8smodels.controlplane.history import History
from k8smodels.controlplane.journal import Journal
from k8smodels.controlplane.kubectl import Kubectl, Output
from k8smodels.controlplane.kubelet import Kubelet
from k8smodels.controlplane.kubelet.addresses import Addresses
from k8smodels.controlplane.limits import Limits
from k8smodels.controlplane.machines import POD_CIDR, machine, pod_cidr
from k8smodels.controlplane.metrics import Metrics
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.proxies import Proxies
from k8smodels.controlplane.scheduler import Scheduler
from k8smodels.controlplane.snapshot import Snapshot, snapshot
from k8smodels.controlplane.store import Store
from k8smodels.controlplane.timing import Timing

_SYSTEM = Caller("kube-apiserver")
_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")


class Cluster:
    """A control plane and its nodes.

    Parameters
    ----------
    nodes
        The nodes.
    behaviours
        What the programs in images do, by image; an image that is not named is a server that behaves well.
    timing
        How long things take.
    limits
        Where a runaway simulation stops.
    seed
        Decides on names, on equally good nodes, and on when kubelets renew their Leases.

    Attributes
    ----------
    clock, server, events
        The time, the API server, and what components told users.
    etcd, history
        What the API server writes to, and all that was ever written.
    kubelets
        By the name of the node.
    manager, scheduler, controllers
        kube-controller-manager with its controllers, and kube-scheduler.
    proxies
        kube-proxy on every node.
    metrics
        What the pods use, and the loads that are put on them.
    failures
        Breaks parts of it.
    kubectl
        kubectl, as a user has it: ``cluster.kubectl("get pods -o wide")``. The methods `apply`, `get` and so on are its
        commands one by one; flags are given by name, as in ``cluster.get("pods", output="wide")``.
    """

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        *,
        behaviours: Mapping[str, Behaviour] | None = None,
        timing: Timing | None = None,
        limits: Limits | None = None,
        seed: int = 1,
    ) -> None:
        self.timing = timing or Timing()
        self.clock = Clock()
        self.server = APIServer(self.clock, self.timing.watch_seconds, limits or Limits(), seed)
        self.history = History()
        self.server.store.recorder = lambda change: self.history.add(self.clock.seconds, change)
        self.etcd = EtcdStore(self.clock, seed=seed)
        self.server.has_quorum = lambda: self.etcd.has_quorum
        self.events = Events(self.clock)
        self.behaviours = dict(behaviours or {})
        self.kubelets: dict[str, Kubelet] = {}
        for name in _NAMESPACES:
            labels = {"kubernetes.io/metadata.name": name}
            self.server.create(Namespace(metadata=ObjectMeta(name=name, labels=labels)), _SYSTEM)
        for item in nodes:
            self.add_node(item)
        self._start(seed)
        self.failures = Failures(self)
        self.kubectl = Kubectl(self)

    @classmethod
    def of(cls, count: int, *, zones: Iterable[str] = (), pods: int = 110, **options: Any) -> Cluster:
        """A cluster of so many equal nodes, ``node-1`` and so on.

        Parameters
        ----------
        zones
            Names of zones that the nodes are spread over in turn.
        pods, options
            See `k8smodels.api.node.node` for amounts such as ``cpu="4"``, and `Cluster` for the rest.
        """
        ours = {name: options.pop(name) for name in ("behaviours", "timing", "limits", "seed") if name in options}
        amounts = options or {"cpu": "4", "memory": "8Gi"}
        names = list(zones)
        made = []
        for i in range(count):
            labels = {"topology.kubernetes.io/zone": names[i % len(names)]} if names else {}
            made.append(node(f"node-{i + 1}", labels=labels, pods=pods, **amounts))
        return cls(made, **ours)

    def _start(self, seed: int) -> None:
        timing = self.timing
        self.manager = Process(
            "kube-controller-manager",
            self.server,
            self.events,
            timing,
            qps=timing.controller_qps,
            burst=timing.controller_burst,
        )
        self.node_lifecycle = NodeLifecycle(self.manager)
        self.controllers: list[Controller] = [
            kind(self.manager)
            for kind in (
                DeploymentController,
                ReplicaSetController,
                JobController,
                CronJobController,
                EndpointSliceController,
                GarbageCollector,
                NamespaceController,
            )
        ]
        proxy = Process(
            "kube-proxy", self.server, self.events, timing, qps=timing.kubelet_qps, burst=timing.kubelet_burst
        )
        self.proxies = Proxies(proxy, POD_CIDR)
        self.metrics = Metrics(self.server, timing, self.behaviour)
        self.controllers.append(HorizontalPodAutoscalerController(self.manager, self.metrics))
        scheduling = Process(
            "kube-scheduler",
            self.server,
            self.events,
            timing,
            qps=timing.scheduler_qps,
            burst=timing.scheduler_burst,
        )
        self.scheduler = Scheduler(scheduling, seed)

    def add_node(self, item: Node) -> Kubelet:
        """A machine joins: its kubelet registers it."""
        number = len(self.kubelets)
        cidr = item.spec.pod_cidr or pod_cidr(number)
        item = replace(machine(item, number), spec=replace(item.spec, pod_cidr=cidr))
        first_beat_seconds = 2.0 + (number * 0.37) % self.timing.lease_renew_seconds
        kubelet = Kubelet(
            item, self.server, self.events, self.timing, Addresses(cidr), self.behaviour, first_beat_seconds
        )
        self.kubelets[item.name] = kubelet
        return kubelet

    def behaviour(self, _pod: Pod, image: str) -> Behaviour:
        """What the program of `image` does."""
        return self.behaviours.get(image, WELL_BEHAVED)

    @property
    def store(self) -> Store:
        """All objects."""
        return self.server.store

    @property
    def journal(self) -> Journal:
        """All that has happened."""
        return self.server.journal

    @property
    def seconds(self) -> float:
        """The present, in seconds since the start."""
        return self.clock.seconds

    def run(self, seconds: float) -> None:
        """Let so many seconds pass.

        Raises
        ------
        SimulationLimit
            The simulation has grown beyond its limits.
        """
        self.clock.environment.run(until=self.clock.seconds + seconds)

    def run_until(self, condition: Any, *, within_seconds: float = 600.0, step_seconds: float = 0.1) -> bool:
        """Let time pass until ``condition(cluster)`` holds; whether it did in time."""
        end = self.clock.seconds + within_seconds
        while not condition(self):
            if self.clock.seconds >= end:
                return False
            self.run(min(step_seconds, end - self.clock.seconds))
        return True

    def at(self, seconds: float) -> Snapshot:
        """All objects as they were at an earlier moment."""
        return self.history.at(seconds)

    def snapshot(self) -> Snapshot:
        """All objects as they are now."""
        return snapshot(self.store, self.clock.seconds)

    def pods(self, namespace: str = "") -> list[Pod]:
        """The pods that exist."""
        return [item for item in self.store.objects("Pod", namespace) if isinstance(item, Pod)]

    def create(self, item: KubernetesObject, component: str = "kubectl") -> KubernetesObject:
        """Create an object as `component`; see `APIServer.create`."""
        return self.server.create(item, Caller(component))

    def apply(self, manifest: str, **flags: object) -> Output:
        """``kubectl apply``: make the objects of `manifest`, or change them."""
        return self.kubectl.command("apply", (), {**flags, "filename": "-"}, manifest)

    def get(self, *words: str, **flags: object) -> Output:
        """``kubectl get``."""
        return self.kubectl.command("get", words, flags)

    def describe(self, *words: str, **flags: object) -> Output:
        """``kubectl describe``."""
        return self.kubectl.command("describe", words, flags)

    def delete(self, *words: str, **flags: object) -> Output:
        """``kubectl delete``, which waits until the objects are gone."""
        return self.kubectl.command("delete", words, flags)

    def scale(self, *words: str, replicas: int, **flags: object) -> Output:
        """``kubectl scale``."""
        return self.kubectl.command("scale", words, {**flags, "replicas": replicas})

    def rollout(self, action: str, *words: str, **flags: object) -> Output:
        """``kubectl rollout``: ``status``, ``history``, ``undo``, ``pause``, ``resume`` or ``restart``."""
        return self.kubectl.command(f"rollout {action}", words, flags)

    def logs(self, *words: str, **flags: object) -> Output:
        """``kubectl logs``."""
        return self.kubectl.command("logs", words, flags)

    def drain(self, *words: str, **flags: object) -> Output:
        """``kubectl drain``, which waits until the pods are gone."""
        return self.kubectl.command("drain", words, flags)

    def cordon(self, *words: str, **flags: object) -> Output:
        """``kubectl cordon``."""
        return self.kubectl.command("cordon", words, flags)

    def uncordon(self, *words: str, **flags: object) -> Output:
        """``kubectl uncordon``."""
        return self.kubectl.command("uncordon", words, flags)

    def top(self, what: str, *words: str, **flags: object) -> Output:
        """``kubectl top``: ``pod`` or ``node``."""
        return self.kubectl.command(f"top {what}", words, flags)
