"""The second half of a cycle: which of them is best.

References
----------
pkg/scheduler/framework/runtime/framework.go: RunPreScorePlugins, RunScorePlugins (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import PluginScore
from k8smodels.scheduling.framework import SKIP, ScorePlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo


def run_scores(
    scorers: Sequence[tuple[ScorePlugin, int]], pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]
) -> Mapping[str, tuple[PluginScore, ...]]:
    """The scores of each of `nodes`, by its name. Plugins that have nothing to prefer give none, rather than 0 or 100.

    Only the nodes that are left take part: a node that was refused changes nobody's normalised score.
    """
    scores: dict[str, list[PluginScore]] = {node.name: [] for node in nodes}
    for plugin, weight in scorers:
        state = plugin.pre_score(pod, cluster, nodes)
        if state is SKIP:
            continue
        raw = {node.name: plugin.score(state, pod, node) for node in nodes}
        for name, normalized in plugin.normalize_scores(state, raw).items():
            scores[name].append(PluginScore(plugin.name, raw[name], normalized, weight))
    return {name: tuple(found) for name, found in scores.items()}
