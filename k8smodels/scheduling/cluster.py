"""The state of a cluster that scheduling depends on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.service import Service
from k8smodels.api.workload import ReplicaSet, ReplicationController, StatefulSet
from k8smodels.scheduling.decision import VolumeBindings
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import Labels, PodInfo
from k8smodels.scheduling.storage import Storage

T = TypeVar("T", bound=KubernetesObject)

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""A label that every namespace has: its own name."""

NO_VOLUMES = VolumeBindings()


class AlreadyExists(ValueError):
    """Two objects of one kind and name, in the API server's words."""

    def __init__(self, item: KubernetesObject) -> None:
        super().__init__(f'{_resource(item)} "{item.name}" already exists')
        self.item = item


@dataclass(frozen=True)
class Cluster:
    """Nodes, pods and the objects that plugins look up. It never changes: `bind` gives a new one.

    Attributes
    ----------
    nodes
        The nodes, in the order in which decisions list them.
    pods
        All pods, as written: bound to a node, nominated to one, or pending.
    namespaces
        Namespaces, for selectors of namespaces. ``default`` exists anyway.
    services, replica_sets, stateful_sets, replication_controllers
        What selects or owns pods, for the default topology spread.
    pod_disruption_budgets
        What preemption tries to respect.
    storage
        Claims, volumes, and what there is to make more of them.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> cluster = Cluster.of([node("n1", cpu="4")]).bind(pod("web", requests={"cpu": "1"}), "n1")
    >>> cluster.node_infos["n1"].requested["cpu"]
    1000
    """

    nodes: tuple[Node, ...] = ()
    pods: tuple[Pod, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    services: tuple[Service, ...] = ()
    replica_sets: tuple[ReplicaSet, ...] = ()
    stateful_sets: tuple[StatefulSet, ...] = ()
    replication_controllers: tuple[ReplicationController, ...] = ()
    pod_disruption_budgets: tuple[PodDisruptionBudget, ...] = ()
    storage: Storage = field(default_factory=Storage)
    _known: Mapping[str, NodeInfo] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject]) -> Cluster:
        """The cluster that holds `objects`; kinds that scheduling does not look at are left out.

        Raises
        ------
        AlreadyExists
            Two objects of the same kind, namespace and name.
        """
        items = list(objects)
        seen = set()
        for item in items:
            key = (item.kind, item.namespace, item.name)
            if key in seen:
                raise AlreadyExists(item)
            seen.add(key)
        return cls(
            nodes=_of_kind(items, Node),
            pods=_of_kind(items, Pod),
            namespaces=_of_kind(items, Namespace),
            services=_of_kind(items, Service),
            replica_sets=_of_kind(items, ReplicaSet),
            stateful_sets=_of_kind(items, StatefulSet),
            replication_controllers=_of_kind(items, ReplicationController),
            pod_disruption_budgets=_of_kind(items, PodDisruptionBudget),
            storage=Storage.of(items),
        )

    def bind(self, pod: Pod, node: str, volumes: VolumeBindings = NO_VOLUMES) -> Cluster:
        """The cluster after `pod` has got the node named `node`, and its claims what `volumes` says.

        Raises
        ------
        KeyError
            No such node.
        """
        info = self.node_infos[node]
        bound = replace(pod, spec=replace(pod.spec, node_name=node))
        same = [other for other in self.pods if (other.name, other.namespace) == (pod.name, pod.namespace)]
        kept = [other for other in self.pods if other not in same] if same else self.pods
        moved = any(other.spec.node_name for other in same)
        known = {} if moved else {**self.node_infos, node: info.with_pods([PodInfo.of(bound)])}
        storage = self.storage.with_bindings(pod.namespace, node, volumes)
        return replace(self, pods=(*kept, bound), storage=storage, _known=known)

    def without(self, pods: Iterable[Pod]) -> Cluster:
        """The cluster after `pods` are gone from it, whether they had a node or not; those it lacks are passed over."""
        names = {(pod.namespace, pod.name) for pod in pods}
        gone: dict[str, list[PodInfo]] = defaultdict(list)
        kept = []
        for pod in self.pods:
            if (pod.namespace, pod.name) not in names:
                kept.append(pod)
            elif pod.spec.node_name in self.node_infos:
                gone[pod.spec.node_name].append(PodInfo.of(pod))
        changed = {node: self.node_infos[node].without_pods(infos) for node, infos in gone.items()}
        return replace(self, pods=tuple(kept), _known={**self.node_infos, **changed})

    @cached_property
    def node_infos(self) -> Mapping[str, NodeInfo]:
        """Each node with its pods, by name. Pods of nodes that do not exist, and finished ones, are left out."""
        if self._known:
            return self._known
        pods: dict[str, list[PodInfo]] = {node.name: [] for node in self.nodes}
        for pod in self.pods:
            if pod.spec.node_name in pods and not pod.is_finished:
                pods[pod.spec.node_name].append(PodInfo.of(pod))
        return {node.name: NodeInfo(node).with_pods(pods[node.name]) for node in self.nodes}

    @cached_property
    def nominated(self) -> Mapping[str, tuple[PodInfo, ...]]:
        """Pods without a node for which preemption has made room on one, by that node's name."""
        found: dict[str, list[PodInfo]] = defaultdict(list)
        for pod in self.pods:
            if pod.status.nominated_node_name and not pod.spec.node_name and not pod.is_finished:
                found[pod.status.nominated_node_name].append(PodInfo.of(pod))
        return {node: tuple(pods) for node, pods in found.items()}

    @cached_property
    def pending(self) -> tuple[Pod, ...]:
        """Pods that wait for a node, in the order given; not those that a scheduling gate holds back."""
        waiting = (pod for pod in self.pods if not pod.spec.node_name and not pod.is_finished)
        return tuple(pod for pod in waiting if not pod.spec.scheduling_gates and not pod.is_terminating)

    @cached_property
    def namespace_labels(self) -> Mapping[str, Labels]:
        """The labels of each namespace, by its name."""
        labels = {item.name: {**item.labels, NAMESPACE_LABEL: item.name} for item in self.namespaces}
        return {"default": {NAMESPACE_LABEL: "default"}, **labels}


def _resource(item: KubernetesObject) -> str:
    """The name of the kind in the API's paths, with its group: ``storageclasses.storage.k8s.io``."""
    kind, (group, _, _) = item.kind.lower(), item.api_version.rpartition("/")
    plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}{'es' if kind.endswith('s') else 's'}"
    return f"{plural}.{group}" if group else plural


def _of_kind(items: Iterable[KubernetesObject], kind: type[T]) -> tuple[T, ...]:
    return tuple(item for item in items if isinstance(item, kind))
