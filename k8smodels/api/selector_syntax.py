"""Label selectors as text: ``app=web,tier in (front,back),!canary``.

References
----------
staging/src/k8s.io/apimachinery/pkg/labels/selector.go: Lexer, Parser (v1.37)
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from k8smodels.api.gotext import quote
from k8smodels.api.label_syntax import label_key_problems
from k8smodels.api.selectors import Operator, Requirement, Selector, SelectorError, requirement, selector_of

_TOKEN = re.compile(r"[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^=!(),<> \t\r\n]+))")
_OPERATORS: dict[str, Operator] = {
    "in": "in",
    "=": "=",
    "==": "==",
    ">": "gt",
    "<": "lt",
    "notin": "notin",
    "!=": "!=",
}
_WORD = "identifier"
_END = "end of string"


class _Token(NamedTuple):
    """A symbol or keyword, whose kind is its own text, or a word, or the end, whose text is empty."""

    kind: str
    text: str


class _Tokens:
    """The tokens of a selector and the place reached in them."""

    def __init__(self, text: str) -> None:
        self._left = _scan(text)

    def peek(self) -> _Token:
        """The next token, ``in`` and ``notin`` being words: they may be keys and values."""
        token = self._left[-1]
        return _Token(_WORD, token.text) if token.kind in ("in", "notin") else token

    def take(self) -> _Token:
        """The next token as `peek` shows it; then go on."""
        token = self.peek()
        self._left.pop()
        return token

    def take_operator(self) -> _Token:
        """The next token, ``in`` and ``notin`` being operators; then go on."""
        return self._left.pop()


@lru_cache(maxsize=4096)
def parse_selector(text: str) -> Selector:
    """The selector that `text` stands for, as after ``kubectl get -l``. Empty text selects everything.

    Raises
    ------
    SelectorError
        `text` is no selector; in the words of ``kubectl``.

    Examples
    --------
    >>> str(parse_selector("tier in (front, back), app = web"))
    'app=web,tier in (back,front)'
    """
    tokens = _Tokens(text)
    requirements: list[Requirement] = []
    while tokens.peek().kind != _END:
        if tokens.peek().kind not in (_WORD, "!"):
            raise _found(tokens.peek(), ", expected: !, identifier, or 'end of string'")
        try:
            requirements.append(_parse_requirement(tokens))
        except SelectorError as error:
            raise SelectorError(f"unable to parse requirement: {error}") from None
        if tokens.peek().kind == _END:
            break
        separator = tokens.take()
        if separator.kind != ",":
            raise _found(separator, ", expected: ',' or 'end of string'")
        if tokens.peek().kind not in (_WORD, "!"):
            raise _found(tokens.peek(), ", expected: identifier after ','")
    return selector_of(requirements)


def _scan(text: str) -> list[_Token]:
    """The tokens of `text` with the end, last one first."""
    found = [match.groups() for match in _TOKEN.finditer(text)]
    tokens = [_Token(symbol, symbol) if symbol else _Token(_kind(word), word) for symbol, word in found]
    return [_Token(_END, ""), *reversed(tokens)]


def _kind(word: str) -> str:
    return word if word in ("in", "notin") else _WORD


def _parse_requirement(tokens: _Tokens) -> Requirement:
    absent = tokens.peek().kind == "!"
    if absent:
        tokens.take()
    key = tokens.take()
    if key.kind != _WORD:
        raise _found(key, ", expected: identifier")
    if wrong := label_key_problems(key.text):
        # The parser knows no field for the key, hence Go's <nil>.
        raise SelectorError(f"<nil>: Invalid value: {quote(key.text)}: {'; '.join(wrong)}")
    if absent:
        return requirement(key.text, "!")
    if tokens.peek().kind in (_END, ","):
        return requirement(key.text, "exists")
    symbol = tokens.take_operator()
    operator = _OPERATORS.get(symbol.kind)
    if operator is None:
        raise _found(symbol, ", expected: in, notin, =, ==, !=, gt, lt")
    values = _parse_values(tokens) if operator in ("in", "notin") else {_parse_value(tokens)}
    return requirement(key.text, operator, sorted(values))


def _parse_value(tokens: _Tokens) -> str:
    """The value after ``=`` and its like; nothing there is the empty value."""
    if tokens.peek().kind in (_END, ","):
        return ""
    value = tokens.take()
    if value.kind != _WORD:
        raise _found(value, ", expected: identifier")
    return value.text


def _parse_values(tokens: _Tokens) -> set[str]:
    """The values in parentheses; where one is missing it is the empty value, so ``()`` and ``(,a)`` hold it."""
    opening = tokens.take()
    if opening.kind != "(":
        raise _found(opening, " expected: '('")
    if tokens.peek().kind not in (_WORD, ",", ")"):
        raise _found(tokens.peek(), ", expected: ',', ')' or identifier")
    values = set()
    while True:
        values.add(_parse_listed(tokens))
        if tokens.take().kind == ")":
            return values


def _parse_listed(tokens: _Tokens) -> str:
    """One value of a list, perhaps empty; a comma or the closing parenthesis follows."""
    if tokens.peek().kind in (",", ")"):
        return ""
    value = tokens.take()
    if value.kind != _WORD:
        raise _found(value, ", expected: ',', or identifier")
    if tokens.peek().kind not in (",", ")"):
        raise _found(tokens.peek(), ", expected: ',' or ')'")
    return value.text


def _found(token: _Token, rest: str) -> SelectorError:
    return SelectorError(f"found '{token.text}'{rest}")
