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
from typing import Literal

from k8smodels.netfilter.matching import matches
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.rule import Rule
from k8smodels.netfilter.tables import Chain, Tables
from k8smodels.netfilter.targets import Fate, apply
from k8smodels.netfilter.ways import MAX_WAYS, Branch, Step, TooManyWays, Trail, Way


def walk(tables: Tables, packet: Packet, machine: Machine) -> tuple[Way, ...]:
    """All ways of a packet through the rules of a machine.

    A packet of a connection that is known (`packet.state` is not ``NEW``) does not see the table nat: what was decided
    for the first packet holds.

    Raises
    ------
    TooManyWays
        The rules fork more than 20,000 times.
    """
    return _Walk(tables, machine).run(packet)


class _Walk:
    def __init__(self, tables: Tables, machine: Machine) -> None:
        self.tables, self.machine = tables, machine

    def run(self, packet: Packet) -> tuple[Way, ...]:
        ways = [Branch(Fraction(1), packet)]
        for hook in ("PREROUTING",) if packet.iif else ("OUTPUT",):
            ways = self._hook(ways, hook)
        done = []
        for way in ways:
            routed = [way if way.fate != "next" else replace(way, packet=self._routed(way.packet))]
            for hook in self._later_hooks(routed[0].packet):
                routed = self._hook(routed, hook)
            done += routed
        return tuple(branch.way for branch in done)

    def _routed(self, packet: Packet) -> Packet:
        return replace(packet, oif=self.machine.interface(packet.dst))

    def _later_hooks(self, packet: Packet) -> tuple[str, ...]:
        local = self.machine.is_local(packet.dst)
        if packet.iif:
            return ("INPUT",) if local else ("FORWARD", "POSTROUTING")
        return ("POSTROUTING", "INPUT") if local else ("POSTROUTING",)

    def _hook(self, branches: list[Branch], hook: str) -> list[Branch]:
        """A hook's chain of every table, in the kernel's order."""
        for table in ("raw", "mangle", "nat", "filter", "security"):
            chain = self.tables.chain(table, hook)
            if chain is None:
                continue
            after: list[Branch] = []
            for branch in branches:
                if branch.fate != "next" or (table == "nat" and self._keeps_nat(branch.packet, hook)):
                    after.append(branch)
                else:
                    after += self._built_in(chain, branch, hook, table)
            branches = after
            if len(branches) > MAX_WAYS:
                raise TooManyWays(f"more than {MAX_WAYS} ways lead through these rules")
        return branches

    def _keeps_nat(self, packet: Packet, hook: str) -> bool:
        """Only the first packet of a connection sees the table nat, and what comes from here not its INPUT."""
        return packet.state != "NEW" or (hook == "INPUT" and not packet.iif)

    def _built_in(self, chain: Chain, branch: Branch, hook: str, table: str) -> Iterator[Branch]:
        for end in self._chain(chain, branch, hook, table):
            if end.fate in ("next", "return"):
                trail = end.trail
                if chain.policy != "ACCEPT":
                    trail = Trail(Step(hook, table, chain.name, None, "policy", end.packet, end.packet), trail)
                yield replace(end, fate="next" if chain.policy == "ACCEPT" else "DROP", trail=trail)
            else:
                yield replace(end, fate="next") if end.fate == "accept" else end

    def _chain(self, chain: Chain, branch: Branch, hook: str, table: str) -> Iterator[Branch]:
        """The branches at the end of a chain; ``next`` if they fell off its end."""
        open_branches = [branch]
        for rule in chain.candidates(branch.packet.dst):
            still_open: list[Branch] = []
            for current in open_branches:
                for result in self._rule(rule, current, hook, table):
                    if result.fate == "next":
                        still_open.append(result)
                    else:
                        yield replace(result, asked=result.asked + rule.position)
            open_branches = still_open
            if not open_branches:
                return
        for current in open_branches:
            yield replace(current, asked=current.asked + len(chain.rules))

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
            fate: Fate = end.fate
            if fate in ("return", "next"):
                fate = "return" if rule.is_goto else "next"
            yield replace(end, fate=fate)
