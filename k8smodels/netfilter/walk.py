"""The way of a packet through the hooks, with every rule that it meets.

Leaves out: bridges that call iptables, ip sets, raw sockets, policy routing by mark, and the second round of a packet
that a machine sends to itself. What a rule asks beyond the modelled questions makes the way fork, with a note; it is
never guessed.

References
----------
Linux net/ipv4/netfilter/, net/netfilter/nf_nat_core.c; https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Literal

from k8smodels.netfilter.hooks import back_from, each_chain, through_chain, through_hooks
from k8smodels.netfilter.matching import matches
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.rule import Rule
from k8smodels.netfilter.tables import Chain, Tables
from k8smodels.netfilter.targets import apply
from k8smodels.netfilter.ways import Branch, Step, Trail, Way


def walk(tables: Tables, packet: Packet, machine: Machine) -> tuple[Way, ...]:
    """All ways of a packet through the rules of a machine.

    A packet of a connection that is known (`packet.state` is not ``NEW``) does not see the table nat: what was decided
    for the first packet holds.

    Raises
    ------
    TooManyWays
        The rules fork more than 20,000 times.
    """
    return through_hooks(packet, machine, _Walk(tables, machine).at_hook)


class _Walk:
    def __init__(self, tables: Tables, machine: Machine) -> None:
        self.tables, self.machine = tables, machine

    def at_hook(self, branches: list[Branch], hook: str) -> list[Branch]:
        """A hook's chain of every table, in the kernel's order."""
        for table in ("raw", "mangle", "nat", "filter", "security"):
            chain = self.tables.chain(table, hook)
            if chain is not None:
                branches = each_chain(branches, partial(self._built_in, chain, hook, table))
        return branches

    def _built_in(self, chain: Chain, hook: str, table: str, branch: Branch) -> Iterator[Branch]:
        if table == "nat" and _keeps_nat(branch.packet, hook):
            yield branch
            return
        for end in self._chain(chain, branch, hook, table):
            if end.fate in ("next", "return") and chain.policy != "ACCEPT":
                yield replace(
                    end.after(Step(hook, table, chain.name, None, "policy", end.packet, end.packet)), fate="DROP"
                )
            else:
                yield replace(end, fate="next") if end.fate in ("next", "return", "accept") else end

    def _chain(self, chain: Chain, branch: Branch, hook: str, table: str) -> Iterator[Branch]:
        candidates = chain.candidates(branch.packet.dst)
        return through_chain(
            candidates, len(chain.rules), branch, lambda rule, current: self._rule(rule, current, hook, table)
        )

    def _rule(self, rule: Rule, branch: Branch, hook: str, table: str) -> Iterator[Branch]:
        answer = matches(rule.matches, branch.packet, self.machine)
        if answer is False:
            yield branch
            return
        outcome: Literal["match", "assumed"] = "match"
        if answer is None:
            outcome = "assumed"
            yield self._passed(rule, branch, hook, table, "assumed not", Fraction(1))
            branch = replace(branch, assumptions=(*branch.assumptions, (rule, True)))
        elif isinstance(answer, Fraction):
            yield self._passed(rule, branch, hook, table, "dice lost", answer)
            branch = replace(branch, probability=branch.probability * answer)
        chance = answer if isinstance(answer, Fraction) else Fraction(1)
        yield from self._target(
            rule, branch, Step(hook, table, rule.chain, rule, outcome, branch.packet, branch.packet, chance)
        )

    def _passed(
        self,
        rule: Rule,
        branch: Branch,
        hook: str,
        table: str,
        outcome: Literal["dice lost", "assumed not"],
        p: Fraction,
    ) -> Branch:
        step = Step(hook, table, rule.chain, rule, outcome, branch.packet, branch.packet, p)
        if outcome == "dice lost":
            return replace(branch, probability=branch.probability * (1 - p), trail=Trail(step, branch.trail))
        return replace(branch, assumptions=(*branch.assumptions, (rule, False)), trail=Trail(step, branch.trail))

    def _target(self, rule: Rule, branch: Branch, step: Step) -> Iterator[Branch]:
        chain = self.tables.chain(step.table, rule.target) if rule.target else None
        if chain is None:
            effect = apply(rule, branch.packet)
            trail = Trail(replace(step, after=effect.packet), branch.trail)
            yield replace(branch, packet=effect.packet, fate=effect.fate, trail=trail)
            return
        inside = replace(branch, trail=Trail(step, branch.trail))
        for end in self._chain(chain, inside, step.hook, step.table):
            yield back_from(end, goto=rule.is_goto)


def _keeps_nat(packet: Packet, hook: str) -> bool:
    """Only the first packet of a connection sees the table nat, and what comes from here not its INPUT."""
    return packet.state != "NEW" or (hook == "INPUT" and not packet.iif)
