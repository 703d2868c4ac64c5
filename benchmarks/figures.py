"""What a measurement is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number beside the number it is held against.

    Attributes
    ----------
    name
        What was measured, e.g. ``pods scheduled in a second``.
    value
        The number measured, in `unit`.
    unit
        The unit of both numbers.
    reference
        The number to compare with; None where there is none.
    against
        What the reference is: a budget, another program, an earlier version.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        """The value as a multiple of the reference."""
        return self.value / self.reference if self.reference else None


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of `repeats` runs of `work`: what the machine can do when nothing disturbs it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
