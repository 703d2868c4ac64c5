"""Tables, chains, and the errors of a dump.

References
----------
iptables(8); Linux net/ipv4/netfilter/ip_tables.c: mark_source_chains
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from k8smodels.netfilter.calls import CircleError, call_depths
from k8smodels.netfilter.rule import Rule

BUILT_IN = {
    "raw": ("PREROUTING", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}
"""The tables that the kernel has, with the chains at which packets enter them."""

MAX_BYTES = 64 << 20
"""The longest text of a dump that is read."""

MAX_DEPTH = 200
"""How deep chains may call each other before a dump is refused."""


class DumpError(ValueError):
    """A dump that cannot be read. The message names the line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


def refuse_too_long(text: str) -> None:
    """See that a dump is not longer than what is read.

    Raises
    ------
    DumpError
        It is.
    """
    if len(text) > MAX_BYTES:
        raise DumpError(0, f"{len(text)} characters; at most {MAX_BYTES} are read")


@dataclass(frozen=True)
class Chain:
    """Rules, one after another.

    Attributes
    ----------
    policy
        What becomes of a packet at the end of a built-in chain; empty for others.
    """

    name: str
    policy: str
    rules: tuple[Rule, ...]

    @cached_property
    def _by_destination(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for index, rule in enumerate(self.rules):
            found[rule.destination or ""].append(index)
        return found

    def candidates(self, destination: str) -> Iterator[Rule]:
        """The rules that may match a packet to this address, in their order: the others ask for another one."""
        for_it, for_any = self._by_destination.get(destination, []), self._by_destination.get("", [])
        return (self.rules[index] for index in sorted(for_it + for_any))


@dataclass(frozen=True)
class Tables:
    """A whole ruleset.

    Attributes
    ----------
    tables
        Chains by name, by table.
    """

    tables: Mapping[str, Mapping[str, Chain]]

    def chain(self, table: str, name: str) -> Chain | None:
        """A chain, if the ruleset has it."""
        return self.tables.get(table, {}).get(name)

    @property
    def rule_count(self) -> int:
        """How many rules there are in all tables."""
        return sum(len(chain.rules) for chains in self.tables.values() for chain in chains.values())


def check(tables: Mapping[str, Mapping[str, Chain]]) -> None:
    """See that every jump leads to a chain and none leads in a circle, as the kernel does.

    Raises
    ------
    DumpError
        Naming the rule's line and the chains.
    """
    for table, chains in tables.items():
        _check_targets(table, chains)
        _check_loops(table, chains)


def _check_targets(table: str, chains: Mapping[str, Chain]) -> None:
    for chain in chains.values():
        for rule in chain.rules:
            if rule.is_goto and rule.target not in chains:
                raise DumpError(rule.line, f"-g {rule.target}: the table {table} has no such chain")
            if rule.target in BUILT_IN.get(table, ()):
                raise DumpError(rule.line, f"-j {rule.target}: a built-in chain cannot be a target")


def _check_loops(table: str, chains: Mapping[str, Chain]) -> None:
    calls = {name: [rule.target for rule in chain.rules if rule.target in chains] for name, chain in chains.items()}
    try:
        depth = call_depths(calls)
    except CircleError as circle:
        caller, called = circle.names[-2:]
        line = next(rule.line for rule in chains[caller].rules if rule.target == called)
        raise DumpError(line, f"a loop in the table {table}: {circle}") from None
    deepest = max(depth, key=depth.__getitem__, default="")
    if deepest and depth[deepest] > MAX_DEPTH:
        raise DumpError(0, f"chains call each other {depth[deepest]} deep from {deepest}; at most {MAX_DEPTH}")
