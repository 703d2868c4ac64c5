"""Time zones, and Go's choice where a clock shows a time twice or never.

References
----------
Go's time.LoadLocation, time.Date (1.26)
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo


class UnknownTimeZone(ValueError):
    """A name that is no time zone, in Go's words."""


@lru_cache(maxsize=128)
def load_zone(name: str) -> tzinfo:
    """The time zone `name` of the IANA database; UTC for an empty name, and for ``Local`` as in most control planes.

    Raises
    ------
    UnknownTimeZone
        There is no such zone.
    """
    if name in ("", "UTC", "Local"):
        return UTC
    if ".." in name or name[0] in "/\\" or "\\" in name:
        raise UnknownTimeZone("time: invalid location name")
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise UnknownTimeZone(f"unknown time zone {name}") from None


def at_clock(local: datetime, zone: tzinfo) -> datetime:
    """The moment when the clocks of `zone` show `local` (without zone).

    They show it twice when they are set back: the offset before the change is taken if `local`, read as UTC, lies
    before it. When they are set forward they never show it: the moment is an hour off.
    """
    as_utc = local.replace(tzinfo=UTC)
    first_guess = as_utc - _offset(as_utc, zone)
    return (as_utc - _offset(first_guess, zone)).astimezone(zone)


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
