"""A memory for so many things and no more."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values that are costly to make; at most `limit` of them are kept, at least the half of that used last.

    Examples
    --------
    >>> squares = Recent(4)
    >>> [squares.get(n, lambda: n * n) for n in (1, 2, 3, 4, 1, 5)]
    [1, 4, 9, 16, 1, 25]
    >>> [n for n in (1, 2, 3, 4, 5) if n in squares]
    [1, 3, 4, 5]
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        # Two generations: what is used again in time moves from the old one to the young one.
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._young or key in self._old

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made if it is not there."""
        value = self._young.get(key)
        if value is not None:
            return value
        value = self._old.pop(key) if key in self._old else make()
        if len(self._young) >= self.limit // 2:
            self._young, self._old = {}, self._young
        self._young[key] = value
        return value
