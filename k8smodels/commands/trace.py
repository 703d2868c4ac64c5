"""``python -m k8smodels trace``: what the rules of a machine do with a packet."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.commands.printing import print_plain
from k8smodels.i18n import _
from k8smodels.netfilter.addresses import InvalidAddressError, canonical
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.tables import MAX_BYTES
from k8smodels.netfilter.trace import packet_of, ways_through
from k8smodels.netfilter.ways import Step, Way

DESCRIPTION = """\
Walk a packet through the rules of a machine: each rule that it meets, in the kernel's order, where it is sent, with
which probability, and with whose source address. Reads what iptables-save or nft list ruleset print. What a rule asks
beyond the model is said, never guessed: the way forks there. Nothing is sent anywhere.

  iptables-save > rules.txt            (or: nft list ruleset > rules.txt)
  python -m k8smodels trace --rules rules.txt --from 10.244.1.5 --to 10.96.0.10:80/tcp --iif cni0

exit codes: 0 the packet was walked, 2 the input was refused"""

_MOST_WAYS = 8


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "trace",
        help="what do these iptables or nftables rules do with a packet?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rules", required=True, metavar="FILE", help="output of iptables-save or nft list ruleset")
    parser.add_argument("--from", dest="source", required=True, metavar="IP[:PORT]", help="who sends")
    parser.add_argument("--to", required=True, metavar="IP:PORT[/PROTOCOL]", help="to whom; default protocol: tcp")
    parser.add_argument("--iif", default="", metavar="DEVICE", help="where it comes in; without it a process sends it")
    parser.add_argument("--local", nargs="+", metavar="IP", help="the machine's own addresses")
    parser.add_argument("--known", action="store_true", help="a later packet of a connection, not its first")
    parser.add_argument("--all", action="store_true", help=f"every way, not only the first {_MOST_WAYS}")
    parser.add_argument("-o", "--output", choices=("text", "json", "yaml"), default="text", help="default: text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    packet = packet_of(options.source, options.to, options.iif, known=options.known)
    local = None if options.local is None else tuple(_address("--local", text) for text in options.local)
    ways = ways_through(_read(options.rules), packet, Machine(local))
    if options.output == "text":
        print(_as_text(packet, ways, len(ways) if options.all else _MOST_WAYS, knows_local=local is not None))
    else:
        print_plain([_plain(way) for way in ways], options.output)
    return 0


def _address(option: str, text: str) -> str:
    try:
        return canonical(text)
    except InvalidAddressError as error:
        raise DecodeError(option, f"Invalid value: {error}") from None


def _read(file: str) -> str:
    path = Path(file)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DecodeError(file, f"Request entity too large: limit is {MAX_BYTES}")
        return path.read_text("utf-8", errors="replace")
    except OSError as error:
        raise DecodeError(file, error.strerror or str(error)) from None


def _as_text(packet: Packet, ways: tuple[Way, ...], most: int, *, knows_local: bool) -> str:
    came = _("in by {device}").format(device=packet.iif) if packet.iif else _("sent by a process of this machine")
    lines = [f"{_ends(packet)}/{packet.protocol}, {came}"]
    for way in ways[:most]:
        lines += ["", f"{way.probability}  {_fate(way)}"]
        lines += [
            _("  if this rule matches: {rule}").format(rule=rule.text) for rule, holds in way.assumptions if holds
        ]
        lines += [
            _("  if this rule does not match: {rule}").format(rule=rule.text)
            for rule, holds in way.assumptions
            if not holds
        ]
        lines += [f"  {_step(step)}" for step in way.steps]
    if len(ways) > most:
        lines += ["", _("{count} more ways (--all)").format(count=len(ways) - most)]
    if not knows_local and any(way.assumptions for way in ways):
        lines += ["", _("The machine's own addresses are not known; --local says them.")]
    return "\n".join(lines)


def _ends(packet: Packet) -> str:
    return f"{packet.src}:{packet.sport} -> {packet.dst}:{packet.dport}"


def _fate(way: Way) -> str:
    packet = way.packet
    if way.verdict != "deliver":
        return way.verdict
    to = _("to {address}").format(address=packet.dnat) if packet.dnat else _("destination unchanged")
    source = _("source {address}").format(address=packet.snat) if packet.snat else _("source unchanged")
    return f"{to}, {source}"


def _step(step: Step) -> str:
    where = f"{step.hook:<11} {step.table:<8}"
    if step.rule is None:
        return f"{where} {step.chain} policy"
    chance = f" [{step.outcome} {step.chance}]" if step.chance != 1 else ""
    note = f" [{step.outcome}]" if step.outcome.startswith("assumed") else chance
    return f"{where} {step.rule.chain}:{step.rule.position} {step.rule.text.removeprefix(f'-A {step.chain} ')}{note}"


def _plain(way: Way) -> dict[str, Any]:
    return {
        "probability": str(way.probability),
        "verdict": way.verdict,
        "destination": way.packet.dnat or None,
        "source": way.packet.snat or None,
        "assumptions": [{"rule": rule.text, "matches": holds} for rule, holds in way.assumptions],
        "steps": list(_plain_steps(way.steps)),
    }


def _plain_steps(steps: Iterable[Step]) -> Iterable[dict[str, Any]]:
    for step in steps:
        yield {
            "hook": step.hook,
            "table": step.table,
            "chain": step.chain,
            "rule": step.rule.text if step.rule else None,
            "position": step.rule.position if step.rule else None,
            "outcome": step.outcome,
            "chance": str(step.chance),
        }
