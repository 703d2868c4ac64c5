"""A bar for steps that take a reader's time, where tqdm is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["Advance", "bar"]

Advance = Callable[[int], object]
"""Told how much more is done."""


@contextmanager
def bar(total: int, *, unit: str = "it", shown: bool = True) -> Iterator[Advance]:
    """What to call while work goes on; the bar stands on standard error, or in the notebook.

    Parameters
    ----------
    total
        How much there is to do.
    unit
        What is counted: ``B`` for bytes, shown as KB and MB.
    shown
        False shows nothing, as where tqdm is not installed.
    """
    if not shown:
        yield _quiet
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield _quiet
        return
    with tqdm(total=total, unit=unit, unit_scale=unit == "B") as shown_bar:
        yield shown_bar.update


def _quiet(_done: int) -> None:
    """Tell nobody."""
