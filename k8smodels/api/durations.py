"""Durations as Go reads and prints them: ``5m``, ``1m20s``, ``1.5s``.

References
----------
Go's time.ParseDuration and Duration.String
"""

from __future__ import annotations

import re
from fractions import Fraction

from k8smodels.api.gotext import INT64_MAX, quote

SECOND_NS = 1_000_000_000
"""Nanoseconds in a second."""

_UNITS_NS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": SECOND_NS}
_UNITS_NS |= {"m": 60 * SECOND_NS, "h": 3600 * SECOND_NS}
_PART = re.compile(r"([0-9]*)(\.?)([0-9]*)([^0-9.]*)")


class DurationError(ValueError):
    """Text that is no duration, in Go's words."""


def parse_duration(text: str) -> int:
    """Nanoseconds that `text` stands for.

    Raises
    ------
    DurationError
        Text of another form, an unknown unit, or more than 64 bits can hold.

    Examples
    --------
    >>> parse_duration("1m20s") // SECOND_NS
    80
    """
    sign, rest = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if rest == "0":
        return 0
    if not rest or len(rest) > 100:
        raise DurationError(f"time: invalid duration {quote(text[:100])}")
    total_ns = 0
    while rest:
        part = _PART.match(rest)
        whole, _, fraction, unit = part.groups()  # type: ignore[union-attr]  # it matches every text
        if not whole and not fraction:
            raise DurationError(f"time: invalid duration {quote(text)}")
        if not unit:
            raise DurationError(f"time: missing unit in duration {quote(text)}")
        if unit not in _UNITS_NS:
            raise DurationError(f"time: unknown unit {quote(unit)} in duration {quote(text)}")
        total_ns += int(Fraction(f"{whole or 0}.{fraction or 0}") * _UNITS_NS[unit])
        rest = rest[len(part[0]) :]  # type: ignore[index]
    if total_ns > INT64_MAX:
        raise DurationError(f"time: invalid duration {quote(text)}")
    return -total_ns if sign == "-" else total_ns


def format_duration(nanoseconds: int) -> str:
    """A duration as Go prints it.

    Examples
    --------
    >>> format_duration(300 * SECOND_NS), format_duration(1_500_000), format_duration(0)
    ('5m0s', '1.5ms', '0s')
    """
    sign, amount = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    if amount < SECOND_NS:
        unit = next((unit for unit in ("ms", "µs") if amount >= _UNITS_NS[unit]), "ns") if amount else "s"
        return sign + _decimal(amount, _UNITS_NS[unit]) + unit
    minutes, below_minute = divmod(amount, _UNITS_NS["m"])
    hours, minutes = divmod(minutes, 60)
    seconds = _decimal(below_minute, SECOND_NS) + "s"
    if hours:
        return f"{sign}{hours}h{minutes}m{seconds}"
    return f"{sign}{minutes}m{seconds}" if minutes else sign + seconds


def _decimal(amount_ns: int, unit_ns: int) -> str:
    whole, rest = divmod(amount_ns, unit_ns)
    digits = f"{rest:0{len(str(unit_ns)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
