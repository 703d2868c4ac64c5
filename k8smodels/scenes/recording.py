"""A recording of a real scheduler, decided again by the model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k8smodels.api.affinity import Taint
from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.scheduling import Cluster, Decision, schedule

__all__ = ["Replayed", "replay"]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One recorded decision beside the model's.

    Attributes
    ----------
    decision
        The model's.
    node
        The node that the real scheduler took; None if the pod stayed pending.
    scores
        The real weighted scores by node and plugin, zeros left out.
    message
        The real event's text for a pending pod, up to the preemption sentence and with it.
    """

    decision: Decision
    node: str | None
    scores: dict[str, dict[str, int]]
    message: str | None

    @property
    def same_scores(self) -> bool:
        """Whether every plugin gave every node the same points."""
        own = {
            result.node: {score.plugin: score.weighted for score in result.scores if score.weighted}
            for result in self.decision.nodes
            if result.scores
        }
        return own == self.scores

    @property
    def same_choice(self) -> bool:
        """Whether the real node is among the model's best, or both leave the pod pending with the same words."""
        if self.node is None:
            return self.decision.event_message == self.message
        return self.node in self.decision.best


def replay(path: str | Path) -> list[Replayed]:
    """Decide each pod of the recording in `path` on the cluster that the real scheduler saw at that moment."""
    recorded: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    cluster = Cluster.of(
        node(
            item["name"],
            labels=item["labels"],
            taints=tuple(Taint.from_json(taint) for taint in item.get("taints", ())),
            cpu=item["cpu"],
            memory=item["memory"],
        )
        for item in recorded["nodes"]
    )
    steps = []
    for item in recorded["decisions"]:
        asking = pod(item["pod"], requests=item["requests"])
        steps.append(Replayed(schedule(asking, cluster), item["node"], item["scores"], item["message"]))
        if item["node"] is not None:
            cluster = cluster.bind(asking, item["node"])
    return steps
