"""What a rule of nftables asks and does, word by word.

A rule is read from left to right: as long as what it asks holds, what it does is done. Words that are not modelled end
the reading; the walk then says so and goes on both ways.

References
----------
nft(8)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from k8smodels.netfilter.addresses import contains, split_port
from k8smodels.netfilter.matching import port_in
from k8smodels.netfilter.nft.read import element
from k8smodels.netfilter.nft.ruleset import Collection, Key, NftRule, NftTable
from k8smodels.netfilter.packet import Machine, Packet


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome of a rule.

    Attributes
    ----------
    verdict
        ``no match``; ``continue``: it matched, and the next rule follows; ``accept``, ``drop``, ``reject``, ``return``;
        ``jump`` and ``goto`` with `target`; or ``unknown``.
    remembers
        A set into which the source address was put.
    elements
        What was found in sets (the packet's key) and maps (with the value), and what the dice gave.
    refused_by
        The question that was answered with no.
    """

    probability: Fraction
    packet: Packet
    verdict: str
    target: str = ""
    remembers: str = ""
    elements: tuple[str, ...] = ()
    refused_by: str = ""


def run(rule: NftRule, table: NftTable, packet: Packet, machine: Machine) -> Iterator[Result]:
    """The outcomes of a rule for a packet; several only if it throws dice."""
    try:
        yield from list(_Run(table, machine).words(rule.words, _Now(packet)))
    except (LookupError, ValueError):
        yield _Now(packet).end("unknown")


@dataclass(frozen=True, slots=True)
class _Now:
    packet: Packet
    probability: Fraction = Fraction(1)
    remembers: str = ""
    elements: tuple[str, ...] = ()

    def end(self, verdict: str, target: str = "") -> Result:
        return Result(self.probability, self.packet, verdict, target, self.remembers, self.elements)

    def refused(self, question: Sequence[str]) -> Result:
        found = self.remembers, self.elements, " ".join(question)
        return Result(self.probability, self.packet, "no match", "", *found)

    def found(self, key: str, value: str = "") -> _Now:
        return replace(self, elements=(*self.elements, f"{key} : {value}" if value else key))


