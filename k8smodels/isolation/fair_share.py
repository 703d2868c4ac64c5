"""Dividing CPU time among those who want it: by weight, and never more than wanted.

All amounts are whole microseconds: rounded up for those who want least by their weight, at the cost of the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import truediv


def divide(capacity_us: int, weights: Sequence[int], wanted_us: Sequence[int]) -> list[int]:
    """Each one's part of `capacity_us`.

    Whoever wants less than its part by weight gets what it wants; the rest divide what is left by the same rule. So
    weights matter only where there is not enough for all, and nothing stays unused while someone wants it.

    Examples
    --------
    >>> divide(90, weights=[1, 1, 1], wanted_us=[10, 90, 90])
    [10, 40, 40]
    """
    if sum(wanted_us) <= capacity_us:
        return list(wanted_us)
    parts = [0] * len(weights)
    left, weight = capacity_us, sum(weights)
    by_weight = list(map(truediv, wanted_us, weights))
    for i in sorted(range(len(weights)), key=by_weight.__getitem__):
        fair, wanted = -(-left * weights[i] // weight), wanted_us[i]
        parts[i] = part = min(fair, wanted)
        left -= part
        weight -= weights[i]
    return parts
