"""Loads over time: the work that comes in, as thousandths of a CPU that it takes at each second."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

Load: TypeAlias = Callable[[int], int]
"""Thousandths of a CPU by the second."""


def steps(first_milli: int, *changes: tuple[int, int]) -> Load:
    """`first_milli`, and from each change's second on what that change says; changes in order of time.

    Examples
    --------
    >>> double = steps(1000, (60, 2000))
    >>> double(59), double(60)
    (1000, 2000)
    """
    times = [at for at, _milli in changes]
    values = [first_milli, *(milli for _at, milli in changes)]
    return lambda second: values[bisect_right(times, second)]


def through(*points: tuple[int, int]) -> Load:
    """Straight lines between points in time: ramps and spikes. Outside it stays as at the nearest point.

    Examples
    --------
    >>> ramp = through((0, 1000), (10, 2000))
    >>> ramp(5), ramp(99)
    (1500, 2000)
    """
    times = [at for at, _milli in points]

    def load(second: int) -> int:
        i = bisect_right(times, second)
        if i in (0, len(points)):
            return points[min(i, len(points) - 1)][1]
        (start, low), (end, high) = points[i - 1], points[i]
        return low + (high - low) * (second - start) // (end - start)

    return load


def wave(low_milli: int, high_milli: int, period_seconds: int) -> Load:
    """From `low_milli` up to `high_milli` and back in each period: of a day, 86400 seconds, the curve of a day."""
    middle, swing = (low_milli + high_milli) / 2, (high_milli - low_milli) / 2
    return lambda second: round(middle - swing * math.cos(2 * math.pi * second / period_seconds))
