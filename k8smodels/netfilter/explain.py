"""Why a rule did not match: the first question that was answered with no."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from k8smodels.netfilter.matching import answer
from k8smodels.netfilter.nft.ruleset import NftRule, NftTable
from k8smodels.netfilter.nft.statements import run
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.rule import Match, Rule
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.ways import AnyRule, Step


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay of a packet in a chain.

    Attributes
    ----------
    steps
        What it met there, one after another; jumps out of the chain end a stay. None if no rule matched.
    passed
        The rules before and between those, that did not match, with the question that said no; empty if none is known.
    """

    hook: str
    table: str
    chain: str
    steps: tuple[Step, ...]
    passed: tuple[tuple[AnyRule, str], ...]


RulesOf = Callable[[str, str], Sequence[AnyRule]]
"""The rules of a chain, by table and name; none if there is no such chain."""


def visits(tables: Tables, steps: Sequence[Step], machine: Machine) -> Iterator[Visit]:
    """The stays of a way through rules of iptables, in order."""

    def rules_of(table: str, chain: str) -> Sequence[Rule]:
        held = tables.chain(table, chain)
        return held.rules if held else ()

    def refused_by(rule: AnyRule, packet: Packet) -> str:
        match = refusal(rule, packet, machine) if isinstance(rule, Rule) else None
        return match.text if match else ""

    def called(step: Step) -> str:
        return step.rule.target if isinstance(step.rule, Rule) else ""

    return _stays(steps, rules_of, refused_by, called)


def nft_visits(table: NftTable, steps: Sequence[Step], machine: Machine) -> Iterator[Visit]:
    """The stays of a way through one table of nftables, in order."""

    def rules_of(_table: str, chain: str) -> Sequence[NftRule]:
        return table.chains[chain].rules if chain in table.chains else ()

    def refused_by(rule: AnyRule, packet: Packet) -> str:
        results = run(rule, table, packet, machine) if isinstance(rule, NftRule) else ()
        return next((result.refused_by for result in results), "")

    return _stays(steps, rules_of, refused_by, nft_called)


def refusal(rule: Rule, packet: Packet, machine: Machine) -> Match | None:
    """The first question of a rule that a packet answers with no."""
    return next((match for match in rule.matches if answer(match, packet, machine) is False), None)


def nft_called(step: Step) -> str:
    """The chain that a rule of nftables leads to, by itself or by the element of a map; empty if to none."""
    words = [*(step.rule.text.split() if step.rule else ()), *" ".join(step.elements).split()]
    return next((chain for verdict, chain in pairwise(words) if verdict in ("jump", "goto")), "")


def _stays(
    steps: Sequence[Step],
    rules_of: RulesOf,
    refused_by: Callable[[AnyRule, Packet], str],
    called: Callable[[Step], str],
) -> Iterator[Visit]:
    """A stay ends where the next step is in another chain, and where a chain is called in which nothing matches."""
    seen: dict[tuple[str, str, str], int] = {}
    met: list[Step] = []
    for step, after in zip_longest(steps, steps[1:]):
        met.append(step)
        where, following = _where(step), _where(after) if after else None
        inside = (*where[:2], called(step))
        in_vain = rules_of(*inside[1:]) if inside != following else ()
        if where == following and not in_vain:
            continue
        start = seen.get(where, 0)
        positions = [each.rule.position for each in met if each.rule]
        seen[where] = max(positions, default=start)
        between = (rule for rule in rules_of(*where[1:])[start : seen[where]] if rule.position not in positions)
        yield Visit(*where, tuple(met), tuple((rule, refused_by(rule, met[0].before)) for rule in between))
        if in_vain:
            yield Visit(*inside, (), tuple((rule, refused_by(rule, step.after)) for rule in in_vain))
        met = []


def _where(step: Step) -> tuple[str, str, str]:
    return step.hook, step.table, step.chain
