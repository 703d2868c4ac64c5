"""Sets of nodes as integers: bit i stands for the i-th node by name.

A set of 5,000 nodes has 625 bytes, and a union, an intersection or a count takes less time than a look at one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

Nodes = int
"""A set of nodes."""

Levels = Mapping[int, Nodes]
"""Nodes by a number that each of them has: a score, or how many pods are near it. No set is empty."""


def union(numbers: Iterable[int]) -> Nodes:
    """The set of the nodes with these numbers.

    Examples
    --------
    >>> bin(union([0, 3]))
    '0b1001'
    """
    found = bytearray()
    for number in numbers:
        place = number >> 3
        if place >= len(found):
            found.extend(bytes(place + 1 - len(found)))
        found[place] |= 1 << (number & 7)
    return int.from_bytes(found, "little")


def members(nodes: Nodes) -> Iterator[int]:
    """The numbers of `nodes`, in rising order.

    Examples
    --------
    >>> list(members(0b1001))
    [0, 3]
    """
    while nodes:
        first = nodes & -nodes
        yield first.bit_length() - 1
        nodes ^= first


def member(nodes: Nodes, position: int) -> int:
    """The number at `position`, from 0, among `nodes` in rising order.

    Examples
    --------
    >>> member(0b1101, 2)
    3
    """
    if position == 0:
        return (nodes & -nodes).bit_length() - 1
    skipped, width = 0, nodes.bit_length()
    while width > 1:
        half = width // 2
        lower = nodes & ((1 << half) - 1)
        count = lower.bit_count()
        if position < count:
            nodes, width = lower, half
        else:
            nodes, position = nodes >> half, position - count
            skipped, width = skipped + half, width - half
    return skipped


def levels_of(numbers: Iterable[tuple[int, int]]) -> Levels:
    """Levels from pairs of a node's number and its level.

    Examples
    --------
    >>> levels_of([(0, 50), (1, 70), (2, 50)])
    {50: 5, 70: 2}
    """
    found: dict[int, list[int]] = {}
    for number, level in numbers:
        found.setdefault(level, []).append(number)
    return {level: union(at_level) for level, at_level in found.items()}


def within(levels: Levels, nodes: Nodes) -> Levels:
    """`levels` of `nodes` alone."""
    return {level: kept for level, mask in levels.items() if (kept := mask & nodes)}


def added(left: Levels, right: Levels, factor: int = 1) -> Levels:
    """Each node's level in `left` plus `factor` times that in `right`, for nodes that have both.

    Examples
    --------
    >>> added({0: 0b11, 1: 0b100}, {0: 0b110, 5: 0b001}, factor=10)
    {0: 2, 50: 1, 1: 4}
    """
    found: dict[int, Nodes] = {}
    for level, nodes in left.items():
        for other, mask in right.items():
            both = nodes & mask
            if both:
                total = level + factor * other
                found[total] = found.get(total, 0) | both
    return found
