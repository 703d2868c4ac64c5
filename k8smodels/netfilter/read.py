"""Reading the text of iptables-save, with or without counters.

References
----------
iptables-save(8); iptables/iptables-restore.c, libxtables/xtables.c
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from k8smodels.netfilter.rule import Match, Rule
from k8smodels.netfilter.tables import BUILT_IN, Chain, DumpError, Tables, check, refuse_too_long

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_COUNTERS = re.compile(r"\[\d+:\d+\] ?")
_CHAIN_LINE = re.compile(r":(\S+) (\S+)(?: \[\d+:\d+\])?\s*$")
_LONG = {
    "--source": "-s", "--src": "-s", "--destination": "-d", "--dst": "-d", "--protocol": "-p",
    "--in-interface": "-i", "--out-interface": "-o", "--jump": "-j", "--goto": "-g", "--match": "-m",
    "--append": "-A",
}  # fmt: skip
_BUILT_IN_FLAGS = frozenset({"-s", "-d", "-p", "-i", "-o", "-f"})
_QUOTED = "\0"
"""Put before a token that was quoted: it is a value, whatever it looks like."""

EXTENSIONS = frozenset(
    "ACCEPT DROP REJECT RETURN QUEUE NFQUEUE DNAT SNAT MASQUERADE REDIRECT NETMAP MARK CONNMARK CONNSECMARK SECMARK LOG"
    " NFLOG ULOG TRACE CT NOTRACK TPROXY TEE TTL HL TOS DSCP ECN TCPMSS TCPOPTSTRIP CHECKSUM CLASSIFY SET RATEEST"
    " AUDIT IDLETIMER LED SYNPROXY HMARK CLUSTERIP DNPT SNPT".split()
)
"""Targets that are no chains."""


def read_tables(text: str) -> Tables:
    r"""The ruleset that a dump describes.

    Raises
    ------
    DumpError
        A line that is no part of a dump, a table that is cut off, a jump to a chain that does not exist, a loop; the
        message names the line.

    Examples
    --------
    >>> tables = read_tables("*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -s 10.0.0.0/8 -j DROP\nCOMMIT\n")
    >>> tables.chain("filter", "INPUT").rules[0].target
    'DROP'
    """
    refuse_too_long(text)
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        reader.read(number, line.strip())
    return reader.tables()


class _Reader:
    """The dump so far: tables that are whole, and the one that is being read."""

    def __init__(self) -> None:
        self.done: dict[str, dict[str, Chain]] = {}
        self.table = ""
        self.opened = 0
        self.policies: dict[str, str] = {}
        self.rules: dict[str, list[Rule]] = {}

    def read(self, number: int, line: str) -> None:
        if not line or line[0] == "#":
            return
        if line[0] == "*":
            self._open(number, line[1:])
        elif not self.table:
            raise DumpError(number, f"{_clip(line)}: outside of a table; a table begins with a line such as *nat")
        elif line[0] == ":":
            self._declare(number, line)
        elif line == "COMMIT":
            self._commit()
        else:
            self._add(number, line)

    def tables(self) -> Tables:
        if self.table:
            raise DumpError(self.opened, f"*{self.table}: the dump is cut off, the table has no COMMIT")
        if not self.done:
            raise DumpError(0, "no table; give the output of iptables-save")
        check(self.done)
        return Tables(self.done)

    def _open(self, number: int, name: str) -> None:
        if self.table:
            raise DumpError(number, f"*{name}: the table {self.table} of line {self.opened} has no COMMIT")
        if name not in BUILT_IN:
            raise DumpError(number, f"*{_clip(name)}: unknown table; there are {', '.join(BUILT_IN)}")
        if name in self.done:
            raise DumpError(number, f"*{name}: the table was given before")
        self.table, self.opened, self.policies = name, number, {}
        self.rules = {chain: [] for chain in BUILT_IN[name]}

    def _declare(self, number: int, line: str) -> None:
        found = _CHAIN_LINE.match(line)
        if not found:
            raise DumpError(number, f"{_clip(line)}: a chain is written as :NAME POLICY [packets:bytes]")
        name, policy = found.groups()
        if name in self.policies:
            raise DumpError(number, f":{name}: the chain was given before")
        self.policies[name], self.rules[name] = "" if policy == "-" else policy, []

    def _add(self, number: int, line: str) -> None:
        tokens = [_LONG.get(token, token) for token in _tokens(number, _COUNTERS.sub("", line, count=1))]
        if len(tokens) < 2 or tokens[0] != "-A":
            raise DumpError(number, f"{_clip(line)}: a rule is written as -A CHAIN ...")
        chain = tokens[1]
        if chain not in self.rules:
            raise DumpError(number, f"-A {_clip(chain)}: the chain is not declared by a line :{_clip(chain)}")
        rules = self.rules[chain]
        rules.append(_rule(chain, len(rules) + 1, line[line.index("-A") :], tokens[2:], number))

    def _commit(self) -> None:
        built_in = BUILT_IN[self.table]
        for rules in self.rules.values():
            for rule in rules:
                if rule.target and rule.target not in self.rules and rule.target not in EXTENSIONS:
                    raise DumpError(
                        rule.line, f"-j {_clip(rule.target)}: no chain of the table {self.table}, and no known target"
                    )
        self.done[self.table] = {
            name: Chain(name, (self.policies.get(name) or "ACCEPT") if name in built_in else "", tuple(rules))
            for name, rules in self.rules.items()
        }
        self.table = ""


def _clip(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[:limit]}..."


def _tokens(number: int, line: str) -> list[str]:
    if '"' not in line:
        return line.split()
    if line.replace('\\"', "").count('"') % 2:
        raise DumpError(number, f"{_clip(line)}: a quotation mark is missing; is the line cut off?")
    return [plain or _QUOTED + quoted for quoted, plain in _TOKEN.findall(line)]


def _rule(chain: str, position: int, text: str, tokens: Sequence[str], number: int) -> Rule:
    """Options belong to the module named last, and to the target from ``-j`` on."""
    matches: list[Match] = []
    comment, target, is_goto, module = "", "", False, ""
    target_options: Mapping[str, str] = {}
    i = 0
    while i < len(tokens):
        negated = tokens[i] == "!"
        i += negated
        values, after = _values(tokens, i, number, text)
        flag, value = tokens[i], " ".join(values)
        if flag in ("-j", "-g"):
            target, is_goto = _one(values, flag, number), flag == "-g"
            target_options = _target_options(tokens[i + 2 :], number, text)
            break
        if flag == "-m":
            module = _one(values, flag, number)
        elif flag == "--comment":
            comment = value
        elif flag in _BUILT_IN_FLAGS:
            matches.append(Match(flag, {flag: value}, frozenset({flag} if negated else ())))
            module = value if flag == "-p" else module
        else:
            _add_option(matches, module, flag[2:], value, negated)
        i = after
    return Rule(chain, position, text, tuple(matches), target, target_options, comment, is_goto, number)


def _values(tokens: Sequence[str], i: int, number: int, text: str) -> tuple[list[str], int]:
    """What follows an option, up to the next one."""
    if i >= len(tokens) or not tokens[i].startswith("-"):
        raise DumpError(number, f"{_clip(text)}: an option such as -s or --dport was expected")
    after = i + 1
    while after < len(tokens) and not _is_option(tokens[after]):
        after += 1
    return [token.removeprefix(_QUOTED) for token in tokens[i + 1 : after]], after


def _is_option(word: str) -> bool:
    return word == "!" or (word.startswith("-") and not word[1:2].isdigit())


def _one(values: Sequence[str], flag: str, number: int) -> str:
    if len(values) != 1:
        raise DumpError(number, f"{flag} needs one name; is the line cut off?")
    return values[0]


def _add_option(matches: list[Match], module: str, name: str, value: str, negated: bool) -> None:
    """Options of one module that stand together are one question."""
    last = matches[-1] if matches else None
    if last and last.module == module and name not in last.options:
        joined = last.negated | {name} if negated else last.negated
        matches[-1] = Match(module, {**last.options, name: value}, joined)
    else:
        matches.append(Match(module, {name: value}, frozenset({name} if negated else ())))


def _target_options(tokens: Sequence[str], number: int, text: str) -> Mapping[str, str]:
    options, i = {}, 0
    while i < len(tokens):
        values, after = _values(tokens, i, number, text)
        options[tokens[i].lstrip("-")] = " ".join(values)
        i = after
    return options
