"""A rule of iptables: what it asks of a packet, and what it does with one that answers.

References
----------
iptables(8), iptables-extensions(8)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """One question of a rule.

    Attributes
    ----------
    module
        The extension that asks (``mark``, ``conntrack``); for the built-in questions its flag (``-s``, ``-d``, ``-i``,
        ``-o``, ``-p``).
    options
        Its options, without dashes, in the order in which they stand; a flag without a value has an empty one.
    negated
        The options with an exclamation mark.
    """

    module: str
    options: Mapping[str, str]
    negated: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """As iptables-save writes it."""
        shown = []
        for name, value in self.options.items():
            flag = self.module if self.module.startswith("-") else f"--{name}"
            shown.append(" ".join(filter(None, ("!" if name in self.negated else "", flag, value))))
        head = [] if self.module.startswith("-") else [f"-m {self.module}"]
        return " ".join(head + shown)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a chain.

    Attributes
    ----------
    chain, position
        Where it stands; the first rule of a chain is number 1.
    matches
        All must hold. Comments are no question: they are in `comment`.
    target
        A built-in target, an extension's, or a chain; empty if the rule only counts.
    is_goto
        Whether the chain's end is also the end of this one (``-g``).
    options
        The target's options, as in `Match.options`.
    line
        The number of its line in the dump.
    """

    chain: str
    position: int
    text: str
    matches: tuple[Match, ...]
    target: str
    options: Mapping[str, str]
    comment: str = ""
    is_goto: bool = False
    line: int = 0

    @property
    def destination(self) -> str | None:
        """The one address that it asks for as the destination, if there is just one."""
        for match in self.matches:
            if match.module == "-d" and not match.negated:
                address = match.options["-d"]
                return address.removesuffix("/32").removesuffix("/128") if "/" in address else address
        return None
