"""JSON documents from anywhere: parsed strictly, their fields fetched with the type that they must have."""

from __future__ import annotations

import json
from typing import Any

from k8smodels.images.limits import ArchiveError, bad

_TYPE_NAMES = {dict: "object", list: "array", str: "string", int: "number", bool: "boolean"}


class Document:
    """An object in a document, and where it stands.

    Parameters
    ----------
    value
        The object.
    where
        The document and the path in it, for errors.
    """

    def __init__(self, value: dict[str, Any], where: str) -> None:
        self._value, self.where = value, where

    @classmethod
    def parse(cls, raw: bytes, where: str) -> Document:
        """The document that `raw` is.

        Raises
        ------
        ArchiveError
            Not JSON, a key twice, nested too deep, or not an object.
        """
        return cls(_checked(_parse(raw, where), dict, where), where)

    @classmethod
    def parse_list(cls, raw: bytes, where: str) -> list[Document]:
        """The objects of the list that `raw` is; raises as `parse`."""
        return _objects(_checked(_parse(raw, where), list, where), where)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it must be there."""
        return str(self._get(key, str, default))

    def number(self, key: str) -> int:
        """An integer that must be there."""
        return int(self._get(key, int, None))

    def flag(self, key: str) -> bool:
        """A boolean, false by default."""
        return bool(self._get(key, bool, False))

    def texts(self, key: str) -> list[str]:
        """A list of strings, empty by default."""
        items = self._get(key, list, [])
        return [_checked(item, str, f"{self.where}.{key}[{i}]") for i, item in enumerate(items)]

    def object(self, key: str) -> Document:
        """An object, empty by default."""
        return Document(self._get(key, dict, {}), f"{self.where}.{key}")

    def objects(self, key: str) -> list[Document]:
        """A list of objects, empty by default."""
        return _objects(self._get(key, list, []), f"{self.where}.{key}")

    def _get(self, key: str, kind: type, default: Any) -> Any:
        value = self._value.get(key)
        if value is None:  # Go reads null as absent
            value = default
        if value is None:
            raise ArchiveError(f"{self.where}.{key}", "Required value")
        return _checked(value, kind, f"{self.where}.{key}")


def _parse(raw: bytes, where: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except RecursionError:
        raise bad(where, "nested too deep", "must be a JSON document") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise bad(where, str(error), "must be a JSON document") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {json.dumps(key)[:200]} is there twice")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _objects(items: list[Any], where: str) -> list[Document]:
    places = [f"{where}[{i}]" for i in range(len(items))]
    return [Document(_checked(item, dict, place), place) for item, place in zip(items, places, strict=True)]


def _checked(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise bad(where, value, f"must be of type {_TYPE_NAMES[kind]}")
    return value
