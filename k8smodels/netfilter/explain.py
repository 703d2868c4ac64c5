"""Why a rule did not match: the first question that was answered with no."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from k8smodels.netfilter.matching import answer
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.rule import Match, Rule
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.ways import Step


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay of a packet in a chain.

    Attributes
    ----------
    steps
        What it met there, one after another; jumps out of the chain end a stay.
    passed
        The rules before and between those, that did not match, with the question that said no.
    """

    hook: str
    table: str
    chain: str
    steps: tuple[Step, ...]
    passed: tuple[tuple[Rule, Match | None], ...]


def visits(tables: Tables, steps: Sequence[Step], machine: Machine) -> Iterator[Visit]:
    """The stays of a way through rules of iptables, in order."""
    where = groupby(steps, key=lambda step: (step.hook, step.table, step.chain))
    seen: dict[tuple[str, str, str], int] = {}
    for (hook, table, chain), together in where:
        met = tuple(together)
        start = seen.get((hook, table, chain), 0)
        positions = [step.rule.position for step in met if step.rule]
        until = max(positions, default=start)
        seen[hook, table, chain] = until
        held = tables.chain(table, chain)
        between = held.rules[start:until] if held else ()
        passed = ((rule, refusal(rule, met[0].before, machine)) for rule in between if rule.position not in positions)
        yield Visit(hook, table, chain, met, tuple(passed))


def refusal(rule: Rule, packet: Packet, machine: Machine) -> Match | None:
    """The first question of a rule that a packet answers with no."""
    return next((match for match in rule.matches if answer(match, packet, machine) is False), None)
