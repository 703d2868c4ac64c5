"""PodTopologySpread over counts that are kept up to date."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8smodels.scheduling.engine.bits import Levels, Nodes, within
from k8smodels.scheduling.engine.census import Census, Fellows
from k8smodels.scheduling.engine.topology import Tally, Topology
from k8smodels.scheduling.plugins.spread_constraints import HOSTNAME, Constraint
from k8smodels.scheduling.plugins.spread_scoring import normalized, topology_weight
from k8smodels.scheduling.pod_info import PodInfo


@dataclass(frozen=True)
class HardSpread:
    """A constraint with ``DoNotSchedule``.

    Attributes
    ----------
    constraint
        The constraint.
    tally
        The pods that it counts.
    domains
        How many domains it knows.
    itself
        Whether the pod itself counts.
    """

    constraint: Constraint
    tally: Tally
    domains: int
    itself: bool

    @property
    def even(self) -> Nodes:
        """The nodes of domains that may have one more, whether they are in a domain or not."""
        levels = self.tally.levels
        least = 0
        if self.domains >= self.constraint.min_domains:
            counting = self.tally.counting
            least = min((count for count, nodes in levels.items() if nodes & counting), default=0)
        most = self.constraint.max_skew + least - self.itself
        found = 0
        for count, nodes in levels.items():
            if count <= most:
                found |= nodes
        return found


def hard_spreads(
    constraints: Sequence[Constraint], pod: PodInfo, census: Census, counting: Iterable[Nodes]
) -> tuple[HardSpread, ...]:
    """The constraints of `pod`; for each, on which nodes pods count as far as affinity and taints go."""
    topologies = [census.topology(constraint.topology_key) for constraint in constraints]
    complete = labelled(topologies, census)
    found = []
    for constraint, topology, nodes in zip(constraints, topologies, counting, strict=True):
        tally = census.tally(Fellows(constraint.selector, pod.namespace), topology, nodes & complete)
        itself = constraint.selector.matches(pod.labels)
        found.append(HardSpread(constraint, tally, topology.count(tally.counting), itself))
    return tuple(found)


def labelled(topologies: Iterable[Topology], census: Census) -> Nodes:
    """The nodes that are in a domain of every one of `topologies`."""
    found = census.everywhere
    for topology in topologies:
        found &= topology.labelled
    return found


@dataclass(frozen=True)
class SoftSpread:
    """The constraints with ``ScheduleAnyway``.

    Attributes
    ----------
    constraints
        The constraints with their tallies.
    keyed
        For each, the nodes that have its label.
    placed
        The nodes that take part: all, or those that have the labels of all.
    weight
        How much the plugin counts.
    """

    constraints: tuple[tuple[Constraint, Tally], ...]
    keyed: tuple[Nodes, ...]
    placed: Nodes
    weight: int

    def points(self, feasible: Nodes) -> Levels:
        """The `feasible` nodes by their weighted points."""
        crowds = self._crowds(feasible & self.placed)
        scores = normalized({str(crowd): crowd for crowd in crowds}, frozenset())
        found: dict[int, Nodes] = {}
        if ignored := feasible & ~self.placed:
            found[0] = ignored
        for crowd, nodes in crowds.items():
            points = scores[str(crowd)] * self.weight
            found[points] = found.get(points, 0) | nodes
        return found

    def _crowds(self, placed: Nodes) -> Levels:
        """Nodes by how crowded their domains are, summed up in the order of `crowd_of`, in floating point."""
        sums: dict[float, Nodes] = {0.0: placed} if placed else {}
        for (constraint, tally), keyed in zip(self.constraints, self.keyed, strict=True):
            weight = topology_weight(tally.topology.count(placed))
            new: dict[float, Nodes] = {}
            for crowd, nodes in sums.items():
                if outside := nodes & ~keyed:
                    new[crowd] = new.get(crowd, 0) | outside
                for count, mask in within(tally.levels, nodes & keyed).items():
                    total = crowd + (count * weight + (constraint.max_skew - 1))
                    new[total] = new.get(total, 0) | mask
            sums = new
        found: dict[int, Nodes] = {}
        for crowd, nodes in sums.items():
            rounded = math.floor(crowd + 0.5)
            found[rounded] = found.get(rounded, 0) | nodes
        return found


def soft_spread(
    constraints: Sequence[Constraint],
    pod: PodInfo,
    census: Census,
    counting: Iterable[Nodes],
    *,
    all_keys: bool,
    weight: int,
) -> SoftSpread:
    """The constraints of `pod`; with `all_keys`, nodes that lack a label take no part."""
    keyed = [census.topology(constraint.topology_key) for constraint in constraints]
    placed = labelled(keyed, census) if all_keys else census.everywhere
    tallies = []
    for constraint, nodes in zip(constraints, counting, strict=True):
        fellows = Fellows(constraint.selector, pod.namespace)
        if constraint.topology_key == HOSTNAME:  # each node by itself, and all of them
            tally = census.tally(fellows, census.each_node, census.everywhere)
        else:
            topology = census.topology(constraint.topology_key, without=True)
            tally = census.tally(fellows, topology, nodes & placed)
        tallies.append((constraint, tally))
    return SoftSpread(tuple(tallies), tuple(topology.labelled for topology in keyed), placed, weight)
