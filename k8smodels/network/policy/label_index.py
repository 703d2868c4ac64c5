"""Which parties a selector matches, as the bits of one number, so that a whole cluster is asked at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce

from k8smodels.api.selectors import Requirement, Selector
from k8smodels.network.policy.rules import Block, Peer, Policy
from k8smodels.network.policy.traffic import Party, shared_version


class LabelIndex:
    """Sets of parties by their labels; bit `i` of a set is the party `i`.

    Answers are kept: many policies have the same selectors.
    """

    def __init__(self, parties: Sequence[Party]) -> None:
        self.parties = parties
        self.all = (1 << len(parties)) - 1
        self._pods = _Labels((i, party.labels) for i, party in enumerate(parties) if party.selectable)
        self._namespaces = _Labels((i, party.namespace_labels) for i, party in enumerate(parties) if party.selectable)
        self._namespace: dict[str, int] = defaultdict(int)
        self._families: dict[tuple[int, ...], int] = defaultdict(int)
        for i, party in enumerate(parties):
            self._families[party.versions] |= 1 << i
            if party.selectable:
                self._namespace[party.namespace] |= 1 << i
        self._blocks: dict[tuple[Block, int], int] = {}

    def selected(self, policy: Policy) -> int:
        """The pods that a policy applies to."""
        return self._namespace.get(policy.namespace, 0) & self._pods.matching(policy.pods)

    def peers(self, peers: Sequence[Peer]) -> tuple[int, tuple[Block, ...]]:
        """The parties that the selectors of a rule match, and the blocks, which depend on the address that is used."""
        if not peers:
            return self.all, ()
        chosen = (self._chosen(peer) for peer in peers if peer.block is None)
        return reduce(int.__or__, chosen, 0), tuple(peer.block for peer in peers if peer.block is not None)

    def _chosen(self, peer: Peer) -> int:
        if peer.namespaces is None:
            return self._namespace.get(peer.own_namespace, 0) & self._pods.matching(peer.pods)
        return self._namespaces.matching(peer.namespaces) & self._pods.matching(peer.pods)

    def inside(self, block: Block, version: int) -> int:
        """The parties whose address of that family is in the block."""
        if (block, version) not in self._blocks:
            addresses = ((i, party.address(version)) for i, party in enumerate(self.parties))
            self._blocks[block, version] = sum(1 << i for i, each in addresses if each is not None and each in block)
        return self._blocks[block, version]

    def sources_using(self, version: int, destination: Party) -> int:
        """The parties that reach a destination over that family."""
        families = self._families.items()
        return sum(mask for own, mask in families if shared_version(own, destination.versions) == version)


class _Labels:
    """Sets of parties by key and by value of a label."""

    def __init__(self, labelled: Iterator[tuple[int, Mapping[str, str]]]) -> None:
        self._all = 0
        self._having: dict[str, int] = defaultdict(int)
        self._with_value: dict[tuple[str, str], int] = defaultdict(int)
        self._known: dict[Selector, int] = {}
        for i, labels in labelled:
            self._all |= 1 << i
            for key, value in labels.items():
                self._having[key] |= 1 << i
                self._with_value[key, value] |= 1 << i

    def matching(self, selector: Selector) -> int:
        if selector not in self._known:
            self._known[selector] = reduce(int.__and__, map(self._meeting, selector.requirements), self._all)
        return self._known[selector]

    def _meeting(self, requirement: Requirement) -> int:
        """As `Requirement.matches`, for the operators that an object's selector has."""
        having = self._having.get(requirement.key, 0)
        values = (self._with_value.get((requirement.key, value), 0) for value in requirement.values)
        match requirement.operator:
            case "exists":
                return having
            case "!":
                return ~having
            case "notin":
                return ~reduce(int.__or__, values, 0)
            case _:
                return reduce(int.__or__, values, 0)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
