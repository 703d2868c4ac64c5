"""The nodes and pods of a cluster, indexed, and how they look to each kind of pod."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.engine.bits import Levels, Nodes, added, union
from k8smodels.scheduling.engine.census import Census, Crowd
from k8smodels.scheduling.engine.company import Company, Society, Sympathy, company, sympathy
from k8smodels.scheduling.engine.node_rules import NodeRules, Wish, image_wishes, node_rules
from k8smodels.scheduling.engine.recent import Recent
from k8smodels.scheduling.engine.room import Room
from k8smodels.scheduling.engine.shape import Shape, Size, SizeRules
from k8smodels.scheduling.engine.signature import frozen, signature
from k8smodels.scheduling.engine.spreading import HardSpread, SoftSpread, hard_spreads, soft_spread
from k8smodels.scheduling.engine.topology import Tally
from k8smodels.scheduling.plugins import InterPodAffinity, PodTopologySpread
from k8smodels.scheduling.plugins.image_locality import images_of
from k8smodels.scheduling.plugins.node_ports import conflicts
from k8smodels.scheduling.plugins.spread_constraints import Constraint
from k8smodels.scheduling.pod_info import HostPort, PodInfo
from k8smodels.scheduling.profile import Profile
from k8smodels.scheduling.requests import Amounts, scored_requests
from k8smodels.scheduling.required_node_affinity import RequiredNodeAffinity

KINDS, RULES = 20_000, 1_000
"""How many kinds of pods, and sets of rules about nodes, are remembered; more are worked out anew."""

RATINGS = 20_000_000
"""How many ratings of nodes for sizes of pods are remembered, at about 20 bytes each."""


@dataclass(frozen=True)
class Outlook:
    """How the nodes look to a kind of pod, but for their resources.

    Attributes
    ----------
    rules
        What never changes.
    hard
        Constraints of topology spread.
    company
        Rules about other pods.
    wishes
        What tells feasible nodes apart; each gives points.
    """

    rules: NodeRules
    hard: tuple[HardSpread, ...]
    company: Company | None
    wishes: tuple[Wish | SoftSpread | Sympathy, ...]


@dataclass(slots=True)
class Kind:
    """Pods that differ in nothing but their names (and their nodes).

    Attributes
    ----------
    pod
        One of them.
    size, requests, scored, host_ports
        What they take.
    crowd, tallies
        Where they are counted when they come.
    outlooks
        By the node that they name, most often none.
    refused
        The last answer of a kind that fits nowhere, and when it was given.
    """

    pod: PodInfo
    size: Size
    requests: Amounts
    scored: Amounts
    host_ports: frozenset[HostPort]
    crowd: Crowd
    tallies: Sequence[Tally]
    outlooks: dict[str, Outlook] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)


class State:
    """A cluster as the engine sees it.

    Parameters
    ----------
    cluster, profile
        The cluster to start with, and the rules. The profile has only plugins that the engine knows.

    Attributes
    ----------
    names
        The names of the nodes in the order of their numbers.
    """

    def __init__(self, cluster: Cluster, profile: Profile) -> None:
        infos = sorted(cluster.node_infos.values(), key=lambda node: node.name)
        self.cluster, self.profile = cluster, profile
        self.names = [node.name for node in infos]
        self.numbers = {name: i for i, name in enumerate(self.names)}
        self.sizes = SizeRules.of(profile)
        self.room = Room(infos, ("cpu", "memory") if self.sizes.usual else ())
        self.census = Census(infos)
        self._infos = infos
        plugins = (*profile.filters, *(plugin for plugin, _ in profile.scorers))
        social = next((plugin for plugin in plugins if isinstance(plugin, InterPodAffinity)), InterPodAffinity())
        self._society = Society(self.census, social.args, cluster.namespace_labels)
        self._ports: dict[HostPort, Nodes] = {}
        self._kinds: Recent[Hashable, Kind] = Recent(KINDS)
        self._shapes: Recent[Size, Shape] = Recent(max(2, RATINGS // max(1, len(infos))))
        self._rules: Recent[Hashable, NodeRules] = Recent(RULES)
        self._images: Recent[Hashable, tuple[Wish, ...]] = Recent(RULES)
        self._counting: Recent[Hashable, Nodes] = Recent(RULES)
        for i, node in enumerate(infos):
            for pod in node.pods:
                self._settle(self.kind(pod.pod), i)
            for port in node.host_ports:
                self._ports[port] = self._ports.get(port, 0) | 1 << i

    def kind(self, pod: Pod) -> Kind:
        """The kind of `pod`."""
        return self._kinds.get(signature(pod), lambda: self._new_kind(pod))

    def _new_kind(self, pod: Pod) -> Kind:
        info = PodInfo.of(pod)
        scored = scored_requests(info.pod)
        size = Size(tuple(info.requests.items()), tuple(scored.items()))
        return Kind(
            info,
            size,
            info.requests,
            info.non_zero_requests,
            info.host_ports,
            self.census.crowd(info),
            self._society.tallies(info),
        )

    def add(self, kind: Kind, node: int) -> None:
        """Give a pod of `kind` the node of number `node`."""
        self.room.add(node, kind.requests, kind.scored)
        for port in kind.host_ports:
            self._ports[port] = self._ports.get(port, 0) | 1 << node
        self._settle(kind, node)

    def take(self, kind: Kind, node: int) -> None:
        """Take a pod of `kind` off the node of number `node`."""
        self.room.add(node, kind.requests, kind.scored, pods=-1)
        for port in kind.host_ports:
            self._ports[port] &= ~(1 << node)
        self._settle(kind, node, pods=-1)

    def _settle(self, kind: Kind, node: int, pods: int = 1) -> None:
        self.census.add(kind.crowd, node, pods)
        for tally in kind.tallies:
            tally.add(node, pods)

    def shape(self, kind: Kind) -> Shape:
        """How the nodes rate now for pods of the size of `kind`."""
        shape = self._shapes.get(kind.size, lambda: Shape(self.sizes, kind.size, self.room))
        shape.refresh()
        return shape

    def without_port(self, kind: Kind) -> Nodes:
        """The nodes where a port is taken that pods of `kind` need."""
        found = 0
        for wanted in kind.host_ports:
            for taken, nodes in self._ports.items():
                if conflicts(wanted, taken):
                    found |= nodes
        return found

    def outlook(self, kind: Kind, node_name: str = "") -> Outlook:
        """How the nodes look to pods of `kind` that name the node `node_name`."""
        if node_name not in kind.outlooks:
            pod = kind.pod.pod
            named = (
                pod if pod.spec.node_name == node_name else replace(pod, spec=replace(pod.spec, node_name=node_name))
            )
            kind.outlooks[node_name] = self._new_outlook(PodInfo(named))
        return kind.outlooks[node_name]

    def _new_outlook(self, pod: PodInfo) -> Outlook:
        spec = pod.pod.spec
        affinity = spec.affinity.node_affinity if spec.affinity else None
        key = (spec.node_name, frozen(spec.node_selector), frozen(affinity), frozen(spec.tolerations))
        rules = self._rules.get(key, lambda: node_rules(pod, self.profile, self.cluster, self._infos))
        images = self._images.get(
            tuple(images_of(pod.pod)), lambda: image_wishes(pod, self.profile, self.cluster, self._infos)
        )
        social = any(isinstance(plugin, InterPodAffinity) for plugin in self.profile.filters)
        return Outlook(
            rules,
            tuple(self._hard_spreads(pod)),
            company(pod, self.census, self._society) if social else None,
            (*rules.wishes, *images, *self._soft_wishes(pod)),
        )

    def _hard_spreads(self, pod: PodInfo) -> Iterator[HardSpread]:
        for plugin in self.profile.filters:
            if isinstance(plugin, PodTopologySpread):
                constraints = plugin.constraints(pod, self.cluster, "DoNotSchedule")
                yield from hard_spreads(constraints, pod, self.census, self._counted(pod, constraints))

    def _soft_wishes(self, pod: PodInfo) -> Iterator[SoftSpread | Sympathy]:
        for plugin, weight in self.profile.scorers:
            if isinstance(plugin, PodTopologySpread):
                constraints = plugin.constraints(pod, self.cluster, "ScheduleAnyway")
                own = bool(pod.pod.spec.topology_spread_constraints) or plugin.args.defaulting_type != "System"
                counted = self._counted(pod, constraints)
                if constraints:
                    yield soft_spread(constraints, pod, self.census, counted, all_keys=own, weight=weight)
            elif isinstance(plugin, InterPodAffinity):
                found = sympathy(pod, self.census, self._society, weight)
                if found:
                    yield found

    def _counted(self, pod: PodInfo, constraints: Iterable[Constraint]) -> Sequence[Nodes]:
        """For each constraint, the nodes on which pods count as far as affinity and taints go."""
        spec = pod.pod.spec
        affinity = spec.affinity.node_affinity if spec.affinity else None
        rules = (frozen(spec.node_selector), frozen(affinity), frozen(spec.tolerations))
        found = []
        for constraint in constraints:
            key = (constraint.honors_affinity, constraint.honors_taints, rules)
            found.append(self._counting.get(key, partial(self._count, pod, constraint)))
        return found

    def _count(self, pod: PodInfo, constraint: Constraint) -> Nodes:
        affinity = RequiredNodeAffinity.of(pod.pod)
        return union(i for i, node in enumerate(self._infos) if constraint.counts(pod.pod, affinity, node))


def points_of(wishes: Iterable[Wish | SoftSpread | Sympathy], feasible: Nodes) -> Levels:
    """The `feasible` nodes by the points of all `wishes` together."""
    found: Levels = {0: feasible}
    for wish in wishes:
        levels = wish.points(feasible)
        if len(levels) > 1:
            found = added(found, levels)
    return found
