"""Which pods are where: counted once when they come, not for each decision."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from k8smodels.api.selectors import Selector
from k8smodels.scheduling.engine.bits import Nodes
from k8smodels.scheduling.engine.board import Board
from k8smodels.scheduling.engine.topology import Tally, Topology
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.inter_pod_affinity import matches_all
from k8smodels.scheduling.plugins.spread_constraints import count_matching
from k8smodels.scheduling.pod_info import AffinityTerm, PodInfo


class Sample(Protocol):
    """A rule that says which pods are counted."""

    @property
    def selector(self) -> Selector:
        """Selects all of them, and perhaps others."""

    def counts(self, pod: PodInfo) -> bool:
        """Whether `pod` is."""


@dataclass(frozen=True, slots=True)
class Fellows:
    """The pods that a topology spread constraint counts.

    Attributes
    ----------
    selector, namespace
        Its selector, and the namespace of the pod that has the constraint.
    """

    selector: Selector
    namespace: str

    def counts(self, pod: PodInfo) -> bool:
        """Whether `pod` is selected."""
        return count_matching([pod], self.selector, self.namespace) == 1


@dataclass(frozen=True, slots=True)
class Meant:
    """The pods that every one of some terms of pod affinity means.

    Attributes
    ----------
    terms
        The terms, with their namespaces resolved.
    """

    terms: tuple[AffinityTerm, ...]

    @property
    def selector(self) -> Selector:
        """Selects what the first one means."""
        return self.terms[0].selector

    def counts(self, pod: PodInfo) -> bool:
        """Whether all of them mean `pod`."""
        return matches_all(self.terms, pod)


@dataclass(slots=True)
class Crowd:
    """Pods that no selector tells apart: of one namespace, with the same labels, all leaving or none.

    Attributes
    ----------
    tallies
        The tallies that count them.
    where
        How many there are on each node, by the node's number.
    """

    tallies: Sequence[Tally]
    where: dict[int, int] = field(default_factory=dict)


class Census:
    """All pods that have a node, by crowd, and every tally that somebody has asked for.

    Parameters
    ----------
    nodes
        The nodes in the order of their numbers.
    """

    def __init__(self, nodes: list[NodeInfo]) -> None:
        self.everywhere: Nodes = (1 << len(nodes)) - 1
        self._nodes = nodes
        self._topologies: dict[tuple[str, bool], Topology] = {}
        self._crowds: dict[Hashable, Crowd] = {}
        self._tallies: dict[tuple[Sample, Topology, Nodes], Tally] = {}
        self._board: Board[Tally] = Board()

    def topology(self, label: str, *, without: bool = False) -> Topology:
        """The domains of `label`; nodes `without` it are in the domain of the empty name, or in none."""
        missing = "" if without else None
        return self._topology((label, without), lambda node: node.labels.get(label, missing))

    @property
    def each_node(self) -> Topology:
        """Each node as a domain of its own, whatever its labels."""
        return self._topology(("", True), lambda node: node.name)

    def _topology(self, key: tuple[str, bool], domain: Callable[[NodeInfo], str | None]) -> Topology:
        if key not in self._topologies:
            self._topologies[key] = Topology([domain(node) for node in self._nodes])
        return self._topologies[key]

    def tally(self, sample: Sample, topology: Topology, counting: Nodes) -> Tally:
        """The pods of `sample` on the nodes `counting`, by domain."""
        key = (sample, topology, counting)
        if key not in self._tallies:
            tally = self._tallies[key] = Tally(topology, counting)
            for pod in self._board.post(tally, sample.selector, sample.counts):
                tally.add_all(self.crowd(pod).where.items())
        return self._tallies[key]

    def crowd(self, pod: PodInfo) -> Crowd:
        """The crowd that `pod` belongs to."""
        key = (pod.namespace, frozenset(pod.labels.items()), pod.pod.is_terminating)
        if key not in self._crowds:
            self._crowds[key] = Crowd(self._board.read(pod))
        return self._crowds[key]

    def add(self, crowd: Crowd, node: int, pods: int = 1) -> None:
        """Count so many more pods of `crowd` on the node of number `node`."""
        crowd.where[node] = crowd.where.get(node, 0) + pods
        for tally in crowd.tallies:
            tally.add(node, pods)
