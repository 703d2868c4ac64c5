"""Times in log files: RFC 3339 with up to nine digits of a second, in the zone in which they were written.

References
----------
staging/src/k8s.io/cri-client/pkg/logs/logs.go: RFC3339NanoLenient, RFC3339NanoFixed (v1.37); Go's time.Parse
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

NANOSECONDS = 10**9

_TEXT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
_YEAR_ONE = datetime(1, 1, 1)
_MOST_ZONE_HOURS, _MOST_ZONE_MINUTES = 24, 60


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A moment to the nanosecond, and the zone to show it in.

    Attributes
    ----------
    wall_clock
        Date and time there, in whole seconds and without a zone.
    nanosecond
        The fraction of that second.
    zone_minutes
        How far the zone is ahead of UTC.
    """

    wall_clock: datetime
    nanosecond: int = 0
    zone_minutes: int = 0

    @classmethod
    def of(cls, moment: datetime) -> Timestamp:
        """`moment` in UTC; one without a zone is taken as UTC."""
        there = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return cls(there.replace(microsecond=0), there.microsecond * 1000)

    def instant(self) -> int:
        """Nanoseconds since the year 1 in UTC: what two moments are compared by."""
        seconds = (self.wall_clock - _YEAR_ONE) // timedelta(seconds=1) - self.zone_minutes * 60
        return seconds * NANOSECONDS + self.nanosecond

    def short(self) -> str:
        """As containerd writes it into a log: without zeros at the end of the fraction."""
        fraction = f".{self.nanosecond:09}".rstrip("0").rstrip(".")
        return f"{self.wall_clock.isoformat()}{fraction}{self._zone()}"

    def __str__(self) -> str:
        """As ``kubectl logs --timestamps`` shows it: always nine digits."""
        return f"{self.wall_clock.isoformat()}.{self.nanosecond:09}{self._zone()}"

    def _zone(self) -> str:
        if not self.zone_minutes:
            return "Z"
        hours, minutes = divmod(abs(self.zone_minutes), 60)
        return f"{'-' if self.zone_minutes < 0 else '+'}{hours:02}:{minutes:02}"


ZERO = Timestamp(_YEAR_ONE)
"""Go's zero time: that of a Docker line that has none, and what nothing is older than, apart from zones."""


def parse_timestamp(text: str) -> Timestamp:
    """The moment that `text` names, as leniently as Go: an hour of one digit and a decimal comma are read too.

    Raises
    ------
    ValueError
        Text of another form, or no moment of the calendar. The year 0, which Go knows, is none here.

    Examples
    --------
    >>> str(parse_timestamp("2026-01-02T03:04:05.1+02:00"))
    '2026-01-02T03:04:05.100000000+02:00'
    """
    match = _TEXT.fullmatch(text)
    if not match:
        raise ValueError(f"not a time such as 2026-01-02T03:04:05.123456789Z: {text[:40]}")
    day, hour, minute, second, fraction, sign, zone_hours, zone_minutes = (group or "" for group in match.groups())
    wall_clock = datetime.fromisoformat(f"{day}T{hour:>02}:{minute}:{second}")
    return Timestamp(
        wall_clock, int(fraction[:9].ljust(9, "0")), _zone(sign, int(zone_hours or 0), int(zone_minutes or 0))
    )


def _zone(sign: str, hours: int, minutes: int) -> int:
    if hours > _MOST_ZONE_HOURS or minutes > _MOST_ZONE_MINUTES:
        raise ValueError("no such zone")
    return (-1 if sign == "-" else 1) * (hours * 60 + minutes)
