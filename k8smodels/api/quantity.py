"""Amounts of resources as the API writes them: ``500m``, ``1.5``, ``8Gi``, ``12e6``.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/resource: quantity.go, amount.go, suffix.go (v1.37)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Format = Literal["DecimalSI", "BinarySI", "DecimalExponent"]
"""The family of suffixes a quantity was written with, and is written with again."""

_NANOS = 10**9
_MILLI_NANOS = 10**6
_LARGEST_BINARY = (2**63 - 1) * _NANOS
_LONGEST = 1000

_DECIMAL = ("n", "u", "m", "", "k", "M", "G", "T", "P", "E")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_SUFFIXES: dict[str, tuple[Format, int]] = {
    **{suffix: ("DecimalSI", 3 * i - 9) for i, suffix in enumerate(_DECIMAL)},
    **{suffix: ("BinarySI", 10 * i) for i, suffix in enumerate(_BINARY) if suffix},
}
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")
_GRAMMAR = re.compile(r"[+-]?([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)")

_WRONG_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_WRONG_NUMBER = "unable to parse numeric part of quantity"
_WRONG_SUFFIX = "unable to parse quantity's suffix"


class QuantityError(ValueError):
    """Text that is not a quantity. Its message is the API server's."""


@dataclass(frozen=True, order=True, slots=True, repr=False)
class Quantity:
    """An exact amount, and the format in which to write it.

    Quantities compare, and hash, by their amount alone: ``1024Mi`` equals ``1Gi``. The sum or difference of two keeps
    the format of the first, unless that is zero.

    Attributes
    ----------
    nanos
        The amount in billionths, the finest that Kubernetes keeps.
    format
        The family of suffixes.

    Notes
    -----
    Two things differ from Kubernetes. A text or an exponent beyond 1000 is refused (the real code takes minutes to
    print ``1e99999999``). A decimal amount of 1e21 or more, or a binary one of 1024Ei or more, is written with its
    largest suffix (``1000E``), where the real code drops the suffix and with it the magnitude.
    """

    nanos: int
    format: Format = field(default="DecimalSI", compare=False)
    _text: str | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """The quantity that `text` stands for; whatever is finer than a billionth is rounded away from zero.

        Raises
        ------
        QuantityError
            `text` is no quantity.

        Examples
        --------
        >>> str(Quantity.parse("1.5")), str(Quantity.parse("1.5Gi"))
        ('1500m', '1536Mi')
        """
        return _parse(text)

    @classmethod
    def from_value(cls, value: int, style: Format = "DecimalSI") -> Quantity:
        """`value` whole units, such as bytes or CPUs."""
        return cls(value * _NANOS, style)

    @classmethod
    def from_milli(cls, value: int, style: Format = "DecimalSI") -> Quantity:
        """`value` thousandths of a unit."""
        return cls(value * _MILLI_NANOS, style)

    def value(self) -> int:
        """The amount in whole units, rounded away from zero: ``100m`` counts as 1."""
        return _divide_away_from_zero(self.nanos, _NANOS)

    def milli_value(self) -> int:
        """The amount in thousandths, rounded away from zero."""
        return _divide_away_from_zero(self.nanos, _MILLI_NANOS)

    @property
    def sign(self) -> int:
        """-1, 0 or 1."""
        return (self.nanos > 0) - (self.nanos < 0)

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.nanos + other.nanos, self.format if self.nanos else other.format)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.nanos - other.nanos, self.format if self.nanos else other.format)

    def __mul__(self, times: int) -> Quantity:
        return Quantity(self.nanos * times, self.format)

    def __neg__(self) -> Quantity:
        return Quantity(-self.nanos, self.format)

    def __str__(self) -> str:
        return self._text if self._text is not None else _canonical(self.nanos, self.format)

    def __repr__(self) -> str:
        return f"Quantity.parse({str(self)!r})"


