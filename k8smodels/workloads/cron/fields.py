"""The five fields of a schedule: lists of numbers, names, ranges and steps.

References
----------
github.com/robfig/cron/v3/parser.go: getField, getRange (v3.0.1)
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.gotext import NumberError, parse_int


class ScheduleError(ValueError):
    """Text that is no schedule, in the words of the parser that Kubernetes uses."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The numbers that a field may hold, and names for them in order from `low`."""

    low: int
    high: int
    names: tuple[str, ...] = ()


MINUTES, HOURS, DAYS = Bounds(0, 59), Bounds(0, 23), Bounds(1, 31)
MONTHS = Bounds(1, 12, ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
WEEKDAYS = Bounds(0, 6, ("sun", "mon", "tue", "wed", "thu", "fri", "sat"))


@dataclass(frozen=True, slots=True)
class Field:
    """The numbers that match.

    Attributes
    ----------
    numbers
        The numbers.
    star
        Whether ``*`` or ``?`` stands for all of them. A step above 1 is no star, though it is written with one.
    """

    numbers: frozenset[int]
    star: bool = False


def parse_field(text: str, bounds: Bounds) -> Field:
    """The numbers of a list of ranges.

    Raises
    ------
    ScheduleError
        A range that is none, or beyond the bounds.

    Examples
    --------
    >>> sorted(parse_field("10-40/15,50", MINUTES).numbers)
    [10, 25, 40, 50]
    """
    parts = [_range(part, bounds) for part in text.split(",") if part]
    return Field(frozenset().union(*(part.numbers for part in parts)), any(part.star for part in parts))


def _range(text: str, bounds: Bounds) -> Field:
    ends, *steps = text.split("/")
    low, *highs = ends.split("-")
    star = low in ("*", "?")
    if star:
        first, last = bounds.low, bounds.high
    else:
        first = _number(low, bounds)
        if len(highs) > 1:
            raise ScheduleError(f"too many hyphens: {text}")
        last = _number(highs[0], bounds) if highs else first
    if len(steps) > 1:
        raise ScheduleError(f"too many slashes: {text}")
    step = _positive(steps[0]) if steps else 1
    if steps and not highs:
        last = bounds.high
    _check(first, last, step, text, bounds)
    return Field(frozenset(range(first, last + 1, step)), star and step == 1)


def _check(first: int, last: int, step: int, text: str, bounds: Bounds) -> None:
    if first < bounds.low:
        raise ScheduleError(f"beginning of range ({first}) below minimum ({bounds.low}): {text}")
    if last > bounds.high:
        raise ScheduleError(f"end of range ({last}) above maximum ({bounds.high}): {text}")
    if first > last:
        raise ScheduleError(f"beginning of range ({first}) beyond end of range ({last}): {text}")
    if step == 0:
        raise ScheduleError(f"step of range should be a positive number: {text}")


def _number(text: str, bounds: Bounds) -> int:
    name = text.lower()
    return bounds.low + bounds.names.index(name) if name in bounds.names else _positive(text)


def _positive(text: str) -> int:
    try:
        number = parse_int(text)
    except NumberError as error:
        raise ScheduleError(f"failed to parse int from {text}: {error}") from None
    if number < 0:
        raise ScheduleError(f"negative number ({number}) not allowed: {text}")
    return number
