"""How Go reads and prints numbers and text: the wording inside many of Kubernetes' messages.

References
----------
Go's strconv (Quote, ParseInt) and encoding/json (Marshal)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)

_INTEGER = re.compile(r"([+-]?)([0-9]*)(.*)", re.DOTALL)
_DIGITS_OF_UINT64 = 20
_ESCAPES = {"\a": r"\a", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\v": r"\v"}
_ESCAPES |= {'"': r"\"", "\\": r"\\"}


class NumberError(ValueError):
    """Text that is not an integer, or one that needs more than 64 bits.

    Attributes
    ----------
    nearest
        What Go returns beside the error: 0, or the limit that was passed.
    """

    def __init__(self, text: str, problem: str, nearest: int) -> None:
        super().__init__(text, problem, nearest)
        self.text, self.problem, self.nearest = text, problem, nearest

    def __str__(self) -> str:
        return f"strconv.Atoi: parsing {quote(self.text)}: {self.problem}"


def parse_int(text: str) -> int:
    """The 64-bit integer that `text` is, with or without a sign.

    Raises
    ------
    NumberError
        In the words of Go's ``Atoi``. It reads digit by digit: a number that grows beyond 64 bits is out of range even
        if something that is no digit follows.
    """
    sign, digits, rest = _INTEGER.fullmatch(text).groups()  # type: ignore[union-attr]  # it matches every text
    limit = INT64_MIN if sign == "-" else INT64_MAX
    number = int(sign + digits[-_DIGITS_OF_UINT64:]) if digits else 0
    too_long = len(digits.lstrip("0")) > _DIGITS_OF_UINT64 or abs(number) >= 2**64
    if not too_long and (rest or not digits):
        raise NumberError(text, "invalid syntax", 0)
    if too_long or not INT64_MIN <= number <= INT64_MAX:
        raise NumberError(text, "value out of range", limit)
    return number


def quote(text: str) -> str:
    """`text` in double quotes, as ``%q`` prints it."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def quote_list(words: Iterable[str]) -> str:
    """Texts as Go's ``%q`` prints a slice of them."""
    return f"[{' '.join(map(quote, words))}]"


def marshal(value: object) -> str:
    """`value` as compact JSON, as Go writes it into a message."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