def _canonical(nanos: int, style: Format) -> str:
    """The shortest whole number with the largest suffix that loses nothing."""
    if nanos == 0:
        return "0"
    if style == "BinarySI" and abs(nanos) >= 1024 * _NANOS and nanos % _NANOS == 0:
        number, power = _strip(nanos // _NANOS, 1024, len(_BINARY) - 1)
        return f"{number}{_BINARY[power]}"
    if style == "DecimalExponent":
        number, power = _strip(nanos, 1000, _LONGEST)
        return f"{number}e{3 * power - 9}" if power != 3 else str(number)
    number, power = _strip(nanos, 1000, len(_DECIMAL) - 1)
    return f"{number}{_DECIMAL[power]}"


def _strip(number: int, factor: int, most: int) -> tuple[int, int]:
    """`number` without its factors of `factor`, and how many there were, at most `most`."""
    power = 0
    while power < most and number % factor == 0:
        number //= factor
        power += 1
    return number, power


def _divide_away_from_zero(number: int, divisor: int) -> int:
    return -(-number // divisor) if number >= 0 else number // divisor


@lru_cache(maxsize=65_536)
def _parse(text: str) -> Quantity:
    if len(text) > _LONGEST:
        raise QuantityError(_WRONG_NUMBER)
    match = _GRAMMAR.fullmatch(text)
    if match is None or not text:
        raise QuantityError(_WRONG_FORM)
    whole, fraction, suffix = match.group(1), match.group(2) or "", match.group(3)
    style, exponent = _interpret(suffix)
    digits = (whole.lstrip("0") or "0") + fraction
    small = _fits_int64(style, len(digits), len(fraction), exponent)
    if not (small or whole or fraction) or (exponent > _LONGEST and digits.strip("0")):
        raise QuantityError(_WRONG_NUMBER)
    nanos = _in_nanos(int(digits), len(fraction), style, exponent) if digits.strip("0") else 0
    if style == "BinarySI":
        nanos = min(nanos, _LARGEST_BINARY)
        if 0 < nanos < _NANOS:
            style = "DecimalSI"
    kept = text if small and _counts_as_canonical(style, digits, exponent - len(fraction)) else None
    return Quantity(-nanos if text[0] == "-" else nanos, style, kept)


def _interpret(suffix: str) -> tuple[Format, int]:
    """The format of a suffix and its power, of 2 if the format is binary, else of 10."""
    known = _SUFFIXES.get(suffix)
    if known is not None:
        return known
    match = _EXPONENT.fullmatch(suffix)
    if match is None or not -(2**63) <= int(match.group(1)) < 2**63:
        raise QuantityError(_WRONG_SUFFIX)
    # Nothing this small is told apart: it is rounded up to a billionth.
    return "DecimalExponent", max(int(match.group(1)), -2 * _LONGEST)


def _in_nanos(number: int, places: int, style: Format, exponent: int) -> int:
    """``number / 10**places`` times the suffix, in billionths, rounded up."""
    if style == "BinarySI":
        number, shift = number << exponent, 9 - places
    else:
        shift = exponent + 9 - places
    power: int = 10 ** abs(shift)
    return number * power if shift >= 0 else _divide_away_from_zero(number, power)


def _fits_int64(style: Format, digits: int, places: int, exponent: int) -> bool:
    """Whether the real code keeps the number in 64 bits rather than as a decimal of any size."""
    if style == "BinarySI":
        return places == 0 and digits + exponent * 3 // 10 <= 14
    return digits <= 18 and exponent - places >= -9


def _counts_as_canonical(style: Format, digits: str, exponent: int) -> bool:
    """Whether the real code, to save work, keeps such a text instead of writing the number anew.

    It looks at the digits only. So ``007``, ``+1`` and ``5.391`` stay as they are, while ``1000`` becomes ``1k``.
    """
    if style == "BinarySI":
        return int(digits) % 8 != 0
    return exponent % 3 == 0 and not digits.endswith("000") and digits[0] != "0"
