"""How the nodes rate for pods of one size: NodeResourcesFit and NodeResourcesBalancedAllocation.

These two look at nothing but the node, so that a rating holds until the node gets a pod.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from k8smodels.scheduling.args import CPU_AND_MEMORY, ResourceSpec
from k8smodels.scheduling.engine.bits import Nodes, member, union
from k8smodels.scheduling.engine.room import Room
from k8smodels.scheduling.plugins import NodeResourcesBalancedAllocation, NodeResourcesFit
from k8smodels.scheduling.plugins.balanced_allocation import balance, gain
from k8smodels.scheduling.plugins.node_resources_fit import INSUFFICIENT, TOO_MANY_PODS
from k8smodels.scheduling.plugins.resource_allocation import Allocation, allocations, scoring_function
from k8smodels.scheduling.profile import Profile
from k8smodels.scheduling.requests import Amounts, is_extended

Rating = int | tuple[str, ...]
"""The weighted score of a node, or the reasons why it is too small, sorted."""

Rate = Callable[[int], Rating]
"""The rating of the node of a number."""


@dataclass(frozen=True)
class SizeRules:
    """What the profile says about sizes.

    Attributes
    ----------
    fit
        The plugin that refuses nodes without room; None if the profile has none.
    fit_score, balance_score
        The plugins that score, with their weights.
    """

    fit: NodeResourcesFit | None
    fit_score: tuple[NodeResourcesFit, int] | None
    balance_score: tuple[NodeResourcesBalancedAllocation, int] | None

    @classmethod
    def of(cls, profile: Profile) -> SizeRules:
        """The rules of `profile`."""
        fit = fit_score = balance_score = None
        for plugin in profile.filters:
            if isinstance(plugin, NodeResourcesFit):
                fit = plugin
        for scorer, weight in profile.scorers:
            if isinstance(scorer, NodeResourcesFit):
                fit_score = scorer, weight
            elif isinstance(scorer, NodeResourcesBalancedAllocation):
                balance_score = scorer, weight
        return cls(fit, fit_score, balance_score)

    @property
    def balanced(self) -> Sequence[ResourceSpec]:
        """The resources whose balance counts."""
        return (self.balance_score[0].args.resources or CPU_AND_MEMORY) if self.balance_score else ()

    @property
    def resources(self) -> frozenset[str]:
        """The resources that count for a score."""
        scored = self.fit_score[0].args.scoring_strategy.resources or CPU_AND_MEMORY if self.fit_score else ()
        return frozenset(resource.name for resource in (*scored, *self.balanced))

    @property
    def usual(self) -> bool:
        """Whether CPU and memory alone count, and equally."""
        if self.fit is None or self.fit_score is None or self.balance_score is None:
            return False
        strategy = self.fit_score[0].args.scoring_strategy
        resources = (*(strategy.resources or CPU_AND_MEMORY), *self.balanced)
        named = [(resource.name, resource.weight or 1) for resource in resources]
        known = strategy.type in ("LeastAllocated", "MostAllocated")
        return known and sorted(named) == [("cpu", 1), ("cpu", 1), ("memory", 1), ("memory", 1)]


@dataclass(frozen=True)
class Size:
    """What matters of a pod for the resources of a node. Pods of equal size rate nodes alike.

    Attributes
    ----------
    requests
        What it takes.
    scored
        The same as NodeResourcesFit scores it.
    """

    requests: tuple[tuple[str, int], ...]
    scored: tuple[tuple[str, int], ...]


class Shape:
    """The ratings of all nodes for pods of one size, kept up to date.

    Attributes
    ----------
    masks
        The nodes of each rating. No set is empty.
    """

    def __init__(self, rules: SizeRules, size: Size, room: Room) -> None:
        for name in rules.resources.union(name for name, _ in size.requests + size.scored):
            room.resource(name)
        self._room = room
        self._rate = rate_usual(rules, size, room) if rules.usual else rate_any(rules, size, room)
        self._seen = len(room.changes)
        self.masks: dict[Rating, Nodes] = {}
        for nodes in room.alike.values():
            self._put(self._rate(member(nodes, 0)), nodes)

    def _put(self, rating: Rating, nodes: Nodes) -> None:
        self.masks[rating] = self.masks.get(rating, 0) | nodes

    @property
    def roomy(self) -> Nodes:
        """The nodes that have room."""
        found = 0
        for rating, nodes in self.masks.items():
            if isinstance(rating, int):
                found |= nodes
        return found

    def refresh(self) -> None:
        """Rate the nodes again that have changed since the last time."""
        changes = self._room.changes
        if self._seen == len(changes):
            return
        changed = set(changes[self._seen :])
        self._seen = len(changes)
        others = ~union(changed)
        self.masks = {rating: left for rating, nodes in self.masks.items() if (left := nodes & others)}
        masks, rate = self.masks, self._rate
        for i in changed:
            rating = rate(i)
            masks[rating] = masks.get(rating, 0) | 1 << i


def rate_any(rules: SizeRules, size: Size, room: Room) -> Rate:
    """Ratings under any rules, by the functions of the plugins."""
    requests = dict(size.requests)
    asked = _asked(rules.fit, requests)
    scores = [*_fit_scores(rules, dict(size.scored), room), *_balance_scores(rules, requests, room)]

    def rate(i: int) -> Rating:
        lacking = [INSUFFICIENT.format(resource=name) for name, amount in asked if amount > room.resource(name).left[i]]
        if rules.fit and room.pods_left[i] < 1:
            lacking.append(TOO_MANY_PODS)
        return tuple(sorted(lacking)) if lacking else sum(score(i) for score in scores)

    return rate


def rate_usual(rules: SizeRules, size: Size, room: Room) -> Rate:
    """The same in one piece, under the default rules or with MostAllocated, on nodes that have CPU and memory."""
    otherwise = rate_any(rules, size, room)
    requests, scored = dict(size.requests), dict(size.scored)
    if not rules.fit_score or not rules.balance_score or not requests.keys() <= {"cpu", "memory"}:
        return otherwise
    packs = rules.fit_score[0].args.scoring_strategy.type == "MostAllocated"
    fit_weight, balance_weight = rules.fit_score[1], rules.balance_score[1]
    if not any(requests.values()):
        balance_weight = 0
    cpu, memory = requests.get("cpu", 0), requests.get("memory", 0)
    scored_cpu, scored_memory = scored.get("cpu", 0), scored.get("memory", 0)
    cpus, bytes_ = room.resource("cpu"), room.resource("memory")
    cpu_left, memory_left = cpus.left, bytes_.left
    scored_cpu_left, scored_memory_left = cpus.scored_left, bytes_.scored_left
    cpu_capacity, memory_capacity = cpus.capacity, bytes_.capacity
    pods_left, balances = room.pods_left, room.balances

    def rate(i: int) -> Rating:
        all_cpu, all_memory = cpu_capacity[i], memory_capacity[i]
        free_cpu, free_memory = cpu_left[i] - cpu, memory_left[i] - memory
        cpu_score, memory_score = scored_cpu_left[i] - scored_cpu, scored_memory_left[i] - scored_memory
        if not all_cpu or not all_memory or pods_left[i] < 1 or min(free_cpu, free_memory, cpu_score, memory_score) < 0:
            return otherwise(i)
        if packs:
            cpu_score, memory_score = all_cpu - cpu_score, all_memory - memory_score
        fit = (cpu_score * 100 // all_cpu + memory_score * 100 // all_memory) // 2
        # `deviation` of two shares, neither of which is above 1 here.
        apart = abs(((all_cpu - free_cpu) / all_cpu - (all_memory - free_memory) / all_memory) / 2)
        return fit * fit_weight + (50 + (50 + int((1 - apart) * 100) - balances[i]) // 2) * balance_weight

    return rate


def _asked(fit: NodeResourcesFit | None, requests: Amounts) -> Sequence[tuple[str, int]]:
    """What a node must have room for."""
    if fit is None:
        return []
    args = fit.args

    def ignored(name: str) -> bool:
        group = name.partition("/")[0]
        return is_extended(name) and (name in args.ignored_resources or group in args.ignored_resource_groups)

    return [(name, amount) for name, amount in requests.items() if amount > 0 and not ignored(name)]


def _fit_scores(rules: SizeRules, scored: Amounts, room: Room) -> list[Callable[[int], int]]:
    if rules.fit_score is None:
        return []
    plugin, weight = rules.fit_score
    resources = plugin.args.scoring_strategy.resources or CPU_AND_MEMORY
    score = scoring_function(plugin.args.scoring_strategy)
    return [lambda i: weight * score(allocations(scored, room.scored(i), room.nodes[i], resources))]


def _balance_scores(rules: SizeRules, requests: Amounts, room: Room) -> list[Callable[[int], int]]:
    resources = rules.balanced
    if rules.balance_score is None or not any(requests.get(resource.name) for resource in resources):
        return []
    weight = rules.balance_score[1]
    return [lambda i: weight * _gain(allocations(requests, room.requested(i), room.nodes[i], resources))]


def _gain(found: Sequence[Allocation]) -> int:
    before = [min(1.0, resource.before / resource.capacity) for resource in found]
    after = [min(1.0, resource.after / resource.capacity) for resource in found]
    return gain(balance(before), balance(after))
