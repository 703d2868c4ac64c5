"""What a rule does with a packet.

References
----------
iptables-extensions(8); Linux net/netfilter/xt_mark.c, xt_nat.c, xt_MASQUERADE.c, xt_REDIRECT.c
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from k8smodels.netfilter.addresses import split_port
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.rule import Rule

Fate = Literal["next", "accept", "return", "DROP", "REJECT", "unknown"]
"""Go on with the next rule; leave the table; leave the chain; or the end of the packet."""

_NO_EFFECT = frozenset({"", "LOG", "NFLOG", "ULOG", "TRACE", "AUDIT", "CHECKSUM", "RATEEST", "TCPMSS", "LED"})
"""Targets that decide nothing about where the packet goes."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The packet afterwards, and how it goes on."""

    fate: Fate
    packet: Packet


def apply(rule: Rule, packet: Packet) -> Effect:
    """The effect of a rule's target, if that is no chain."""
    target = rule.target
    if target in _NO_EFFECT:
        return Effect("next", packet)
    if target in ("DROP", "REJECT"):
        return Effect("DROP" if target == "DROP" else "REJECT", packet)
    if target in ("ACCEPT", "RETURN"):
        return Effect("accept" if target == "ACCEPT" else "return", packet)
    if target == "MARK":
        return _marked(rule, packet)
    return _rewritten(rule, packet)


def _marked(rule: Rule, packet: Packet) -> Effect:
    """``--set-xmark V/M`` clears the bits of M, then flips those of V; the other spellings say the same."""
    for option, text in rule.options.items():
        value, _, mask = text.partition("/")
        try:
            bits, all_bits = int(value, 0), int(mask or "0xffffffff", 0)
        except ValueError:
            return Effect("unknown", packet)
        clear, flip = {
            "set-xmark": (all_bits, bits),
            "set-mark": (all_bits | bits, bits),
            "or-mark": (bits, bits),
            "xor-mark": (0, bits),
            "and-mark": (~bits & 0xFFFFFFFF, 0),
        }.get(option, (None, 0))
        if clear is not None:
            return Effect("next", replace(packet, mark=(packet.mark & ~clear) ^ flip))
    return Effect("unknown", packet)


def _rewritten(rule: Rule, packet: Packet) -> Effect:
    options = rule.options
    if rule.target == "MASQUERADE":
        return Effect("accept", replace(packet, snat="masquerade"))
    if rule.target == "SNAT" and "-" not in options.get("to-source", "-"):
        return Effect("accept", replace(packet, snat=options["to-source"]))
    if rule.target == "DNAT" and "-" not in options.get("to-destination", "-"):
        address, port = split_port(options["to-destination"])
        return Effect("accept", packet.to(address or packet.dst, port))
    if rule.target == "REDIRECT" and options.get("to-ports", "0").isdigit():
        loopback = "::1" if ":" in packet.dst else "127.0.0.1"
        here = loopback if not packet.iif else packet.dst
        return Effect("accept", packet.to(here, int(options.get("to-ports", "0"))))
    return Effect("unknown", packet)
