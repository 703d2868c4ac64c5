"""What a scheduling cycle decided, with every reason.

A `Decision` is the whole story of one pod: each node's `NodeResult` holds either the `Rejection` of the first filter
that refused it or one `PluginScore` a scoring plugin; the chosen node, its equals and the text of the event follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.api.pod import Pod

Code = Literal["Unschedulable", "UnschedulableAndUnresolvable"]
"""Why a filter failed: evicting pods could help, or nothing on that node could."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A filter's refusal of a node (or, from PreFilter, of all nodes).

    Attributes
    ----------
    plugin
        The plugin that refused; None where the node was never looked at because PreFilter narrowed the set of nodes.
    code
        Whether preemption could help.
    reasons
        Kubernetes' own texts, sorted.
    """

    plugin: str | None
    code: Code
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """The refusal as plain values."""
        return {"plugin": self.plugin, "code": self.code, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class PluginScore:
    """What one plugin gave one node.

    Attributes
    ----------
    plugin
        The plugin's name.
    raw
        Its own measure, of any range.
    normalized
        The same brought to 0..100 over all feasible nodes.
    weight
        The profile's weight of the plugin.
    """

    plugin: str
    raw: int
    normalized: int
    weight: int

    @property
    def weighted(self) -> int:
        """What counts: `normalized` times `weight`."""
        return self.normalized * self.weight


@dataclass(frozen=True, slots=True)
class NodeResult:
    """One node's part in a decision.

    Attributes
    ----------
    node
        The node's name.
    rejection
        Why it was refused; None if it is feasible.
    scores
        One entry a scoring plugin, in the profile's order; empty if the node was not scored.
    """

    node: str
    rejection: Rejection | None
    scores: tuple[PluginScore, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether every filter let the pod pass."""
        return self.rejection is None

    @property
    def total(self) -> int:
        """The sum of the weighted scores."""
        return sum(score.weighted for score in self.scores)

    def to_json(self) -> dict[str, object]:
        """The result as plain values."""
        if self.rejection is not None:
            return {"name": self.node, "rejection": self.rejection.to_json()}
        scores = {
            score.plugin: {"raw": score.raw, "normalized": score.normalized, "weight": score.weight}
            for score in self.scores
        }
        return {"name": self.node, "total": self.total, "scores": scores} if scores else {"name": self.node}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node where the pod would fit if some less important pods went.

    Attributes
    ----------
    node
        The node's name.
    victims
        Names of the pods that must go, most important first.
    pdb_violations
        How many of them a PodDisruptionBudget protects.
    spared
        Names of the less important pods that may stay, in the order in which they were put back.
    """

    node: str
    victims: tuple[str, ...]
    pdb_violations: int = 0
    spared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """One rule of the choice among candidates.

    Attributes
    ----------
    rule
        What is compared: ``pdb_violations``, ``highest_priority``, ``sum_of_priorities``, ``pods`` or
        ``earliest_start``. The lowest value wins.
    values
        The value of each node that is still in the running.
    left
        The nodes that share the lowest value, in the order of the candidates.
    """

    rule: str
    values: Mapping[str, float]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preemption:
    """What PostFilter found for a pod that fits nowhere.

    Attributes
    ----------
    node
        The node nominated for the pod, or None.
    victims
        Names of the pods to evict there, most important first.
    message
        The sentence that the event gains.
    candidates
        Every node where preemption helps, in the cluster's order.
    best
        The candidates that are equally good, sorted by name; kube-scheduler takes any of them.
    cleared_nominations
        Names of less important pods that lose their claim on the node.
    rounds
        How the node was chosen among the candidates, rule by rule.
    """

    node: str | None
    victims: tuple[str, ...]
    message: str
    candidates: tuple[Candidate, ...] = ()
    best: tuple[str, ...] = ()
    cleared_nominations: tuple[str, ...] = ()
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True, slots=True)
class VolumeBindings:
    """What VolumeBinding writes about the pod's claims once its node is chosen, before the pod itself is bound.

    Attributes
    ----------
    static
        Claims that get a volume which exists already: its name by the claim's.
    provision
        Claims for which a volume is to be made that the node can reach, sorted by name.
    """

    static: Mapping[str, str] = field(default_factory=dict)
    provision: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.static or self.provision)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one scheduling cycle.

    Attributes
    ----------
    pod
        The pod, with the API server's defaults filled in.
    nodes
        One result a node, in the cluster's order.
    pre_filter
        A refusal for all nodes at once, before any was looked at.
    best
        The nodes that share the highest total, sorted by name; kube-scheduler takes any of them.
    node
        The one taken here; None if the pod stays pending.
    message
        Why it stays pending, in kube-scheduler's words, without the preemption sentence; empty if it was placed.
    preemption
        What PostFilter said; None if the pod was placed or PostFilter did not run.
    volumes
        What becomes of the pod's claims on the node taken.
    """

    pod: Pod
    nodes: tuple[NodeResult, ...]
    pre_filter: Rejection | None = None
    best: tuple[str, ...] = ()
    node: str | None = None
    message: str = ""
    preemption: Preemption | None = None
    volumes: VolumeBindings = VolumeBindings()

    @property
    def feasible(self) -> tuple[NodeResult, ...]:
        """The nodes that every filter let pass."""
        return tuple(result for result in self.nodes if result.feasible)

    @property
    def event_message(self) -> str:
        """The text of the ``FailedScheduling`` event: the message and the preemption sentence."""
        return " ".join(part for part in (self.message, self.preemption.message if self.preemption else "") if part)

    def to_json(self) -> dict[str, object]:
        """The decision as plain values: a row a node, with its refusal or its scores."""
        out: dict[str, object] = {
            "pod": {"namespace": self.pod.namespace, "name": self.pod.name},
            "node": self.node,
            "best": list(self.best),
            "nodes": [result.to_json() for result in self.nodes],
        }
        if self.pre_filter is not None:
            out["preFilter"] = self.pre_filter.to_json()
        if self.node is None:
            out["message"] = self.event_message
        if self.preemption is not None:
            out["preemption"] = {"node": self.preemption.node, "victims": list(self.preemption.victims)}
        if self.volumes:
            out["volumes"] = {"static": dict(self.volumes.static), "provision": list(self.volumes.provision)}
        return out

    def result(self, node: str) -> NodeResult:
        """The result of the node named `node`.

        Raises
        ------
        KeyError
            No such node.
        """
        for found in self.nodes:
            if found.node == node:
                return found
        raise KeyError(node)
