"""What a rule asks of a packet, question by question.

References
----------
iptables-extensions(8); Linux net/netfilter/xt_*.c
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from k8smodels.netfilter.addresses import InvalidAddressError, contains
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.rule import Match

Answer = bool | Fraction | None
"""Yes, no, with a probability, or unknown: the question is not modelled."""

Question = Callable[[str, Packet, Machine], Answer]

_PROTOCOL_NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "132": "sctp"}
_NO_PORTS = ("icmp", "ipv6-icmp", "icmpv6")


def matches(questions: Iterable[Match], packet: Packet, machine: Machine) -> Answer:
    """Whether all questions are answered with yes.

    One no is enough for a no, whatever is unknown; the dice are thrown last.
    """
    answers = [answer(match, packet, machine) for match in questions]
    if any(each is False for each in answers):
        return False
    if any(each is None for each in answers):
        return None
    chance = Fraction(1)
    for each in answers:
        chance *= each if isinstance(each, Fraction) else 1
    return True if chance == 1 else chance


def answer(match: Match, packet: Packet, machine: Machine) -> Answer:
    """The answer to one question: of a module with several options, all must hold."""
    whole = _MODULES.get(match.module)
    if whole is not None:
        return whole(match, packet, machine)
    for name, value in match.options.items():
        question = _QUESTIONS.get((match.module, name))
        if question is None:
            return None
        try:
            said = question(value, packet, machine)
        except (InvalidAddressError, ValueError):
            return None
        if said is None:
            return None
        if bool(said) == (name in match.negated):
            return False
    return True


def _interface(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("+") else name == pattern


def _out(pattern: str, packet: Packet, _: Machine) -> Answer:
    return _interface(pattern, packet.oif) if packet.oif else None


def _protocol(value: str, packet: Packet, _: Machine) -> Answer:
    return value in ("all", "0") or _PROTOCOL_NUMBERS.get(value, value.lower()) == packet.protocol


def port_in(ports: str, port: int) -> bool:
    """Whether a list of ports and ranges, ``80,8000:8100``, has the port.

    Raises
    ------
    ValueError
        A part is no number.
    """
    for part in ports.split(","):
        low, colon, high = part.partition(":")
        if int(low or 0) <= port <= int((high or 65535) if colon else low):
            return True
    return False


def _dport(value: str, packet: Packet, _: Machine) -> Answer:
    return port_in(value, packet.dport)


def _sport(value: str, packet: Packet, _: Machine) -> Answer:
    return port_in(value, packet.sport)


def _mark(value: str, packet: Packet, _: Machine) -> Answer:
    wanted, _slash, mask = value.partition("/")
    return packet.mark & int(mask or "0xffffffff", 0) == int(wanted, 0)


def _state(value: str, packet: Packet, _: Machine) -> Answer:
    virtual = {"DNAT": packet.dnat, "SNAT": packet.snat}
    return any(bool(virtual[word]) if word in virtual else word == packet.state for word in value.split(","))


def _type_of(address: str, wanted: str, machine: Machine) -> Answer:
    if not machine.knows(address):
        return None
    if wanted == "LOCAL":
        return machine.is_local(address)
    return not machine.is_local(address) if wanted == "UNICAST" else None


def _in_range(value: str, address: str) -> bool:
    return any(contains(cidr, address) for cidr in value.split(",") if (":" in cidr) == (":" in address))


_QUESTIONS: dict[tuple[str, str], Question] = {
    ("-s", "-s"): lambda value, packet, _: _in_range(value, packet.src),
    ("-d", "-d"): lambda value, packet, _: _in_range(value, packet.dst),
    ("-i", "-i"): lambda value, packet, _: _interface(value, packet.iif),
    ("-o", "-o"): _out,
    ("-p", "-p"): _protocol,
    ("mark", "mark"): _mark,
    ("conntrack", "ctstate"): _state,
    ("state", "state"): _state,
    ("addrtype", "dst-type"): lambda value, packet, machine: _type_of(packet.dst, value, machine),
    ("addrtype", "src-type"): lambda value, packet, machine: _type_of(packet.src, value, machine),
    ("multiport", "dports"): _dport,
    ("multiport", "sports"): _sport,
    ("multiport", "ports"): lambda value, packet, _: port_in(value, packet.dport) or port_in(value, packet.sport),
    ("nfacct", "nfacct-name"): lambda *_: True,
}
for _name in ("tcp", "udp", "sctp", "udplite", "dccp"):
    _QUESTIONS[_name, "dport"] = _dport
    _QUESTIONS[_name, "sport"] = _sport


def _statistic(match: Match, _packet: Packet, _machine: Machine) -> Answer:
    """A share of the packets, at random or one in every so many."""
    options = match.options
    try:
        if options.get("mode") == "random" and "probability" in options:
            chance = as_fraction(options["probability"])
        elif options.get("mode") == "nth" and "every" in options:
            chance = Fraction(1, int(options["every"]))
        else:
            return None
    except (ValueError, ZeroDivisionError):
        return None
    return 1 - chance if match.negated else chance


def as_fraction(text: str) -> Fraction:
    """The probability that was meant: the kernel keeps 31 bits of it, kube-proxy writes ten digits, of 1/n.

    Raises
    ------
    ValueError
        `text` is no number from 0 to 1.

    Examples
    --------
    >>> as_fraction("0.33333333349"), as_fraction("0.3333333333"), as_fraction("0.25")
    (Fraction(1, 3), Fraction(1, 3), Fraction(1, 4))
    """
    exact = Fraction(text)
    if not 0 <= exact <= 1:
        raise ValueError(f"{text} is no probability")
    near = Fraction(1, round(1 / exact)) if exact else exact
    return near if abs(near - exact) < Fraction(1, 10**9) else exact


def _recent(match: Match, packet: Packet, machine: Machine) -> Answer:
    """Whether the source was seen: ``--rcheck`` and ``--update`` ask, ``--set`` only remembers."""
    options = match.options
    if "set" in options:
        return True
    if not ("rcheck" in options or "update" in options) or "hitcount" in options or "rdest" in options:
        return None
    age = machine.recent.get(options.get("name", "DEFAULT"), {}).get(packet.src)
    seen = age is not None and age <= float(options.get("seconds", "inf"))
    return seen != bool(match.negated)


def _set(match: Match, packet: Packet, machine: Machine) -> Answer:
    """Whether the packet's parts are an entry: ``--match-set NAME dst,dst`` asks for the address and the port."""
    name, _space, fields = match.options.get("match-set", "").partition(" ")
    entries = machine.ip_sets.get(name)
    if entries is None or set(match.options) != {"match-set"}:
        return None
    found = any(_is_entry(entry, fields.split(","), packet) for entry in entries)
    return found != bool(match.negated)


def _is_entry(entry: str, fields: Sequence[str], packet: Packet) -> bool:
    addresses, ports = {"src": packet.src, "dst": packet.dst}, {"src": packet.sport, "dst": packet.dport}
    parts = entry.split(",")
    if len(parts) == 1:
        return entry == str(ports[fields[0]]) if entry.isdigit() else contains(entry, addresses[fields[0]])
    port = f"{packet.protocol}:{ports[fields[1]]}"
    rest = all(_in_range(part, addresses[field]) for part, field in zip(parts[2:], fields[2:], strict=True))
    return _in_range(parts[0], addresses[fields[0]]) and parts[1] == port and rest


_MODULES: dict[str, Callable[[Match, Packet, Machine], Answer]] = {
    "statistic": _statistic,
    "recent": _recent,
    "set": _set,
}
