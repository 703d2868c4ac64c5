"""Tables of nftables: chains, sets, maps.

References
----------
nft(8)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.netfilter.addresses import InvalidAddressError, contains

Key = tuple[str, ...]
"""The parts of an element: ``10.96.0.1 . tcp . 80`` has three."""


@dataclass(frozen=True, slots=True)
class NftRule:
    """A rule.

    Attributes
    ----------
    words
        The text in words; what was quoted has its marks.
    line
        The number of its line.
    """

    chain: str
    position: int
    text: str
    words: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a base chain is called.

    Attributes
    ----------
    priority
        Smaller is earlier; -100 is where destinations are rewritten, 0 the filter's, 100 where sources are.
    """

    kind: str
    name: str
    priority: int
    policy: str = "accept"


@dataclass(frozen=True, slots=True)
class NftChain:
    """Rules; a base chain has a hook."""

    name: str
    rules: tuple[NftRule, ...]
    hook: Hook | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A set or a map.

    Attributes
    ----------
    elements
        By key; for a set the values are empty. A part of a key may be a range of addresses.
    """

    name: str
    elements: Mapping[Key, str]

    def find(self, key: Key) -> str | None:
        """The value at a key; None if it is not there."""
        if key in self.elements:
            return self.elements[key]
        ranges = (each for each in self.elements if any("/" in part for part in each))
        return next((self.elements[each] for each in ranges if _covers(each, key)), None)


def _covers(pattern: Key, key: Key) -> bool:
    return len(pattern) == len(key) and all(map(_part_covers, pattern, key))


def _part_covers(pattern: str, part: str) -> bool:
    if pattern == part or "/" not in pattern or (":" in pattern) != (":" in part):
        return pattern == part
    try:
        return contains(pattern, part)
    except InvalidAddressError:
        return False


@dataclass(frozen=True, slots=True)
class NftTable:
    """A table."""

    family: str
    name: str
    chains: Mapping[str, NftChain]
    collections: Mapping[str, Collection]

    @property
    def rule_count(self) -> int:
        """How many rules its chains have."""
        return sum(len(chain.rules) for chain in self.chains.values())
