"""The table, and its text.

References
----------
nft(8)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Rules = Mapping[str, tuple[str, ...]]
"""Rules by chain."""


class Target(NamedTuple):
    """What an element of a map leads to; empty for elements of sets."""

    verdict: str = ""
    comment: str = ""


Elements = Mapping[str, Mapping[str, Target]]
"""Elements by key, by set or map."""


@dataclass(frozen=True, slots=True)
class Table:
    """All that kube-proxy has in the kernel.

    Attributes
    ----------
    chains, sets, maps
        What is in braces behind the name; empty for an ordinary chain.
    """

    family: str
    chains: Mapping[str, str]
    sets: Mapping[str, str]
    maps: Mapping[str, str]
    rules: Rules
    elements: Elements

    @property
    def lines(self) -> list[str]:
        """The commands that make the table, in an order that ``nft -f`` accepts."""
        return [
            self._add("table", "", '{ comment "rules for kube-proxy" ; }'),
            *(self._add("chain", name, text) for name, text in sorted(self.chains.items())),
            *(self._add("set", name, text) for name, text in sorted(self.sets.items())),
            *(self._add("map", name, text) for name, text in sorted(self.maps.items())),
            *(self._add("rule", chain, rule) for chain in sorted(self.rules) for rule in self.rules[chain]),
            *self._elements(self.sets),
            *self._elements(self.maps),
        ]

    @property
    def text(self) -> str:
        """The commands as one text."""
        return "\n".join(self.lines) + "\n"

    def _elements(self, names: Mapping[str, str]) -> Iterator[str]:
        for name in sorted(names):
            elements = (element(key, target) for key, target in self.elements.get(name, {}).items())
            yield from sorted(self._add("element", name, f"{{ {text} }}") for text in elements)

    def _add(self, kind: str, name: str, rest: str) -> str:
        return " ".join(filter(None, ("add", kind, self.family, "kube-proxy", name, rest)))


def element(key: str, target: Target) -> str:
    """An element as nft writes it."""
    comment = f' comment "{target.comment}"' if target.comment else ""
    return f"{key}{comment} : {target.verdict}" if target.verdict else f"{key}{comment}"
