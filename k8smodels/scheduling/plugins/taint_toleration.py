"""TaintToleration: taints keep pods away unless they are tolerated.

References
----------
pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.affinity import Taint
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import FilterPlugin, ScorePlugin, default_normalize_scores
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

UNTOLERATED = "node(s) had untolerated taint(s)"


def untolerated_taint(pod: Pod, node: Node) -> Taint | None:
    """The first NoSchedule or NoExecute taint of `node` that `pod` does not tolerate.

    PreferNoSchedule never refuses a node: it only costs points (see `count_disliked_taints`).
    """
    hard = (taint for taint in node.spec.taints if taint.effect in ("NoSchedule", "NoExecute"))
    return next((taint for taint in hard if not tolerates(pod, taint)), None)


def count_disliked_taints(pod: Pod, node: Node) -> int:
    """How many PreferNoSchedule taints of `node` the pod does not tolerate."""
    soft = (taint for taint in node.spec.taints if taint.effect == "PreferNoSchedule")
    return sum(not tolerates(pod, taint) for taint in soft)


def tolerates(pod: Pod, taint: Taint) -> bool:
    """Whether any toleration of `pod` covers `taint`."""
    return any(toleration.tolerates(taint) for toleration in pod.spec.tolerations)


class TaintToleration(FilterPlugin, ScorePlugin):
    """Refuses nodes with hard taints, prefers nodes with fewer soft ones."""

    name = "TaintToleration"

    def filter(self, state: None, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node with a hard taint that is not tolerated."""
        if untolerated_taint(pod.pod, node.node) is None:
            return None
        return self.reject("UnschedulableAndUnresolvable", UNTOLERATED)

    def score(self, state: None, pod: PodInfo, node: NodeInfo) -> int:
        """Count what counts against the node."""
        return count_disliked_taints(pod.pod, node.node)

    def normalize_scores(self, state: None, scores: Mapping[str, int]) -> Mapping[str, int]:
        """100 for no such taint, 0 for the most."""
        return default_normalize_scores(scores, reverse=True)
