"""Reading ``nft list ruleset``, and the commands ``add table``, ``add chain``, ``add rule`` ... that nft reads itself.

References
----------
nft(8); nftables src/parser_bison.y, src/scanner.l
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from k8smodels.netfilter.nft.check import check_jumps
from k8smodels.netfilter.nft.ruleset import Collection, Hook, Key, NftChain, NftRule, NftTable
from k8smodels.netfilter.tables import DumpError, refuse_too_long

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|#[^\n]*|[{};,\n]|[^\s{};,"]+|"')
_PRIORITIES = {"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100}
_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_IGNORED = ("quota", "counter", "limit", "ct", "flowtable", "synproxy", "secmark")
"""Named objects that have no say in where a packet goes."""


def read_nft(text: str) -> tuple[NftTable, ...]:
    """The tables that a text describes.

    Raises
    ------
    DumpError
        A brace that is not closed, a word that fits nowhere, a jump to a chain or a map that does not exist, a loop;
        the message names the line.
    """
    refuse_too_long(text)
    reader = _Reader(list(_words(text)))
    reader.read()
    tables = tuple(table.finish() for table in reader.tables.values())
    if not tables:
        raise DumpError(0, "no table; give the output of: nft list ruleset")
    for table in tables:
        check_jumps(table)
    return tables


@dataclass(slots=True)
class _Word:
    text: str
    line: int


def _words(text: str) -> Iterator[_Word]:
    line = 1
    for match in _WORD.finditer(text):
        word = match[0]
        if word == '"':
            raise DumpError(line, "a quotation mark is missing; is the text cut off?")
        if word[0] != "#":
            yield _Word(word, line)
        line += word == "\n"


@dataclass(slots=True)
class _Table:
    """A table that is being read."""

    family: str
    name: str
    hooks: dict[str, Hook | None] = field(default_factory=dict)
    rules: dict[str, list[NftRule]] = field(default_factory=dict)
    elements: dict[str, dict[Key, str]] = field(default_factory=dict)

    def add_rule(self, chain: str, words: Sequence[_Word]) -> None:
        texts = tuple(word.text for word in words)
        found = self.rules[chain]
        found.append(NftRule(chain, len(found) + 1, _text(texts), texts, words[0].line))

    def finish(self) -> NftTable:
        chains = {name: NftChain(name, tuple(rules), self.hooks[name]) for name, rules in self.rules.items()}
        collections = {name: Collection(name, elements) for name, elements in self.elements.items()}
        return NftTable(self.family, self.name, chains, collections)


def _text(words: Sequence[str]) -> str:
    return " ".join(words).replace(" ,", ",")


class _Reader:
    def __init__(self, words: list[_Word]) -> None:
        self.words, self.at = words, 0
        self.tables: dict[tuple[str, str], _Table] = {}

    def read(self) -> None:
        while self._skip_lines():
            word = self._next("")
            if word.text == "table":
                self._table_block()
            elif word.text in ("add", "create"):
                self._command()
            elif word.text == "flush":
                self._line()
            else:
                raise DumpError(word.line, f"{word.text[:40]}: a table or an add command was expected")

    def _skip_lines(self) -> bool:
        while self.at < len(self.words) and self.words[self.at].text in ("\n", ";"):
            self.at += 1
        return self.at < len(self.words)

    def _next(self, what: str) -> _Word:
        if self.at >= len(self.words):
            last = self.words[-1].line if self.words else 0
            raise DumpError(last, f"the text ends where {what or 'more'} was expected; is it cut off?")
        self.at += 1
        return self.words[self.at - 1]

    def _peek(self) -> str:
        return self.words[self.at].text if self.at < len(self.words) else ""

    def _line(self) -> list[_Word]:
        """The words up to the end of a statement; braces may hold further lines."""
        found: list[_Word] = []
        depth = 0
        while self.at < len(self.words):
            word = self.words[self.at]
            if depth == 0 and word.text in ("\n", ";", "}"):
                break
            depth += (word.text == "{") - (word.text == "}")
            found += [word] if word.text != "\n" else []
            self.at += 1
        if depth:
            raise DumpError(found[0].line, "a brace is not closed; is the text cut off?")
        return found

    def _table_of(self) -> _Table:
        word = self._next("the family of a table")
        family = word.text if word.text in _FAMILIES else "ip"
        name = self._next("the name of a table").text if word.text in _FAMILIES else word.text
        return self.tables.setdefault((family, name), _Table(family, name))

    def _table_block(self) -> None:
        table, start = self._table_of(), self.at
        self._expect("{")
        while self._skip_lines() and self._peek() != "}":
            word = self._next("")
            if word.text in ("chain", "set", "map"):
                name = self._next("a name").text
                self._expect("{")
                self._body(table, word.text, name)
            else:
                self._skip_property(word)
        if self.at >= len(self.words):
            raise DumpError(self.words[start].line, f"the table {table.name} is not closed; is the text cut off?")
        self._expect("}")

    def _skip_property(self, word: _Word) -> None:
        if word.text not in ("comment", "flags", "type", *_IGNORED):
            raise DumpError(word.line, f"{word.text[:40]}: a chain, a set or a map was expected")
        self._line()

    def _expect(self, text: str) -> None:
        word = self._next(text)
        if word.text != text:
            raise DumpError(word.line, f"{word.text[:40]}: {text} was expected")

    def _body(self, table: _Table, kind: str, name: str) -> None:
        """What stands in the braces of a chain, a set or a map."""
        self._declare(table, kind, name)
        while self._skip_lines() and self._peek() != "}":
            line = self._line()
            first = line[0].text
            if kind == "chain" and first == "type":
                table.hooks[name] = _hook(line)
            elif kind == "chain" and first == "policy" and table.hooks[name]:
                table.hooks[name] = _with_policy(table.hooks[name], line)
            elif kind == "chain" and not (first == "comment" and len(line) == 2):
                table.add_rule(name, line)
            elif kind != "chain" and first == "elements":
                table.elements[name] |= _elements(line[2:])
        self._expect("}")

    def _declare(self, table: _Table, kind: str, name: str) -> None:
        if kind == "chain":
            table.hooks.setdefault(name, None)
            table.rules.setdefault(name, [])
        else:
            table.elements.setdefault(name, {})

    def _command(self) -> None:
        kind = self._next("what to add")
        table = self._table_of()
        if kind.text == "table":
            self._line()
        elif kind.text in ("chain", "set", "map"):
            name = self._next("a name").text
            self._declare(table, kind.text, name)
            if self._peek() == "{":
                self._expect("{")
                self._body(table, kind.text, name)
        elif kind.text == "rule":
            chain, line = self._next("a chain"), self._line()
            if chain.text not in table.rules or not line:
                missing = "no chain" if chain.text not in table.rules else "no rule to add to"
                raise DumpError(chain.line, f"the table {table.name} has {missing} {chain.text[:60]}")
            table.add_rule(chain.text, line)
        elif kind.text == "element":
            name = self._next("a set or a map").text
            if name not in table.elements:
                raise DumpError(kind.line, f"the table {table.name} has no set or map {name}")
            table.elements[name] |= _elements(self._line())
        else:
            raise DumpError(kind.line, f"add {kind.text[:40]}: not known")


def _hook(line: Sequence[_Word]) -> Hook:
    """``type nat hook prerouting priority dstnat - 10``, with the policy if it stands on the same line."""
    words = [word.text for word in line]
    try:
        kind, name = words[1], words[words.index("hook") + 1]
        return Hook(kind, name, _priority(words[words.index("priority") + 1 :]))
    except (ValueError, IndexError):
        raise DumpError(line[0].line, f"{_text(words)[:60]}: a base chain has a type, a hook and a priority") from None


def _priority(words: Sequence[str]) -> int:
    """A number, a name, or a name with a number added: ``dstnat - 10``, also written ``dstnat-10``."""
    text = "".join(words)
    for name, value in _PRIORITIES.items():
        if text.startswith(name):
            return value + int(text.removeprefix(name) or 0)
    return int(text)


def _with_policy(hook: Hook | None, line: Sequence[_Word]) -> Hook | None:
    return hook and Hook(hook.kind, hook.name, hook.priority, line[-1].text)


def _elements(line: Sequence[_Word]) -> dict[Key, str]:
    """``{ key : value, key comment "..." : value }``."""
    if not line or line[0].text != "{":
        raise DumpError(line[0].line if line else 0, "elements stand in braces")
    found: dict[Key, str] = {}
    for words in _split([word.text for word in line[1:-1]], ","):
        if words:
            key, value = element(words)
            found[key] = value
    return found


def element(words: Sequence[str]) -> tuple[Key, str]:
    """An element's key and value, without comments, counters and times."""
    left, right = _split(words, ":") if ":" in words else (list(words), [])
    parts = [part[0] for part in _split(left, ".") if part]
    return tuple(parts), _text(right)


def _split(words: Sequence[str], separator: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for word in words:
        if word == separator:
            found.append([])
        else:
            found[-1].append(word)
    return found