class _Run:
    def __init__(self, table: NftTable, machine: Machine) -> None:
        self.table, self.machine = table, machine

    def words(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """Read on from here."""
        if not words or words[0] == "comment":
            yield now.end("continue")
        elif words[0] in _SKIPPED:
            yield from self.words(words[_counter_length(words) :], now)
        elif words[0] in ("accept", "drop", "return", "reject"):
            yield now.end(words[0])
        elif words[0] in ("jump", "goto"):
            yield now.end(words[0], words[1])
        elif words[0] == "numgen":
            yield from self._dice(words, now)
        elif words[0] in _DOERS:
            yield from _DOERS[words[0]](self, words, now)
        elif _sets_mark(words):
            yield from self._set_mark(words, now)
        else:
            yield from self._ask(words, now)

    def _ask(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """A selector, or several joined by dots; then a set, a map, a value, or a list of values."""
        key, rest = self._selectors(words, now.packet)
        if rest[0] == "vmap":
            yield from self._verdict_map(key, rest, now, words)
            return
        holds, after = self._compare(key, rest)
        if not holds:
            yield now.refused(words[: len(words) - len(after)])
            return
        yield from self.words(after, now.found(" . ".join(key)) if rest[0].startswith("@") else now)

    def _selectors(self, words: Sequence[str], packet: Packet) -> tuple[Key, Sequence[str]]:
        key: list[str] = []
        while True:
            length, value = self._selector(words, packet)
            key.append(value)
            words = words[length:]
            if not words or words[0] != ".":
                return tuple(key), words
            words = words[1:]

    def _selector(self, words: Sequence[str], packet: Packet) -> tuple[int, str]:
        """How many words a selector takes, and what the packet has there."""
        for length in (4, 3, 2, 1):
            question = _SELECTORS.get(" ".join(words[:length]))
            if question is not None:
                return length, question(packet, self.machine)
        raise LookupError(words[0])

    def _compare(self, key: Key, words: Sequence[str]) -> tuple[bool, Sequence[str]]:
        if words[0] in ("&", "and"):
            masked = str(int(key[0], 0) & int(words[1], 0))
            return self._compare((masked,), words[2:])
        negated = words[0] == "!="
        words = words[1:] if words[0] in ("!=", "==") else words
        if words[0].startswith("@"):
            found = self._collection(words[0]).find(key) is not None
            return found != negated, words[1:]
        values, after = _values(words)
        return any(_same(value, key) for value in values) != negated, after

    def _collection(self, word: str) -> Collection:
        """A set that rules fill as packets come: the clients that a list of the machine remembers."""
        name = word[1:]
        remembered = self.machine.recent.get(name)
        if remembered is not None:
            return Collection(name, {(address,): "" for address in remembered})
        return self.table.collections[name]

    def _verdict_map(self, key: Key, words: Sequence[str], now: _Now, question: Sequence[str]) -> Iterator[Result]:
        if words[1].startswith("@"):
            verdict = self._collection(words[1]).find(key)
        else:
            entries = dict(element(entry.split()) for entry in _values(words[1:])[0])
            verdict = entries.get(key)
        if verdict is None:
            yield now.refused(question)
        else:
            yield from self.words(verdict.split(), now.found(" . ".join(key), verdict))

    def _dice(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """``numgen random mod 3 vmap { 0 : goto a, 1 : goto b, 2 : goto c }``."""
        if words[1] != "random" or words[2] != "mod" or words[4] != "vmap":
            yield now.end("unknown")
            return
        count = int(words[3])
        entries = dict(element(entry.split()) for entry in _values(words[5:])[0])
        thrown = replace(now, probability=now.probability / count)
        for number in range(count):
            verdict = entries.get((str(number),))
            if verdict:
                yield from self.words(verdict.split(), thrown.found(str(number), verdict))
            else:
                yield thrown.end("no match")

    def _set_mark(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """``meta mark set meta mark | 0x4000``, also written ``mark set mark or 0x4000``."""
        rest = [word for word in words[words.index("set") + 1 :] if word != "meta"]
        mark, used = now.packet.mark, 1
        if rest[0] == "mark":
            bits, used = int(rest[2], 0), 3
            mark = {"|": mark | bits, "or": mark | bits, "^": mark ^ bits, "xor": mark ^ bits}.get(rest[1], mark & bits)
        else:
            mark = int(rest[0], 0)
        after = rest[used:]
        yield from self.words(after, replace(now, packet=replace(now.packet, mark=mark)))

    def _masquerade(self, _: Sequence[str], now: _Now) -> Iterator[Result]:
        yield replace(now, packet=replace(now.packet, snat="masquerade")).end("accept")

    def _dnat(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """To one address, or by dice to one of a map."""
        target = words[words.index("to") + 1 :]
        if target[0] != "numgen":
            address, port = split_port(target[0])
            yield replace(now, packet=now.packet.to(address or now.packet.dst, port)).end("accept")
            return
        if target[1] != "random" or target[4] != "map":
            yield now.end("unknown")
            return
        count = int(target[3])
        for entry in _values(target[5:])[0]:
            (thrown,), value = element(entry.split())
            address, _, number = value.partition(" . ")
            packet = now.packet.to(address, int(number or 0))
            yield replace(now, packet=packet, probability=now.probability / count).found(thrown, value).end("accept")

    def _update(self, words: Sequence[str], now: _Now) -> Iterator[Result]:
        """``update @set { ip saddr }``: the source is remembered."""
        after = words[words.index("}") + 1 :]
        yield from self.words(after, replace(now, remembers=words[1].removeprefix("@")))


_SKIPPED = ("counter", "log", "notrack")


def _counter_length(words: Sequence[str]) -> int:
    if words[0] != "counter" or len(words) < 2:
        return 1
    return {"packets": 5, "name": 3}.get(words[1], 1)


def _sets_mark(words: Sequence[str]) -> bool:
    return list(words[:2]) == ["mark", "set"] or list(words[:3]) == ["meta", "mark", "set"]


def _values(words: Sequence[str]) -> tuple[list[str], Sequence[str]]:
    """A value, values after commas, or a list in braces; and what follows."""
    if words[0] != "{":
        end = 1
        while end < len(words) and words[end] == ",":
            end += 2
        return [word for word in words[:end] if word != ","], words[end:]
    close = list(words).index("}")
    found: list[list[str]] = [[]]
    for word in words[1:close]:
        if word == ",":
            found.append([])
        else:
            found[-1].append(word)
    return [" ".join(entry) for entry in found if entry], words[close + 1 :]


def _same(value: str, key: Key) -> bool:
    """Whether a written value is what the packet has."""
    parts = value.split(" . ")
    return len(parts) == len(key) and all(map(_part_is, parts, key))


def _part_is(value: str, part: str) -> bool:
    value = value.strip('"')
    if value.endswith("*"):
        return part.startswith(value[:-1])
    if "/" in value:
        return (":" in value) == (":" in part) and contains(value, part)
    if part.isdigit() and value[:1].isdigit():
        return port_in(value.replace("-", ":"), int(part)) if "x" not in value else int(value, 0) == int(part)
    return value == part


def _type_of(address: str, machine: Machine) -> str:
    if not machine.knows(address):
        raise LookupError(address)
    return "local" if machine.is_local(address) else "unicast"


_SELECTORS: Mapping[str, Callable[[Packet, Machine], str]] = {
    "ip saddr": lambda packet, _: packet.src,
    "ip daddr": lambda packet, _: packet.dst,
    "ip6 saddr": lambda packet, _: packet.src,
    "ip6 daddr": lambda packet, _: packet.dst,
    "meta l4proto": lambda packet, _: packet.protocol,
    "ip protocol": lambda packet, _: packet.protocol,
    "th dport": lambda packet, _: str(packet.dport),
    "th sport": lambda packet, _: str(packet.sport),
    "iifname": lambda packet, _: packet.iif,
    "meta iifname": lambda packet, _: packet.iif,
    "meta mark": lambda packet, _: str(packet.mark),
    "mark": lambda packet, _: str(packet.mark),
    "ct state": lambda packet, _: packet.state.lower(),
    "ct status": lambda packet, _: "dnat" if packet.dnat else "snat" if packet.snat else "",
    "fib daddr type": lambda packet, machine: _type_of(packet.dst, machine),
    "fib saddr type": lambda packet, machine: _type_of(packet.src, machine),
}

_DOERS: Mapping[str, Callable[[_Run, Sequence[str], _Now], Iterator[Result]]] = {
    "masquerade": _Run._masquerade,  # noqa: SLF001 - the table of the class's own methods
    "dnat": _Run._dnat,  # noqa: SLF001
    "update": _Run._update,  # noqa: SLF001
    "add": _Run._update,  # noqa: SLF001
}
