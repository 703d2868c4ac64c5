"""The chance in exercises."""

from __future__ import annotations

import random

__all__ = ["dice_of"]


def dice_of(seed: int) -> random.Random:
    """The dice of one variant: they fall alike each time, so that a page and its check see the same numbers."""
    return random.Random(seed)  # noqa: S311 (numbers of an exercise)
