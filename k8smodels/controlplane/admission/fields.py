"""The fields of the API's own types, and of which type each is.

The table beside this module is written by ``tests/oracle/node/admission`` from the Go types of v1.37: of a kind its
type, of a struct its fields, of any other named type what it is made of. ``own`` are the types that read JSON their own
way.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

METADATA_ONLY = "metadataOnlyObject"
"""What kubectl reads of any object before it knows its kind."""


class Shape(NamedTuple):
    """What a type is made of.

    Attributes
    ----------
    kind
        ``struct``, ``list``, ``map``, ``own``, or the name of a scalar of Go, e.g. ``int32``.
    fields
        The types of a struct's fields, by their names in JSON.
    element
        The type of the elements of a list or a map.
    """

    kind: str
    fields: Mapping[str, str] = {}
    element: str = ""


@cache
def shape(name: str) -> Shape:
    """What the type `name` is made of, e.g. ``v1.PodSpec`` or ``[]v1.Container``."""
    if name.startswith("[]") and name != "[]uint8":
        return Shape("list", element=name[2:])
    if name.startswith("map["):
        return Shape("map", element=name.partition("]")[2])
    if name == METADATA_ONLY:
        return Shape("struct", {"metadata": "v1.ObjectMeta"})
    if "." not in name:
        return Shape(name)
    line = _table()[name]
    if line.startswith("= "):
        return shape(line[2:]) if line != "= own" else Shape("own")
    return Shape("struct", dict(field.split(":", 1) for field in line.split()))


def type_of_kind(version: str, kind: str) -> str | None:
    """The Go type of a kind, e.g. ``v1.Deployment`` of ``apps/v1``; None if it is not served."""
    return _table().get(f"{version}/{kind}")


@cache
def _table() -> Mapping[str, str]:
    text = (files(__package__) / "fields.txt").read_text("utf-8")
    return {name: rest for name, _, rest in (line.partition(" ") for line in text.splitlines())}
