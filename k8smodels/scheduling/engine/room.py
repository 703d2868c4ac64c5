"""What is left on the nodes, resource by resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.scheduling.engine.bits import Nodes, union
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.balanced_allocation import balance
from k8smodels.scheduling.requests import Amounts


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of all nodes, by the nodes' numbers.

    Attributes
    ----------
    capacity
        What each node has.
    left
        The same less what its pods request; below 0 where they request more.
    scored_left
        The same less what its pods count for when nodes are scored.
    """

    capacity: list[int]
    left: list[int]
    scored_left: list[int]


class Room:
    """The resources of all nodes.

    Parameters
    ----------
    nodes
        The nodes with the pods that they have.
    balanced
        The resources whose balance is to be kept.

    Attributes
    ----------
    pods_left
        How many pods more each node takes.
    balances
        How balanced these are on each node (`balance`).
    changes
        The numbers of the nodes that got or lost pods, in that order.
    """

    def __init__(self, nodes: Sequence[NodeInfo], balanced: Sequence[str] = ()) -> None:
        self.nodes = nodes
        self.pods_left = [node.allowed_pods - len(node.pods) for node in nodes]
        self._resources: dict[str, Resource] = {}
        self._alike: dict[tuple[int, ...], Nodes] = {}
        for name in {name for node in nodes for name in (*node.requested, *node.non_zero_requested)}:
            self.resource(name)
        self._balanced = [self.resource(name) for name in balanced]
        self.balances = [self._balance(i) for i in range(len(nodes))]
        self.changes: list[int] = []

    def resource(self, name: str) -> Resource:
        """The resource `name`."""
        if name not in self._resources:
            # Nobody has requested it so far, but for the pods that the nodes started with.
            capacity = [node.allocatable.get(name, 0) for node in self.nodes]
            left = [have - node.requested.get(name, 0) for have, node in zip(capacity, self.nodes, strict=True)]
            scored = [
                have - node.non_zero_requested.get(name, 0) for have, node in zip(capacity, self.nodes, strict=True)
            ]
            self._resources[name] = Resource(capacity, left, scored)
            self._alike = {}
        return self._resources[name]

    def add(self, node: int, requests: Amounts, scored: Amounts, pods: int = 1) -> None:
        """Give the node of number `node` one more pod, with what it requests and what that is scored as.

        With -1 `pods` it loses one.
        """
        before = self._state(node)
        for name, amount in requests.items():
            self.resource(name).left[node] -= pods * amount
        for name, amount in scored.items():
            self.resource(name).scored_left[node] -= pods * amount
        self.pods_left[node] -= pods
        self.balances[node] = self._balance(node)
        self.changes.append(node)
        if self._alike:
            self._move(node, before)

    def _move(self, node: int, before: tuple[int, ...]) -> None:
        bit, after = 1 << node, self._state(node)
        left = self._alike[before] ^ bit
        if left:
            self._alike[before] = left
        else:
            del self._alike[before]
        self._alike[after] = self._alike.get(after, 0) | bit

    @property
    def alike(self) -> Mapping[tuple[int, ...], Nodes]:
        """The nodes by what they have and have left: those of one set rate the same for any pod."""
        if not self._alike:
            numbers: dict[tuple[int, ...], list[int]] = {}
            for i in range(len(self.nodes)):
                numbers.setdefault(self._state(i), []).append(i)
            self._alike = {state: union(found) for state, found in numbers.items()}
        return self._alike

    def _state(self, node: int) -> tuple[int, ...]:
        state = [self.pods_left[node]]
        for resource in self._resources.values():
            state += (resource.capacity[node], resource.left[node], resource.scored_left[node])
        return tuple(state)

    def requested(self, node: int) -> Amounts:
        """What the pods of a node request."""
        return {name: resource.capacity[node] - resource.left[node] for name, resource in self._resources.items()}

    def scored(self, node: int) -> Amounts:
        """What they count for when nodes are scored."""
        return {
            name: resource.capacity[node] - resource.scored_left[node] for name, resource in self._resources.items()
        }

    def _balance(self, node: int) -> int:
        found = ((resource.capacity[node], resource.left[node]) for resource in self._balanced)
        return balance([min(1.0, (capacity - left) / capacity) for capacity, left in found if capacity])
