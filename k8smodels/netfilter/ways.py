"""The ways that a packet may take, and what it met.

A walk forks where the rules throw dice, and where they ask what is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, Protocol

from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.targets import Fate

Verdict = Literal["deliver", "DROP", "REJECT", "not modelled"]

MAX_WAYS = 20_000
"""How many ways a packet may take before the walk gives up."""


class AnyRule(Protocol):
    """A rule of iptables or of nftables."""

    @property
    def chain(self) -> str:
        """The chain that it stands in."""

    @property
    def position(self) -> int:
        """Its number in the chain, from 1."""

    @property
    def text(self) -> str:
        """As the tool writes it."""


Assumption = tuple[AnyRule, bool]
"""A rule that asks something unknown, and whether it is taken to match."""


class TooManyWays(ValueError):
    """The rules fork too often."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that the packet met.

    Attributes
    ----------
    hook, table
        Where that was.
    rule
        The rule; None for the policy at the end of a built-in chain.
    outcome
        ``match``, ``dice lost`` (it would have matched with the probability `chance`), ``assumed`` or ``assumed not``
        (it asks something that is not modelled), or ``policy``.
    before, after
        The packet.
    elements
        What nftables found in sets (the packet's key) and maps (with the value), and what its dice gave.
    """

    hook: str
    table: str
    chain: str
    rule: AnyRule | None
    outcome: Literal["match", "dice lost", "assumed", "assumed not", "policy"]
    before: Packet
    after: Packet
    chance: Fraction = Fraction(1)
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """The steps so far, sharing their beginnings."""

    step: Step
    before: Trail | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way that the packet may take.

    Attributes
    ----------
    probability
        How likely it is, given what is assumed.
    verdict
        What becomes of the packet on this machine. A packet that is delivered goes on to `packet`'s destination.
    packet
        The packet at the end.
    assumptions
        Rules that ask something unknown, and whether they were taken to match.
    asked
        How many rules the kernel looks at on this way, those that do not match included: what the way costs.
    """

    probability: Fraction
    verdict: Verdict
    packet: Packet
    assumptions: tuple[Assumption, ...]
    trail: Trail | None
    asked: int = 0

    @property
    def steps(self) -> tuple[Step, ...]:
        """The rules that it met, first to last."""
        found, trail = [], self.trail
        while trail:
            found.append(trail.step)
            trail = trail.before
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Branch:
    """A packet at some point of a walk."""

    probability: Fraction
    packet: Packet
    fate: Fate = "next"
    assumptions: tuple[Assumption, ...] = ()
    trail: Trail | None = None
    asked: int = 0

    @property
    def way(self) -> Way:
        """The way, if the walk ends here."""
        verdicts: dict[Fate, Verdict] = {"DROP": "DROP", "REJECT": "REJECT", "unknown": "not modelled"}
        verdict = verdicts.get(self.fate, "deliver")
        return Way(self.probability, verdict, self.packet, self.assumptions, self.trail, self.asked)

    def after(self, step: Step) -> Branch:
        """The branch with one more step."""
        return replace(self, packet=step.after, trail=Trail(step, self.trail))
