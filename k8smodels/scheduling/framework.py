"""The verbs of the scheduling framework: what a plugin may answer, and when it is asked.

For each pending pod, in this order:

1. `FilterPlugin.pre_filter`, once: look at pod and cluster, prepare a state, or find nothing to do.
2. `FilterPlugin.filter`, for each node: refuse the node or let it pass.
3. `ScorePlugin.pre_score`, once, if two nodes or more are left.
4. `ScorePlugin.score`, for each node left: the plugin's own measure.
5. `ScorePlugin.normalize_scores`, once: bring the measures to 0..100.
6. `PreBindPlugin.pre_bind`, for the node chosen: say what must be written before the pod is bound.

A plugin keeps nothing between the calls. Its *state* passes through the caller's hands, as values that never change.

References
----------
staging/src/k8s.io/kube-scheduler/framework/interface.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Literal

from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Code, Rejection, VolumeBindings
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

MAX_NODE_SCORE = 100


class Skip(Enum):
    """A plugin's answer that this pod is none of its business."""

    SKIP = "Skip"


SKIP: Literal[Skip.SKIP] = Skip.SKIP


@dataclass(frozen=True, slots=True)
class PreFilterResult:
    """What a plugin found before it looks at nodes one by one.

    Attributes
    ----------
    state
        What its `filter` will be given.
    node_names
        The only nodes that can come into question; None for all.
    rejection
        Why no node can.
    """

    state: Any = None
    node_names: frozenset[str] | None = None
    rejection: Rejection | None = None


@dataclass(frozen=True)
class Plugin(ABC):
    """A set of rules with a name. The fields of a plugin are its arguments, from the scheduler's configuration."""

    name: ClassVar[str]

    def reject(self, code: Code, *reasons: str) -> Rejection:
        """A refusal by this plugin."""
        return Rejection(self.name, code, tuple(sorted(reasons)))


class FilterPlugin(Plugin):
    """A plugin that refuses nodes."""

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Prepare for `pod`; `SKIP` if there is nothing to filter."""
        return PreFilterResult()

    def add_pod(self, state: Any, pod: PodInfo, other: PodInfo, node: NodeInfo) -> Any:
        """`state` as if `other` ran on `node` too."""
        return state

    def remove_pod(self, state: Any, pod: PodInfo, other: PodInfo, node: NodeInfo) -> Any:
        """`state` as if `other` did not run on `node`."""
        return state

    @abstractmethod
    def filter(self, state: Any, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Why `node` cannot take `pod`; None if it can."""


class ScorePlugin(Plugin):
    """A plugin that prefers nodes."""

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> Any:
        """Prepare for `pod` and the feasible `nodes`; `SKIP` if there is nothing to prefer."""
        return None

    @abstractmethod
    def score(self, state: Any, pod: PodInfo, node: NodeInfo) -> int:
        """The plugin's own measure of `node`."""

    def normalize_scores(self, state: Any, scores: Mapping[str, int]) -> Mapping[str, int]:
        """`scores`, by node, brought to 0..100."""
        return scores


class PreBindPlugin(Plugin):
    """A plugin that has something to write once a node is chosen."""

    @abstractmethod
    def pre_bind(self, state: Any, pod: PodInfo, node: NodeInfo) -> VolumeBindings:
        """What becomes of the pod's claims on `node`; `state` is the one that `FilterPlugin.filter` was given."""


def default_normalize_scores(scores: Mapping[str, int], *, reverse: bool = False) -> Mapping[str, int]:
    """Scale so that the highest score becomes 100 (or, in reverse, so that none becomes 100 and the highest 0).

    Examples
    --------
    >>> default_normalize_scores({"n1": 0, "n2": 1, "n3": 3})
    {'n1': 0, 'n2': 33, 'n3': 100}
    >>> default_normalize_scores({"n1": 0, "n2": 1, "n3": 3}, reverse=True)
    {'n1': 100, 'n2': 67, 'n3': 0}

    References
    ----------
    pkg/scheduler/framework/plugins/helper/normalize_score.go (v1.37)
    """
    highest = max(scores.values(), default=0)
    shares = {node: MAX_NODE_SCORE * score // highest if highest else 0 for node, score in scores.items()}
    return {node: MAX_NODE_SCORE - share for node, share in shares.items()} if reverse else shares
