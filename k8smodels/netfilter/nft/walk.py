"""The way of a packet through tables of nftables.

Leaves out: the families inet (read as ip), bridge and netdev, flow tables, sets with intervals of ports in their keys.

References
----------
https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains; Linux net/netfilter/nf_tables_core.c: nft_do_chain
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Literal

from k8smodels.netfilter.hooks import back_from, each_chain, through_chain, through_hooks
from k8smodels.netfilter.nft.ruleset import Hook, NftChain, NftRule, NftTable
from k8smodels.netfilter.nft.statements import Result, run
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.targets import Fate
from k8smodels.netfilter.ways import Branch, Step, Way

_FATES: dict[str, Fate] = {"accept": "accept", "drop": "DROP", "reject": "REJECT", "return": "return"}


def walk_nft(tables: Iterable[NftTable], packet: Packet, machine: Machine) -> tuple[Way, ...]:
    """All ways of a packet through the rules of a machine; see `k8smodels.netfilter.walk.walk`.

    `machine.recent` has the clients that sets with a timeout remember, by the sets' names.

    Raises
    ------
    TooManyWays
        The rules fork more than 20,000 times.
    """
    family = "ip6" if ":" in packet.dst else "ip"
    walker = _Walk([table for table in tables if table.family in (family, "inet")], machine)
    return through_hooks(packet, machine, walker.at_hook)


class _Walk:
    def __init__(self, tables: list[NftTable], machine: Machine) -> None:
        self.machine = machine
        hooked = [
            (chain.hook, table, chain) for table in tables for chain in table.chains.values() if chain.hook is not None
        ]
        self.hooked = sorted(hooked, key=lambda each: each[0].priority)

    def at_hook(self, branches: list[Branch], name: str) -> list[Branch]:
        """All chains of a hook, by priority; one that accepts leaves the packet to the next one."""
        for hook, table, chain in self.hooked:
            if hook.name == name.lower():
                branches = each_chain(branches, partial(self._base, hook, table, chain))
        return branches

    def _base(self, hook: Hook, table: NftTable, chain: NftChain, branch: Branch) -> Iterator[Branch]:
        if hook.kind == "nat" and branch.packet.state != "NEW":
            yield branch
            return
        for end in self._chain(hook, table, chain, branch):
            if end.fate in ("next", "return") and hook.policy == "drop":
                step = Step(hook.name, table.name, chain.name, None, "policy", end.packet, end.packet)
                yield replace(end.after(step), fate="DROP")
            else:
                yield replace(end, fate="next") if end.fate in ("next", "return", "accept") else end

    def _chain(self, hook: Hook, table: NftTable, chain: NftChain, branch: Branch) -> Iterator[Branch]:
        return through_chain(
            chain.rules, len(chain.rules), branch, lambda rule, current: self._rule(hook, table, rule, current)
        )

    def _rule(self, hook: Hook, table: NftTable, rule: NftRule, branch: Branch) -> Iterator[Branch]:
        for result in run(rule, table, branch.packet, self.machine):
            chance = result.probability
            outcome: Literal["match", "assumed", "assumed not"] = "match"
            if result.verdict == "no match":
                yield replace(branch, probability=branch.probability * chance)
                continue
            if result.verdict == "unknown":
                outcome = "assumed not"
                assumed = replace(branch, assumptions=(*branch.assumptions, (rule, True)), fate="unknown")
                yield assumed.after(_step(hook, table, rule, "assumed", branch.packet, branch.packet, chance))
                branch_not = replace(branch, assumptions=(*branch.assumptions, (rule, False)))
                yield branch_not.after(_step(hook, table, rule, outcome, branch.packet, branch.packet, chance))
                continue
            step = _step(hook, table, rule, outcome, branch.packet, result.packet, chance)
            step = replace(step, elements=result.elements)
            taken = replace(branch.after(step), probability=branch.probability * chance)
            yield from self._verdict(hook, table, taken, result)

    def _verdict(self, hook: Hook, table: NftTable, branch: Branch, result: Result) -> Iterator[Branch]:
        if result.verdict not in ("jump", "goto"):
            yield replace(branch, fate=_FATES.get(result.verdict, "next"))
            return
        for end in self._chain(hook, table, table.chains[result.target], branch):
            yield back_from(end, goto=result.verdict == "goto")


def _step(
    hook: Hook,
    table: NftTable,
    rule: NftRule,
    outcome: Literal["match", "assumed", "assumed not"],
    before: Packet,
    after: Packet,
    chance: Fraction,
) -> Step:
    return Step(hook.name, table.name, rule.chain, rule, outcome, before, after, chance)
