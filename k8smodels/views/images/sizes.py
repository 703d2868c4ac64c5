"""Sizes as image tools print them."""

from __future__ import annotations

__all__ = ["size", "size_to_kb"]


def size(size_bytes: int) -> str:
    """`size_bytes` in decimal units with three digits, as ``docker images`` counts.

    Examples
    --------
    >>> size(0), size(1536), size(100_001_792), size(999_999)
    ('0 B', '1.54 kB', '100 MB', '1 MB')
    """
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.4g} GB"


def size_to_kb(size_bytes: int) -> str:
    """`size_bytes` in megabytes to the kilobyte, where a small difference matters.

    Examples
    --------
    >>> size_to_kb(195_011_584)
    '195.012 MB'
    """
    return f"{size_bytes / 1_000_000:.3f} MB"
