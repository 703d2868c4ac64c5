"""Nodes by domain, and pods counted by domain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8smodels.scheduling.engine.bits import Nodes, union


class Topology:
    """The domains that one label makes of the nodes.

    Attributes
    ----------
    domains
        Each node's domain, by its number; None for a node that is in none.
    members
        The nodes of each domain.
    labelled
        All nodes that are in one.
    """

    __slots__ = ("domains", "labelled", "members")

    def __init__(self, domains: Sequence[str | None]) -> None:
        self.domains = domains
        numbers: dict[str, list[int]] = {}
        for i, domain in enumerate(domains):
            if domain is not None:
                numbers.setdefault(domain, []).append(i)
        self.members: dict[str, Nodes] = {domain: union(found) for domain, found in numbers.items()}
        self.labelled: Nodes = union(i for i, domain in enumerate(domains) if domain is not None)

    def count(self, nodes: Nodes) -> int:
        """How many domains `nodes` are in."""
        nodes &= self.labelled
        if len(self.members) == len(self.domains):
            return nodes.bit_count()
        return sum(1 for mask in self.members.values() if mask & nodes)


class Tally:
    """How many pods there are in each domain of a topology, kept up to date.

    Attributes
    ----------
    topology
        The domains.
    counting
        The nodes whose pods count.
    levels
        The nodes by the count of their domain, a node without a domain under 0.
    """

    __slots__ = ("_counts", "counting", "everywhere", "levels", "topology")

    def __init__(self, topology: Topology, counting: Nodes) -> None:
        self.topology = topology
        self.counting = counting
        self.everywhere: Nodes = (1 << len(topology.domains)) - 1
        self.levels: dict[int, Nodes] = {0: self.everywhere}
        self._counts: dict[str, int] = {}

    def add(self, node: int, pods: int = 1) -> None:
        """Count `pods` more on the node of number `node`."""
        domain = self.topology.domains[node]
        if domain is None or not self.counting >> node & 1:
            return
        before = self._counts.get(domain, 0)
        after = self._counts[domain] = before + pods
        members = self.topology.members[domain]
        left = self.levels[before] ^ members
        if left:
            self.levels[before] = left
        else:
            del self.levels[before]
        self.levels[after] = self.levels.get(after, 0) | members

    def add_all(self, pods: Iterable[tuple[int, int]]) -> None:
        """Count pods given as pairs of a node's number and how many there are."""
        for node, count in pods:
            self.add(node, count)

    @property
    def near(self) -> Nodes:
        """The nodes of domains that have a pod."""
        return self.everywhere ^ self.levels.get(0, 0)
