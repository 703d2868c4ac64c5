"""Two bands of a range: the lower one is kept for values that are asked for, as long as the upper one has any left.

Which free value the API server takes is random. Here a seed decides.

References
----------
KEP-3070 and KEP-3668; pkg/registry/core/service: ipallocator/ipallocator.go, portallocator/allocator.go (v1.37)
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from k8smodels.api.gotext import INT64_MAX

_SMALL = 16


class AllocationError(ValueError):
    """A value that cannot be had; the message is the allocator's."""


class RangeFull(AllocationError):
    """Every value of the range is taken."""

    def __init__(self) -> None:
        super().__init__("range is full")


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `first` to `last`, of which the first `static` are taken last, and those that are `taken`."""

    first: int
    last: int
    static: int
    taken: frozenset[int] = frozenset()

    @property
    def size(self) -> int:
        """How many values there are."""
        return max(self.last - self.first + 1, 0)

    @property
    def free(self) -> int:
        """How many values are left; as in Kubernetes no more than 64 bits hold with a sign."""
        return min(self.size, INT64_MAX) - len(self.taken)

    @property
    def dynamic_from(self) -> int:
        """The first value of the upper band."""
        return self.first + self.static

    def with_taken(self, value: int) -> Range:
        """The range when `value` is taken too."""
        return replace(self, taken=self.taken | {value})

    def without(self, value: int) -> Range:
        """The range when `value` is given back; nothing changes if it was free."""
        return replace(self, taken=self.taken - {value})

    def next_free(self, seed: int | str) -> int:
        """A free value: of the upper band if there is one, else of the lower.

        Raises
        ------
        RangeFull
            There is none.
        """
        chance = random.Random(f"{seed}/{len(self.taken)}")  # noqa: S311 - a choice, no secret
        for first, last in ((self.dynamic_from, self.last), (self.first, self.dynamic_from - 1)):
            found = next(_from_some_place(first, last, self.taken, chance), None)
            if found is not None:
                return found
        raise RangeFull


def static_band(size: int, step: int, most: int) -> int:
    """How many values are kept for requests: a `step`-th of the range, at least 16 and at most `most`; 0 of 16 or less.

    Examples
    --------
    >>> [static_band(size, step=16, most=256) for size in (16, 32, 1024, 65536)]
    [0, 16, 64, 256]
    """
    return 0 if size <= _SMALL else min(max(_SMALL, size // step), most)


def _from_some_place(first: int, last: int, taken: frozenset[int], chance: random.Random) -> Iterator[int]:
    """The free values from a random one on, round to the one before it."""
    if last >= first:
        start = chance.randint(first, last)
        yield from (value for value in range(start, last + 1) if value not in taken)
        yield from (value for value in range(first, start) if value not in taken)
