"""How kubectl shows times: ``5s``, ``2m30s``, ``3d4h``.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go; pkg/printers/internalversion/printers.go:
translateTimestampSince (v1.37)
"""

from __future__ import annotations

from datetime import datetime

from k8smodels.api.times import parse_time

MINUTE, HOUR, DAY, YEAR = 60, 3600, 86_400, 86_400 * 365


def human_duration(seconds: float) -> str:
    """A length of time with two or three digits that matter.

    Examples
    --------
    >>> [human_duration(seconds) for seconds in (0, 119, 120, 150, 8 * 60, 10 * 60 + 30, 3 * 3600 + 60, 50 * 3600)]
    ['0s', '119s', '2m', '2m30s', '8m', '10m', '3h1m', '2d2h']
    """
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 2 * MINUTE:
        return f"{max(whole, 0)}s"
    if whole < 10 * MINUTE:
        return _two(whole, MINUTE, "m", 1, "s")
    if whole < 3 * HOUR:
        return f"{whole // MINUTE}m"
    if whole < 8 * HOUR:
        return _two(whole, HOUR, "h", MINUTE, "m")
    if whole < 2 * DAY:
        return f"{whole // HOUR}h"
    if whole < 8 * DAY:
        return _two(whole, DAY, "d", HOUR, "h")
    if whole < 2 * YEAR:
        return f"{whole // DAY}d"
    if whole < 8 * YEAR:
        return _two(whole, YEAR, "y", DAY, "d")
    return f"{whole // YEAR}y"


def since(stamp: str, now: datetime) -> str:
    """How long ago the time `stamp` of an object was; ``<unknown>`` if it is not set."""
    return human_duration((now - parse_time(stamp)).total_seconds()) if stamp else "<unknown>"


def rfc1123(stamp: str) -> str:
    """The time `stamp` as ``describe`` writes it: ``Thu, 01 Jan 2026 00:00:00 +0000``; Go's zero time if not set."""
    moment = parse_time(stamp or "0001-01-01T00:00:00Z")
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[moment.month - 1]
    return f"{day}, {moment.day:02} {month} {moment.year} {moment:%H:%M:%S} +0000"


def _two(seconds: int, unit: int, name: str, small_unit: int, small_name: str) -> str:
    """`seconds` in two units, of which the small one is left out where it is 0."""
    rest = seconds % unit // small_unit
    return f"{seconds // unit}{name}{rest}{small_name}" if rest else f"{seconds // unit}{name}"
