"""Lengths of time as kubectl prints them.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go: HumanDuration (v1.37)
"""

from __future__ import annotations

from datetime import timedelta

__all__ = ["human_duration"]


def human_duration(length: timedelta) -> str:
    """`length` in one or two units, the coarser the longer it is.

    Examples
    --------
    >>> [human_duration(timedelta(seconds=n)) for n in (90, 150, 661, 11_000)]
    ['90s', '2m30s', '11m', '3h3m']
    """
    seconds = int(length.total_seconds())
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 0:
        return "<invalid>" if seconds < -1 else "0s"
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    return _two(days, "d", hours % 24, "h") if days < 8 else f"{days}d"


def _two(coarse: int, unit: str, fine: int, fine_unit: str) -> str:
    return f"{coarse}{unit}{fine}{fine_unit}" if fine else f"{coarse}{unit}"
