"""Times as the API writes them: RFC 3339 in UTC, whole seconds, ``2026-03-04T10:00:00Z``.

References
----------
staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/time.go (v1.37)
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from k8smodels.api.errors import invalid

MAX_SECONDS = 2**31 - 1
"""The longest time of most fields: 68 years."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def parse_time(text: str, path: str = "") -> datetime:
    """The moment that `text` names, in UTC; `path` says where it stands.

    Raises
    ------
    FieldError
        Text of another form, or no date of the calendar.

    Examples
    --------
    >>> format_time(parse_time("2026-03-04T11:00:00+01:00"))
    '2026-03-04T10:00:00Z'
    """
    try:
        if _RFC3339.fullmatch(text):
            return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise invalid(path, text, 'must be a time such as "2026-03-04T10:00:00Z"')


def parse_optional_time(text: str, path: str = "") -> datetime | None:
    """As `parse_time`; None for a field that is not set."""
    return parse_time(text, path) if text else None


def seconds(number: int) -> timedelta:
    """A field's number of seconds as a length of time, cut off at `MAX_SECONDS`."""
    return timedelta(seconds=min(max(number, -MAX_SECONDS), MAX_SECONDS))


def format_time(moment: datetime) -> str:
    """`moment` as the API stores it, without fractions of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
