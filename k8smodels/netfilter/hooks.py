"""What walks through iptables and nftables have in common: the order of hooks, and how a chain is gone through.

References
----------
Linux net/netfilter/core.c; https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.ways import MAX_WAYS, AnyRule, Branch, TooManyWays, Way

R = TypeVar("R", bound=AnyRule)

AtHook = Callable[[list[Branch], str], list[Branch]]
"""What becomes of branches at a hook."""


def through_hooks(packet: Packet, machine: Machine, at_hook: AtHook) -> tuple[Way, ...]:
    """The ways of a packet from its first hook to its last; where it goes is decided after the first."""
    done: list[Branch] = []
    for branch in at_hook([Branch(Fraction(1), packet)], "PREROUTING" if packet.iif else "OUTPUT"):
        to = branch.packet
        routed = [replace(branch, packet=replace(to, oif=machine.interface(to.dst)))]
        for hook in _later(to, machine):
            routed = at_hook(routed, hook)
        done += routed
    return tuple(branch.way for branch in done)


def _later(packet: Packet, machine: Machine) -> tuple[str, ...]:
    local = machine.is_local(packet.dst)
    if packet.iif:
        return ("INPUT",) if local else ("FORWARD", "POSTROUTING")
    return ("POSTROUTING", "INPUT") if local else ("POSTROUTING",)


def through_chain(
    rules: Iterable[R], length: int, branch: Branch, ask: Callable[[R, Branch], Iterable[Branch]]
) -> Iterator[Branch]:
    """The branches at the end of a chain; those whose fate is ``next`` fell off its end.

    Parameters
    ----------
    rules
        Those that may match, in their order.
    length
        How many rules the chain has.
    ask
        What a rule makes of a branch.

    Raises
    ------
    TooManyWays
        The rules fork more than 20,000 times.
    """
    open_branches = [branch]
    for rule in rules:
        still_open: list[Branch] = []
        for current in open_branches:
            for result in ask(rule, current):
                if result.fate == "next":
                    still_open.append(result)
                else:
                    yield replace(result, asked=result.asked + rule.position)
        open_branches = still_open
        if not open_branches:
            return
        if len(open_branches) > MAX_WAYS:
            raise TooManyWays(f"more than {MAX_WAYS} ways lead through these rules")
    for current in open_branches:
        yield replace(current, asked=current.asked + length)


def back_from(end: Branch, *, goto: bool) -> Branch:
    """A branch at the end of a chain that was called: it goes on behind the call, or leaves the caller as well."""
    if end.fate not in ("next", "return"):
        return end
    return replace(end, fate="return" if goto else "next")


def each_chain(branches: list[Branch], call: Callable[[Branch], Iterable[Branch]]) -> list[Branch]:
    """All branches after a chain that every one of them meets; those that have ended stay as they are."""
    after: list[Branch] = []
    for branch in branches:
        after += [branch] if branch.fate != "next" else call(branch)
    if len(after) > MAX_WAYS:
        raise TooManyWays(f"more than {MAX_WAYS} ways lead through these rules")
    return after
