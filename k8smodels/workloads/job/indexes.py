"""Sets of completion indexes, in the API's own text: ``0-2,5,7``.

References
----------
pkg/controller/job/indexed_job_utils.go: parseIndexesFromString, orderedIntervals (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from k8smodels.api.gotext import NumberError, parse_int


@dataclass(frozen=True, slots=True)
class Indexes:
    """A set of indexes, kept as its first and last ones so that large ranges cost nothing.

    Attributes
    ----------
    ranges
        First and last index of each run, in order, with gaps between them.
    """

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, indexes: Iterable[int]) -> Indexes:
        """The set of those indexes."""
        return cls(_merged((index, index) for index in indexes))

    @classmethod
    def parse(cls, text: str, completions: int) -> Indexes:
        """The set that `text` names, as far as it lies below `completions`. A part that is no range is passed over.

        Examples
        --------
        >>> str(Indexes.parse("0-2,4,5,9", 8))
        '0-2,4,5'
        """
        return cls(_merged(_parsed(text, completions)))

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(last - first + 1 for first, last in self.ranges)

    def __contains__(self, index: int) -> bool:
        return any(first <= index <= last for first, last in self.ranges)

    def __or__(self, other: Indexes) -> Indexes:
        return Indexes(_merged((*self.ranges, *other.ranges)))

    def common(self, other: Indexes) -> int:
        """How many are in both."""
        pairs = ((mine, theirs) for mine in self.ranges for theirs in other.ranges)
        return sum(max(min(a[1], b[1]) - max(a[0], b[0]) + 1, 0) for a, b in pairs)

    def missing(self, below: int) -> Iterator[int]:
        """Indexes below `below` that are not in the set, the lowest first."""
        candidate = 0
        for first, last in self.ranges:
            yield from range(candidate, min(first, below))
            candidate = last + 1
        yield from range(candidate, below)

    def __str__(self) -> str:
        return ",".join(_shown(first, last) for first, last in self.ranges)


def _shown(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first},{last}" if last == first + 1 else f"{first}-{last}"


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _parsed(text: str, completions: int) -> Iterator[tuple[int, int]]:
    for part in text.split(","):
        ends = part.split("-")
        try:
            first, last = parse_int(ends[0]), parse_int(ends[1] if len(ends) > 1 else ends[0])
        except NumberError:
            continue
        if first >= completions:
            break
        if first <= last:
            yield first, min(last, completions - 1)
