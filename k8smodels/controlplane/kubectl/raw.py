"""Fields that no model reads: whatever a manifest holds there, they are shown or passed over, never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is a map; an empty one if it is anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """`value` as text; nothing for what is not there."""
    return "" if value is None else str(value)
