"""InterPodAffinity over counts that are kept up to date."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from k8smodels.scheduling.args import InterPodAffinityArgs
from k8smodels.scheduling.engine.bits import Levels, Nodes, added
from k8smodels.scheduling.engine.board import Board
from k8smodels.scheduling.engine.census import Census, Meant
from k8smodels.scheduling.engine.topology import Tally
from k8smodels.scheduling.plugins import affinity_scoring
from k8smodels.scheduling.plugins.affinity_scoring import liked_by
from k8smodels.scheduling.plugins.inter_pod_affinity import matches_all
from k8smodels.scheduling.pod_info import AffinityTerm, Labels, PodInfo

Weighted = tuple[int, Tally]
"""The weight of a term, and the pods that have it, by domain of its topology."""


class Terms:
    """The terms of pods that have a node, each with a tally of these pods.

    Parameters
    ----------
    census
        Where the topologies are.
    namespaces
        The labels of each namespace.
    """

    def __init__(self, census: Census, namespaces: Mapping[str, Labels]) -> None:
        self._census = census
        self._namespaces = namespaces
        self._board: Board[Weighted] = Board()
        self._tallies: dict[AffinityTerm, Tally] = {}
        self._meaning: dict[Hashable, Sequence[Weighted]] = {}

    def tally(self, term: AffinityTerm) -> Tally:
        """The pods that have `term`, by domain of its topology."""
        if term not in self._tallies:
            tally = Tally(self._census.topology(term.topology_key), self._census.everywhere)
            self._tallies[term] = tally
            self._board.post((term.weight, tally), term.selector, partial(self._means, term))
        return self._tallies[term]

    def _means(self, term: AffinityTerm, pod: PodInfo) -> bool:
        return term.matches(pod, self._namespaces.get(pod.namespace, {}))

    def meaning(self, pod: PodInfo) -> Sequence[Weighted]:
        """The terms that mean `pod`, also those that come later; the same for all pods with its labels."""
        key = (pod.namespace, frozenset(pod.labels.items()))
        if key not in self._meaning:
            self._meaning[key] = self._board.read(pod)
        return self._meaning[key]


class Society:
    """What the pods that have a node want of others: what each kind brings when it comes.

    Attributes
    ----------
    args
        The arguments of the plugin.
    namespaces
        The labels of each namespace.
    closed, liked, disliked
        Required anti-affinity; affinity, required (with the weight of the profile) or preferred; preferred
        anti-affinity.
    """

    def __init__(self, census: Census, args: InterPodAffinityArgs, namespaces: Mapping[str, Labels]) -> None:
        self.args = args
        self.namespaces = namespaces
        self.closed = Terms(census, namespaces)
        self.liked = Terms(census, namespaces)
        self.disliked = Terms(census, namespaces)

    def tallies(self, pod: PodInfo) -> Sequence[Tally]:
        """What to count `pod` in when it gets a node, a tally for each of its terms."""
        return [
            *(self.closed.tally(term) for term in pod.required_anti_affinity),
            *(self.liked.tally(term) for term in liked_by(pod, self.args)),
            *(self.disliked.tally(term) for term in pod.preferred_anti_affinity),
        ]


@dataclass(frozen=True)
class Company:
    """Where a kind of pod may and would like to be, by its neighbours.

    Attributes
    ----------
    everywhere
        All nodes.
    near
        A tally for each required term of affinity, of the pods that all of them mean.
    may_be_first
        Whether it matches these terms itself.
    away
        A tally for each required term of anti-affinity.
    closing
        The terms of others that keep it away.
    """

    everywhere: Nodes
    near: tuple[Tally, ...]
    may_be_first: bool
    away: tuple[Tally, ...]
    closing: Sequence[Weighted]

    @property
    def unwanted(self) -> Nodes:
        """The nodes near a pod that the pod keeps away from."""
        found = 0
        for tally in self.away:
            found |= tally.near
        return found

    @property
    def unwelcome(self) -> Nodes:
        """The nodes near a pod that keeps the pod away."""
        found = 0
        for _, tally in self.closing:
            found |= tally.near
        return found

    @property
    def lonely(self) -> Nodes:
        """The nodes that are not near the pods that the pod needs."""
        wanted, anywhere, complete = self.everywhere, 0, self.everywhere
        for tally in self.near:
            near = tally.near
            wanted, anywhere = wanted & near, anywhere | near
            complete &= tally.topology.labelled
        return self.everywhere ^ (complete if self.near and not anywhere and self.may_be_first else wanted)


def company(pod: PodInfo, census: Census, society: Society) -> Company:
    """What `pod` and the pods that have a node want of each other."""
    near = tuple(term.resolved(society.namespaces) for term in pod.required_affinity)
    away = (term.resolved(society.namespaces) for term in pod.required_anti_affinity)
    return Company(
        census.everywhere,
        tuple(_tally(census, near, term) for term in near),
        matches_all(near, pod),
        tuple(_tally(census, (term,), term) for term in away),
        society.closed.meaning(pod),
    )


def _tally(census: Census, terms: tuple[AffinityTerm, ...], place: AffinityTerm) -> Tally:
    """The pods that all `terms` mean, in the topology of `place`."""
    return census.tally(Meant(terms), census.topology(place.topology_key), census.everywhere)


@dataclass(frozen=True)
class Sympathy:
    """The score of a kind of pod: its own wishes, and those of others that concern it.

    Attributes
    ----------
    own
        Weight (negative for anti-affinity) and tally of each own wish.
    liking, disliking
        The wishes of others.
    weight
        How much the plugin counts.
    """

    own: tuple[Weighted, ...]
    liking: Sequence[Weighted]
    disliking: Sequence[Weighted]
    weight: int

    def points(self, feasible: Nodes) -> Levels:
        """The `feasible` nodes by their weighted points."""
        levels: Levels = {0: feasible}
        for weight, tally in self._wishes():
            if len(tally.levels) > 1 or 0 not in tally.levels:
                levels = added(levels, tally.levels, weight)
        if len(levels) == 1:
            return levels
        normalized = affinity_scoring.normalized({str(level): level for level in levels})
        found: dict[int, Nodes] = {}
        for level, nodes in levels.items():
            points = normalized[str(level)] * self.weight
            found[points] = found.get(points, 0) | nodes
        return found

    def _wishes(self) -> Iterator[Weighted]:
        yield from self.own
        yield from self.liking
        yield from ((-weight, tally) for weight, tally in self.disliking)


def sympathy(pod: PodInfo, census: Census, society: Society, weight: int) -> Sympathy | None:
    """The wishes of `pod`; None if those of others alone do not count."""
    likes, dislikes = pod.preferred_affinity, pod.preferred_anti_affinity
    if society.args.ignore_preferred_terms_of_existing_pods and not likes and not dislikes:
        return None
    own = []
    for terms, sign in ((likes, 1), (dislikes, -1)):
        for term in terms:
            meant = replace(term.resolved(society.namespaces), weight=0)
            own.append((sign * term.weight, _tally(census, (meant,), meant)))
    return Sympathy(
        tuple(own),
        society.liked.meaning(pod),
        society.disliked.meaning(pod),
        weight,
    )
