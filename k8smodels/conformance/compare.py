"""The places where two JSON values differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from k8smodels.conformance.report import ABSENT, JSON, Absent

Place = tuple[str, JSON | Absent, JSON | Absent]
"""A path, what is wanted there, what was got."""


def differing_places(wanted: JSON | Absent, got: JSON | Absent, path: str = "") -> Iterator[Place]:
    """Every place where `got` is not `wanted`, the deepest ones, in the order of `wanted`.

    A path names the way down: ``filter.n1.reasons[0]``; a key with a dot, or empty, stands in brackets.
    """
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        for key in [*wanted, *(key for key in got if key not in wanted)]:
            yield from differing_places(wanted.get(key, ABSENT), got.get(key, ABSENT), _below(path, key))
    elif isinstance(wanted, list) and isinstance(got, list | tuple):
        for i, (left, right) in enumerate(zip_longest(wanted, got, fillvalue=ABSENT)):
            yield from differing_places(left, right, f"{path}[{i}]")
    elif not _same(wanted, got):
        yield path, wanted, got


def _same(wanted: JSON | Absent, got: JSON | Absent) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1."""
    return isinstance(wanted, bool) == isinstance(got, bool) and bool(wanted == got)


def _below(path: str, key: str) -> str:
    if not key or "." in key:
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key
