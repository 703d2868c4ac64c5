"""JSON for people: what fits stands on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from k8smodels.api.structure import JSON

__all__ = ["json_lines"]


def json_lines(value: JSON, width: int = 36) -> tuple[str, ...]:
    """The JSON of a value, indented by one space, with every object and list on one line if it fits.

    Parameters
    ----------
    value
        Anything that JSON has.
    width
        Characters a line may have; a text that is longer is not broken.
    """
    return tuple(_lines(value, "", "", width))


def _lines(value: JSON, before: str, after: str, width: int) -> Iterator[str]:
    indent = " " * (len(before) - len(before.lstrip(" ")))
    line = before + json.dumps(value, ensure_ascii=False) + after
    if len(line) <= width or not isinstance(value, dict | list) or not value:
        yield line
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield before + opening
    named = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    parts = [(f"{json.dumps(name)}: " if name is not None else "", item) for name, item in named]
    for i, (name, item) in enumerate(parts):
        yield from _lines(item, f"{indent} {name}", "," if i < len(parts) - 1 else "", width)
    yield indent + closing + after
