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

from k8smodels.netfilter.rule import Rule

BUILT_IN = {
    "raw": ("PREROUTING", "OUTPUT"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "security": ("INPUT", "FORWARD", "OUTPUT"),
}
"""The tables that the kernel has, with the chains at which packets enter them."""

MAX_DEPTH = 200
"""How deep chains may call each other before a dump is refused."""


class DumpError(ValueError):
    """A dump that cannot be read. The message names the line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}" if line else message)
        self.line = line


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
    """Depth first, without recursion: `depth` holds what is done, `path` what is being looked at."""
    depth: dict[str, int] = {}
    for root in chains:
        path: dict[str, Iterator[Rule]] = {root: iter(chains[root].rules)}
        while path:
            name = next(reversed(path))
            rule = next((rule for rule in path[name] if rule.target in chains and rule.target not in depth), None)
            if rule is None:
                path.popitem()
                below = (depth[rule.target] for rule in chains[name].rules if rule.target in chains)
                depth[name] = 1 + max(below, default=0)
            elif rule.target in path:
                circle = [*list(path)[list(path).index(rule.target) :], rule.target]
                raise DumpError(rule.line, f"a loop in the table {table}: {' -> '.join(circle)}")
            else:
                path[rule.target] = iter(chains[rule.target].rules)
    deepest = max(depth, key=depth.__getitem__, default="")
    if deepest and depth[deepest] > MAX_DEPTH:
        raise DumpError(0, f"chains call each other {depth[deepest]} deep from {deepest}; at most {MAX_DEPTH}")
