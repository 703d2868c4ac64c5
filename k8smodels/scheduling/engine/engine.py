"""Deciding for one pod after another, as `k8smodels.scheduling.place` does, from what is remembered."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, repeat
from typing import NamedTuple, cast

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import NO_VOLUMES, Cluster
from k8smodels.scheduling.cycle import schedule
from k8smodels.scheduling.decision import Rejection, VolumeBindings
from k8smodels.scheduling.engine.bits import Nodes, member
from k8smodels.scheduling.engine.shape import Shape
from k8smodels.scheduling.engine.signature import has_claims
from k8smodels.scheduling.engine.state import Kind, Outlook, State, points_of
from k8smodels.scheduling.message import NO_NODES, fit_error, pre_filter_error
from k8smodels.scheduling.plugins import (
    ImageLocality,
    InterPodAffinity,
    NodeAffinity,
    NodeName,
    NodePorts,
    NodeResourcesBalancedAllocation,
    NodeResourcesFit,
    NodeUnschedulable,
    PodTopologySpread,
    TaintToleration,
)
from k8smodels.scheduling.plugins.inter_pod_affinity import NO_NEIGHBOUR, UNWANTED_BY_NEIGHBOUR, UNWANTED_NEIGHBOUR
from k8smodels.scheduling.plugins.node_ports import NO_FREE_PORT
from k8smodels.scheduling.plugins.pod_topology_spread import MISSING_LABEL, UNEVEN
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.profile import DEFAULT, Profile

INDEXED = frozenset(
    {
        ImageLocality,
        InterPodAffinity,
        NodeAffinity,
        NodeName,
        NodePorts,
        NodeResourcesBalancedAllocation,
        NodeResourcesFit,
        NodeUnschedulable,
        PodTopologySpread,
        TaintToleration,
    }
)
"""The plugins whose answers the engine has indexes for."""

FOR_VOLUMES = frozenset({"NodeVolumeLimits", "VolumeBinding", "VolumeRestrictions", "VolumeZone"})
"""Plugins, by name, that have nothing to say about a pod without claims or volumes of a provider."""


PodKey = tuple[str, str]
"""Namespace and name."""


class Placement(NamedTuple):
    """What became of one pod.

    Attributes
    ----------
    pod
        The pod, as it was given.
    node
        Its node; None if it stays pending.
    ties
        How many nodes were equally good; 0 if it stays pending.
    message
        Why it stays pending, in kube-scheduler's words, without the preemption sentence; empty if it was placed.
    volumes
        What becomes of its claims.
    """

    pod: Pod
    node: str | None
    ties: int = 0
    message: str = ""
    volumes: VolumeBindings = NO_VOLUMES


class Engine:
    """A cluster that pods are placed on, one after another.

    It decides as the rules do (`k8smodels.scheduling.place`): the same node of the same number of equals, the same
    message. Where it has no index for what a pod asks, the rules themselves decide about this pod: if the profile has
    a plugin that is not in `INDEXED`, if the pod has volumes that a plugin may look at, and as long as preemption has
    made room somewhere for a pod that is no less important. It does not look for pods to evict.

    Parameters
    ----------
    cluster
        Nodes, and the pods that they have.
    profile
        The plugins.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> engine = Engine(Cluster.of([node("n1", cpu="2"), node("n2", cpu="4")]))
    >>> [placement.node for placement in engine.place(pod(f"p{i}", requests={"cpu": "2"}) for i in range(4))]
    ['n2', 'n1', 'n2', None]
    >>> engine.decide(pod("p4", requests={"cpu": "2"})).message
    '0/2 nodes are available: 2 Insufficient cpu.'
    """

    def __init__(self, cluster: Cluster, profile: Profile = DEFAULT) -> None:
        self.profile = profile
        used = (*profile.filters, *(plugin for plugin, _ in profile.scorers))
        self._knows = all(type(plugin) in INDEXED or plugin.name in FOR_VOLUMES for plugin in used)
        self._reads_volumes = any(plugin.name in FOR_VOLUMES for plugin in used)
        self._start(cluster)

    def _start(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._new: dict[PodKey, tuple[Pod, str]] = {}
        self._gone: list[Pod] = []
        self._state = State(cluster, self.profile)
        self._version = 0
        self._named: dict[PodKey, Kind | Pod] = {
            (pod.namespace, pod.name): pod for pod in cluster.pods if pod.spec.node_name
        }
        self._nominated = {pod.key: pod for pods in cluster.nominated.values() for pod in pods}

    @property
    def cluster(self) -> Cluster:
        """The cluster with all pods that were placed."""
        if self._gone:
            self._cluster, self._gone = self._cluster.without(self._gone), []
        if self._new:
            self._cluster, self._new = _with_pods(self._cluster, self._new.values()), {}
        return self._cluster

    def place(self, pods: Iterable[Pod], *, seed: int | None = None) -> tuple[Placement, ...]:
        """Decide for `pods` one after another, each bound to its node before the next one.

        Parameters
        ----------
        pods
            The pods, as a user writes them.
        seed
            What to choose among equal nodes by, a new throw for each pod; without it, the first by name is taken.
        """
        return tuple(self.placing(pods, seed=seed))

    def placing(self, pods: Iterable[Pod], *, seed: int | None = None) -> Iterator[Placement]:
        """The same, each placement as soon as it is decided."""
        dice = random.Random(seed)  # noqa: S311 (not for secrets)
        for pod in pods:
            kind = self._state.kind(pod)
            placement = self._decide(pod, kind, None if seed is None else dice.getrandbits(32))
            if placement.node is not None:
                self._bind(pod, kind, placement.node, placement.volumes)
            yield placement

    def bind(self, pod: Pod, node: str, volumes: VolumeBindings = NO_VOLUMES) -> None:
        """Give `pod` the node named `node`, whether it fits or not, and its claims what `volumes` says.

        Raises
        ------
        KeyError
            No such node.
        """
        self._bind(pod, self._state.kind(pod), node, volumes)

    def _bind(self, pod: Pod, kind: Kind, node: str, volumes: VolumeBindings) -> None:
        number = self._state.numbers[node]
        key = (pod.namespace, pod.name)
        if key in self._named:  # the pod moves, and nobody says from where: the indexes are built anew
            self._start(self.cluster.bind(pod, node, volumes))
            return
        self._version += 1
        self._named[key] = kind
        self._nominated.pop(key, None)
        self._state.add(kind, number)
        if volumes == NO_VOLUMES:
            self._new[key] = (pod, node)
        else:
            self._cluster = self.cluster.bind(pod, node, volumes)

    def remove(self, pod: Pod) -> None:
        """Take `pod` off its node: it has ended, or it was deleted. One that has no node here is passed over.

        Parameters
        ----------
        pod
            The pod with the node that it has; what else it says now does not matter.
        """
        key = (pod.namespace, pod.name)
        known = self._named.pop(key, None)
        number = self._state.numbers.get(pod.spec.node_name)
        if known is None or number is None:
            return
        self._version += 1
        first_seen = known if isinstance(known, Pod) else None
        if first_seen is None or not first_seen.is_finished:
            self._state.take(self._state.kind(first_seen) if first_seen else cast("Kind", known), number)
        if self._new.pop(key, None) is None:
            self._gone.append(pod)

    def decide(self, pod: Pod, *, seed: int | None = None) -> Placement:
        """Decide for `pod` without binding it. For `seed` see `k8smodels.scheduling.schedule`."""
        return self._decide(pod, self._state.kind(pod), seed)

    def _decide(self, pod: Pod, kind: Kind, seed: int | None) -> Placement:
        state = self._state
        if not state.names:
            return Placement(pod, None, message=NO_NODES)
        if not self._has_index_for(pod, kind):
            decision = schedule(pod, self.cluster, self.profile, seed=seed)
            return Placement(pod, decision.node, len(decision.best), decision.message, decision.volumes)
        named = pod.spec.node_name
        version, message = kind.refused.get(named, (-1, ""))
        if version == self._version:
            return Placement(pod, None, message=message)
        outlook, shape = state.outlook(kind, named), state.shape(kind)
        feasible = shape.roomy & outlook.rules.allowed
        for refused in self._refused_now(kind, outlook):
            feasible &= ~refused
        if not feasible:
            message = self._message(kind, outlook, shape)
            kind.refused[named] = (self._version, message)
            return Placement(pod, None, message=message)
        best = _best(outlook, shape, self._preferred(pod, feasible))
        ties = best.bit_count()
        position = 0 if seed is None or ties == 1 else random.Random(seed).choice(range(ties))  # noqa: S311
        return Placement(pod, state.names[member(best, position)], ties)

    def _has_index_for(self, pod: Pod, kind: Kind) -> bool:
        if not self._knows or (self._reads_volumes and pod.spec.volumes and has_claims(pod)):
            return False
        if not self._nominated:
            return True
        me = (pod.namespace, pod.name)
        return all(other.priority < kind.pod.priority or other.key == me for other in self._nominated.values())

    def _preferred(self, pod: Pod, feasible: Nodes) -> Nodes:
        """The node on which room was made for `pod`, if it is feasible; else all that are."""
        number = self._state.numbers.get(pod.status.nominated_node_name)
        return 1 << number if number is not None and feasible >> number & 1 else feasible

    def _refused_now(self, kind: Kind, outlook: Outlook) -> Iterator[Nodes]:
        """The nodes that each plugin refuses which looks at other pods."""
        if kind.host_ports:
            yield self._ports(kind)
        for spread in outlook.hard:
            yield ~(spread.even & spread.tally.topology.labelled)
        company = outlook.company
        if company:
            yield company.lonely | company.unwanted | company.unwelcome

    def _ports(self, kind: Kind) -> Nodes:
        active = any(isinstance(plugin, NodePorts) for plugin in self.profile.filters)
        return self._state.without_port(kind) if active else 0

    def _message(self, kind: Kind, outlook: Outlook, shape: Shape) -> str:
        """Why no node can take a pod of `kind`: each node counts for the first plugin that refuses it."""
        rules, total = outlook.rules, len(self._state.names)
        if rules.rejection:
            return pre_filter_error(rules.rejection, total)
        left = (1 << total) - 1
        found = []
        for reasons, nodes in chain(rules.unnamed.items(), self._refusals(kind, outlook, shape)):
            refused = left & nodes
            found.append(repeat(Rejection(None, "Unschedulable", reasons), refused.bit_count()))
            left ^= refused
        return fit_error(chain.from_iterable(found), total)

    def _refusals(self, kind: Kind, outlook: Outlook, shape: Shape) -> Iterator[tuple[tuple[str, ...], Nodes]]:
        """Reasons and the nodes refused for them, in the order of the plugins."""
        for plugin in self.profile.filters:
            yield from outlook.rules.refusals.get(plugin.name, {}).items()
            if isinstance(plugin, NodePorts):
                yield (NO_FREE_PORT,), self._state.without_port(kind)
            elif isinstance(plugin, NodeResourcesFit):
                yield from ((rating, nodes) for rating, nodes in shape.masks.items() if isinstance(rating, tuple))
            elif isinstance(plugin, PodTopologySpread):
                for spread in outlook.hard:
                    yield (MISSING_LABEL,), ~spread.tally.topology.labelled
                    yield (UNEVEN,), ~spread.even
            elif isinstance(plugin, InterPodAffinity) and outlook.company:
                yield (NO_NEIGHBOUR,), outlook.company.lonely
                yield (UNWANTED_NEIGHBOUR,), outlook.company.unwanted
                yield (UNWANTED_BY_NEIGHBOUR,), outlook.company.unwelcome


def _best(outlook: Outlook, shape: Shape, feasible: Nodes) -> Nodes:
    """The feasible nodes of the highest total: the points of wishes and the rating of the node by itself."""
    points = points_of(outlook.wishes, feasible)
    ratings = sorted((rating for rating in shape.masks if isinstance(rating, int)), reverse=True)
    best, highest = 0, -1
    for extra in sorted(points, reverse=True):
        nodes = points[extra]
        for rating in ratings:
            if extra + rating < highest:
                break
            found = nodes & shape.masks[rating]
            if found:
                best = best | found if extra + rating == highest else found
                highest = extra + rating
                break
    return best


def _with_pods(cluster: Cluster, new: Iterable[tuple[Pod, str]]) -> Cluster:
    """`cluster` after each of the pods `new` has got its node: what `Cluster.bind` gives, for many at once."""
    bound = [replace(pod, spec=replace(pod.spec, node_name=node)) for pod, node in new]
    names = {(pod.namespace, pod.name) for pod in bound}
    kept = (pod for pod in cluster.pods if (pod.namespace, pod.name) not in names)
    by_node: dict[str, list[PodInfo]] = {}
    for pod in bound:
        by_node.setdefault(pod.spec.node_name, []).append(PodInfo.of(pod))
    changed = {name: cluster.node_infos[name].with_pods(pods) for name, pods in by_node.items()}
    return replace(cluster, pods=(*kept, *bound), _known={**cluster.node_infos, **changed})
