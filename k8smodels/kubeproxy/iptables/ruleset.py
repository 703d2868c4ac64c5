"""Tables of chains of rules, and their text.

References
----------
iptables-save(8), iptables-restore(8)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Chains = Mapping[str, tuple[str, ...]]
"""Rules by chain. A rule is its line, ``-A CHAIN ...``."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """The chains of the tables filter and nat.

    Attributes
    ----------
    deleted
        Chains of the table nat that are emptied and removed; only in what iptables-restore reads.
    """

    filter: Chains
    nat: Chains
    deleted: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The text, line by line; chains in a fixed order, which the real kube-proxy does not keep."""
        return [*_table("filter", self.filter, ()), *_table("nat", self.nat, self.deleted)]

    @property
    def text(self) -> str:
        """What iptables-restore reads."""
        return "\n".join(self.lines) + "\n"


def _table(name: str, chains: Chains, deleted: Iterable[str]) -> Iterator[str]:
    order = sorted({*chains, *deleted}, key=_place)
    yield f"*{name}"
    yield from (f":{chain} - [0:0]" for chain in order)
    for chain in order:
        yield from chains.get(chain, ())
    yield from (f"-X {chain}" for chain in deleted)
    yield "COMMIT"


def _place(chain: str) -> tuple[int, str]:
    if chain in ("KUBE-NODEPORTS", "KUBE-SERVICES"):
        return 0, chain
    return (1, chain) if chain.startswith("KUBE-") else (2, chain)
