"""JSON as the programs of CNI read it: the messages of Go's ``encoding/json``, and a bound on what is read.

Names of fields are matched exactly here; Go also accepts another case (``"Type"``).

References
----------
Go's encoding/json (scanner.go, decode.go)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON

MOST_CHARACTERS = 1 << 20
"""What is read of one text; real configurations have a few hundred characters."""
DEEPEST = 200
"""How deep lists and objects may be nested. Go allows 10000."""

_SPACE = " \t\r\n"
_LITERALS = {"t": "true", "f": "false", "n": "null"}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_GO_TYPES = ((bool, "bool"), (int | float, "float64"), (str, "string"), (list, "[]interface {}"))
_KINDS = ((bool, "bool"), (int | float, "number"), (str, "string"), (list, "array"))


class JSONError(ValueError):
    """Text that is no JSON, in Go's words."""


def decode(text: str) -> JSON:
    """The value that `text` is.

    Raises
    ------
    JSONError
        It is no JSON, too long, or nested too deeply.
    """
    if len(text) > MOST_CHARACTERS:
        raise JSONError(f"longer than {MOST_CHARACTERS} characters")
    _Scanner(text.encode(errors="replace").decode("latin-1")).scan()
    return json.loads(text)


def decode_object(text: str, into: str = "map[string]interface {}") -> Mapping[str, JSON]:
    """The object that `text` is; ``null`` is an empty one. `into` is the Go type that is named in messages.

    Raises
    ------
    JSONError
        It is no JSON, or something else than an object.
    """
    value = decode(text)
    if value is not None and not isinstance(value, dict):
        raise JSONError(f"json: cannot unmarshal {kind(value)} into Go value of type {into}")
    return value or {}


def kind(value: JSON) -> str:
    """What Go's messages call a value: ``number``, ``array``."""
    return next((name for types, name in _KINDS if isinstance(value, types)), "object")


def go_type(value: JSON) -> str:
    """The type of a decoded value as ``%T`` prints it."""
    if value is None:
        return "<nil>"
    return next((name for types, name in _GO_TYPES if isinstance(value, types)), "map[string]interface {}")


def type_error(value: JSON, field: str, wanted: str) -> JSONError:
    """A value of the wrong type in a field, ``Struct.field``, that is read into the Go type `wanted`."""
    what = kind(value)
    # a number that the type cannot hold is shown
    shown = f" {value}" if what == "number" and wanted in ("int", "uint") else ""
    return JSONError(f"json: cannot unmarshal {what}{shown} into Go struct field {field} of type {wanted}")


class _Scanner:
    """Reads bytes, one a character, as Go's scanner does, and stops at the first that cannot be."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def scan(self) -> None:
        self.value(0)
        self.skip_space()
        if self.at < len(self.text):
            raise self.wrong("after top-level value")

    def peek(self) -> str:
        if self.at >= len(self.text):
            raise JSONError("unexpected end of JSON input")
        return self.text[self.at]

    def peek_inside(self) -> str:
        """The character here; inside a word, a number or an escape Go takes the end for a blank."""
        return self.text[self.at] if self.at < len(self.text) else " "

    def wrong(self, context: str) -> JSONError:
        char = self.peek_inside()
        shown = r"'\''" if char == "'" else "'\"'" if char == '"' else f"'{quote(char)[1:-1]}'"
        return JSONError(f"invalid character {shown} {context}")

    def skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _SPACE:
            self.at += 1

    def value(self, depth: int) -> None:
        if depth > DEEPEST:
            raise JSONError("exceeded max depth")
        self.skip_space()
        char = self.peek()
        if char == "{":
            self.items(depth, "}", "after object key:value pair")
        elif char == "[":
            self.items(depth, "]", "after array element")
        elif char == '"':
            self.string()
        elif char in _LITERALS:
            self.literal(_LITERALS[char])
        elif char == "-" or char.isdigit():
            self.number()
        else:
            raise self.wrong("looking for beginning of value")

    def items(self, depth: int, end: str, after: str) -> None:
        """The rest of an object or a list, whose first character is here."""
        self.at += 1
        self.skip_space()
        if self.peek() == end:
            self.at += 1
            return
        while True:
            if end == "}":
                self.key()
            self.value(depth + 1)
            self.skip_space()
            char = self.peek()
            if char not in ("," + end):
                raise self.wrong(after)
            self.at += 1
            if char == end:
                return

    def key(self) -> None:
        self.skip_space()
        if self.peek() != '"':
            raise self.wrong("looking for beginning of object key string")
        self.string()
        self.skip_space()
        if self.peek() != ":":
            raise self.wrong("after object key")
        self.at += 1

    def string(self) -> None:
        self.at += 1
        while (char := self.peek()) != '"':
            if char < " ":
                raise self.wrong("in string literal")
            self.at += 1
            if char == "\\":
                self.escape()
        self.at += 1

    def escape(self) -> None:
        char = self.peek_inside()
        if char not in 'bfnrt\\/"u':
            raise self.wrong("in string escape code")
        self.at += 1
        for _ in range(4 if char == "u" else 0):
            if self.peek_inside() not in "0123456789abcdefABCDEF":
                raise self.wrong(r"in \u hexadecimal character escape")
            self.at += 1

    def literal(self, word: str) -> None:
        for char in word:
            if self.peek_inside() != char:
                raise self.wrong(f"in literal {word} (expecting '{char}')")
            self.at += 1

    def number(self) -> None:
        found = _NUMBER.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1
        if not found:
            raise self.wrong("in numeric literal")
        mark = self.peek_inside()
        if mark == "." and not set(".eE") & set(found[0]):
            self.at += 1
            raise self.wrong("after decimal point in numeric literal")
        if mark in "eE" and not set("eE") & set(found[0]):
            self.at += 1
            self.at += self.peek_inside() in "+-"
            raise self.wrong("in exponent of numeric literal")
