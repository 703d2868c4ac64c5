"""What a pod and a node say about each other, whatever else runs: names, cordons, taints, labels, images.

This never changes, so the plugins themselves are asked, once for each kind of pod.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.engine.bits import Levels, Nodes, levels_of, union, within
from k8smodels.scheduling.filtering import NOT_NAMED, CycleState, run_pre_filters
from k8smodels.scheduling.framework import SKIP, Plugin, ScorePlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins import ImageLocality, NodeAffinity, NodeName, NodeUnschedulable, TaintToleration
from k8smodels.scheduling.plugins.image_locality import images_of, images_on
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.profile import Profile

PLUGINS: tuple[type[Plugin], ...] = (NodeName, NodeUnschedulable, TaintToleration, NodeAffinity)
"""The plugins that look at nothing but the pod and the node."""

Refusals = Mapping[tuple[str, ...], Nodes]
"""Nodes by the reasons why they were refused."""


@dataclass(frozen=True)
class Wish:
    """A plugin's scores of the nodes, still to be normalised over those that are feasible.

    Attributes
    ----------
    plugin, state, weight
        The plugin, what it prepared, and how much it counts.
    levels
        The nodes by its score.
    """

    plugin: ScorePlugin
    state: Any
    weight: int
    levels: Levels

    def points(self, feasible: Nodes) -> Levels:
        """The `feasible` nodes by their weighted points."""
        levels = within(self.levels, feasible)
        if len(levels) == 1:  # all the same, whatever it is
            return levels
        normalized = self.plugin.normalize_scores(self.state, {str(level): level for level in levels})
        found: dict[int, Nodes] = {}
        for level, nodes in levels.items():
            points = normalized[str(level)] * self.weight
            found[points] = found.get(points, 0) | nodes
        return found


@dataclass(frozen=True)
class NodeRules:
    """How the nodes stand to one kind of pod.

    Attributes
    ----------
    rejection
        Why no node was looked at.
    unnamed
        Nodes that were not, because the pod names others.
    refusals
        The refused nodes by plugin.
    allowed
        The nodes that are neither.
    wishes
        What tells the allowed nodes apart.
    """

    rejection: Rejection | None
    unnamed: Refusals
    refusals: Mapping[str, Refusals]
    allowed: Nodes
    wishes: tuple[Wish, ...]


def node_rules(pod: PodInfo, profile: Profile, cluster: Cluster, nodes: Sequence[NodeInfo]) -> NodeRules:
    """Ask the plugins of `profile` about each of `nodes`."""
    asked = [plugin for plugin in profile.filters if isinstance(plugin, PLUGINS)]
    state = run_pre_filters(asked, pod, cluster)
    if state.rejection:
        return NodeRules(state.rejection, {}, {}, 0, ())
    numbers = [i for i, node in enumerate(nodes) if state.named is None or node.name in state.named]
    refused = _refused(state, nodes, numbers)
    everywhere, looked_at = (1 << len(nodes)) - 1, union(numbers)
    reason = NOT_NAMED.format(plugins=" ".join(state.named_by))
    allowed = looked_at
    for refusals in refused.values():
        for mask in refusals.values():
            allowed &= ~mask
    left = [i for i in numbers if allowed >> i & 1]
    return NodeRules(
        None, {(reason,): everywhere ^ looked_at}, refused, allowed, tuple(_wishes(pod, profile, cluster, nodes, left))
    )


def _refused(state: CycleState, nodes: Sequence[NodeInfo], numbers: Iterable[int]) -> Mapping[str, Refusals]:
    found: dict[str, dict[tuple[str, ...], list[int]]] = {}
    for i in numbers:
        for plugin, prepared in state.filters:
            rejection = plugin.filter(prepared, state.pod, nodes[i])
            if rejection:
                found.setdefault(plugin.name, {}).setdefault(rejection.reasons, []).append(i)
                break
    return {name: {reasons: union(i) for reasons, i in by_reason.items()} for name, by_reason in found.items()}


def _wishes(
    pod: PodInfo, profile: Profile, cluster: Cluster, nodes: Sequence[NodeInfo], numbers: Sequence[int]
) -> Iterable[Wish]:
    for plugin, weight in profile.scorers:
        if isinstance(plugin, PLUGINS):
            state = plugin.pre_score(pod, cluster, nodes)
            if state is SKIP:
                continue
            levels = levels_of((i, plugin.score(state, pod, nodes[i])) for i in numbers)
            if len(levels) > 1:
                yield Wish(plugin, state, weight, levels)


def image_wishes(pod: PodInfo, profile: Profile, cluster: Cluster, nodes: Sequence[NodeInfo]) -> tuple[Wish, ...]:
    """What ImageLocality has to say: nothing, as long as no node has an image of the pod."""
    held = images_on(cluster, frozenset(images_of(pod.pod)))
    holders = frozenset[str]().union(*(names for _, names in held.values()))
    if not holders:
        return ()
    return tuple(
        Wish(plugin, state, weight, levels_of((i, plugin.score(state, pod, node)) for i, node in enumerate(nodes)))
        for plugin, weight in profile.scorers
        if isinstance(plugin, ImageLocality)
        for state in [plugin.pre_score(pod, cluster, nodes)]
    )
