"""The first half of a cycle: which nodes can take the pod.

References
----------
pkg/scheduler/framework/runtime/framework.go: RunPreFilterPlugins, RunFilterPluginsWithNominatedPods;
pkg/scheduler/schedule_one.go: findNodesThatFitPod (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import FilterPlugin, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

NOT_NAMED = "node(s) didn't satisfy plugin(s) [{plugins}]"
NONE_NAMED_BY_ONE = "node(s) didn't satisfy plugin {plugins}"
NONE_NAMED_BY_ALL = "node(s) didn't satisfy plugin(s) [{plugins}] simultaneously"


@dataclass(frozen=True, slots=True)
class CycleState:
    """What the plugins know about a pod before they look at nodes.

    Attributes
    ----------
    pod
        The pod.
    filters
        The plugins that have something to filter, each with its own state.
    named
        The only nodes in question; None for all.
    named_by
        The plugins that named them, sorted.
    rejection
        Why no node is in question.
    """

    pod: PodInfo
    filters: tuple[tuple[FilterPlugin, Any], ...] = ()
    named: frozenset[str] | None = None
    named_by: tuple[str, ...] = ()
    rejection: Rejection | None = None

    def add_pod(self, other: PodInfo, node: NodeInfo) -> CycleState:
        """The state as if `other` ran on `node` too."""
        changed = ((plugin, plugin.add_pod(state, self.pod, other, node)) for plugin, state in self.filters)
        return replace(self, filters=tuple(changed))

    def remove_pod(self, other: PodInfo, node: NodeInfo) -> CycleState:
        """The state as if `other` did not run on `node`."""
        changed = ((plugin, plugin.remove_pod(state, self.pod, other, node)) for plugin, state in self.filters)
        return replace(self, filters=tuple(changed))


def run_pre_filters(filters: Iterable[FilterPlugin], pod: PodInfo, cluster: Cluster) -> CycleState:
    """Let each plugin prepare, until one finds that no node is in question.

    Plugins without anything to filter take no further part: they do not see nominated pods either.
    """
    prepared: list[tuple[FilterPlugin, Any]] = []
    named: frozenset[str] | None = None
    named_by: list[str] = []
    for plugin in filters:
        result = plugin.pre_filter(pod, cluster)
        if isinstance(result, Skip):
            continue
        if result.rejection:
            return CycleState(pod, rejection=result.rejection)
        if result.node_names is not None:
            named = result.node_names if named is None else named & result.node_names
            named_by = sorted([*named_by, plugin.name])
        if named is not None and not named:
            return CycleState(pod, rejection=_nobody_left(named_by))
        prepared.append((plugin, result.state))
    return CycleState(pod, tuple(prepared), named, tuple(named_by))


def _nobody_left(named_by: Sequence[str]) -> Rejection:
    text = NONE_NAMED_BY_ONE if len(named_by) == 1 else NONE_NAMED_BY_ALL
    return Rejection(None, "UnschedulableAndUnresolvable", (text.format(plugins=" ".join(named_by)),))


def run_filters(state: CycleState, node: NodeInfo) -> Rejection | None:
    """The refusal of the first plugin that refuses `node`; None if all let it pass."""
    for plugin, prepared in state.filters:
        rejection = plugin.filter(prepared, state.pod, node)
        if rejection:
            return rejection
    return None


def run_filters_with_nominated_pods(
    state: CycleState, node: NodeInfo, nominated: Iterable[PodInfo]
) -> Rejection | None:
    """As `run_filters`, also with the pods for which room was made on `node`, unless they are less important.

    The pod must fit with them, because they are to come, and without them, because they may end up elsewhere.
    """
    pod = state.pod
    coming = [other for other in nominated if other.priority >= pod.priority and other.key != pod.key]
    if coming:
        with_them = state
        for other in coming:
            with_them = with_them.add_pod(other, node)
        rejection = run_filters(with_them, node.with_pods(coming))
        if rejection:
            return rejection
    return run_filters(state, node)


def filter_node(state: CycleState, node: NodeInfo, cluster: Cluster) -> Rejection | None:
    """Why `node` cannot take the pod; None if it can."""
    if state.rejection:
        return state.rejection
    if state.named is not None and node.name not in state.named:
        reason = NOT_NAMED.format(plugins=" ".join(state.named_by))
        return Rejection(None, "UnschedulableAndUnresolvable", (reason,))
    return run_filters_with_nominated_pods(state, node, cluster.nominated.get(node.name, ()))
