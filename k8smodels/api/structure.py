"""JSON to frozen dataclasses and back, by the classes' own type hints.

A class of the API is a `struct`: its fields are the API's own in snake_case (``host_ip`` is ``hostIP``), and what JSON
holds beyond them is kept in `unknown`, so that an object read and written again has lost nothing. As with the API's own
Go types, a field that is empty is not written.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from k8smodels.api.errors import FieldError, invalid
from k8smodels.api.quantity import Quantity

JSON = Any
"""What `json.loads` can return."""

T = TypeVar("T")
Load = Callable[[JSON], Any]
Dump = Callable[[Any], JSON]

_CAPITALS = {"ip": "IP", "ips": "IPs", "cidr": "CIDR", "cidrs": "CIDRs", "id": "ID", "pid": "PID", "ipc": "IPC"}
_CAPITALS |= {"urls": "URLs"}


@typing.dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def struct(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass whose fields are given by name."""
    return dataclasses.dataclass(frozen=True, slots=True, kw_only=True, repr=False)(cls)


@struct
class Struct:
    """Base of every class of the API.

    Attributes
    ----------
    unknown
        Fields that the class does not model, as they were read.
    """

    unmodelled: ClassVar[frozenset[str]] = frozenset()
    """Names of the API's other fields of this type: kept in `unknown`, and no spelling mistakes."""

    unknown: Mapping[str, JSON] = dataclasses.field(default_factory=dict)

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """The object that a JSON value describes.

        Raises
        ------
        FieldError
            A value of the wrong type or form, with its path from this object.
        """
        return cls._from_fields(value)

    def to_json(self) -> dict[str, JSON]:
        """The JSON form, without empty fields, with the unknown ones."""
        return self._to_fields()

    @classmethod
    def _from_fields(cls, value: JSON) -> Self:
        if not isinstance(value, Mapping):
            raise invalid("", value, f"must be an object ({cls.__name__})")
        modelled, unknown = {}, {}
        loaders = _table(cls).loaders
        for key, item in value.items():
            entry = loaders.get(key)
            if entry is None:
                unknown[key] = item
            elif item is not None:
                attribute, load = entry
                try:
                    modelled[attribute] = load(item)
                except FieldError as error:
                    raise error.within(key) from None
        return cls(unknown=unknown, **modelled)

    def _to_fields(self) -> dict[str, JSON]:
        out: dict[str, JSON] = {}
        for attribute, key, dump, empty in _table(type(self)).dumpers:
            item = getattr(self, attribute)
            if item != empty:
                out[key] = dump(item)
        return out | dict(self.unknown)

    def __repr__(self) -> str:
        values = ((attribute, getattr(self, attribute), empty) for attribute, _, _, empty in _table(type(self)).dumpers)
        shown = ", ".join(f"{attribute}={value!r}" for attribute, value, empty in values if value != empty)
        return f"{type(self).__name__}({shown})"


def json_name(attribute: str) -> str:
    """The API's spelling of a Python name: ``node_name`` is ``nodeName``, ``cluster_ip`` is ``clusterIP``."""
    first, *rest = attribute.split("_")
    return first + "".join(_CAPITALS.get(part, part.capitalize()) for part in rest)


def unknown_fields(value: Any, path: str = "") -> list[str]:
    """Paths of fields that the API does not have at that place: most often spelling mistakes."""
    if isinstance(value, Struct):
        here = f"{path}." if path else ""
        found = [here + name for name in value.unknown if name not in value.unmodelled]
        for attribute, key, _, _ in _table(type(value)).dumpers:
            found += unknown_fields(getattr(value, attribute), here + key)
        return found
    if isinstance(value, tuple):
        return [name for i, item in enumerate(value) for name in unknown_fields(item, f"{path}[{i}]")]
    return []


class _Table(NamedTuple):
    """How a class is read and written: by JSON name, and in the order of the fields."""

    loaders: dict[str, tuple[str, Load]]
    dumpers: list[tuple[str, str, Dump, Any]]


_tables: dict[type[Any], _Table] = {}


def _table(cls: type[Struct]) -> _Table:
    """The table of `cls`, made at its first use: only then are all hints defined."""
    if cls not in _tables:
        hints = typing.get_type_hints(cls)
        fields = [field for field in dataclasses.fields(cls) if field.name != "unknown"]
        converters = {field.name: _converter(hints[field.name]) for field in fields}
        _tables[cls] = _Table(
            {json_name(name): (name, load) for name, (load, _) in converters.items()},
            [(field.name, json_name(field.name), converters[field.name][1], _empty(field)) for field in fields],
        )
    return _tables[cls]


def _empty(field: dataclasses.Field[Any]) -> Any:
    factory = field.default_factory
    return field.default if factory is dataclasses.MISSING else factory()


def _converter(hint: Any) -> tuple[Load, Dump]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        some = [argument for argument in arguments if argument is not type(None)]
        return _converter(some[0]) if len(some) == 1 else (_int_or_string, _same)
    if origin is tuple:
        return _sequence(*_converter(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*_converter(arguments[1]))
    if hint is Any:
        return _same, _same
    if hasattr(hint, "from_json"):
        return hint.from_json, hint.to_json
    return _SCALARS[hint]


def _sequence(load: Load, dump: Dump) -> tuple[Load, Dump]:
    def load_all(value: JSON) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise invalid("", value, "must be a list")
        items = []
        for i, item in enumerate(value):
            try:
                items.append(load(item))
            except FieldError as error:
                raise error.within(f"[{i}]") from None
        return tuple(items)

    return load_all, lambda items: [dump(item) for item in items]


def _mapping(load: Load, dump: Dump) -> tuple[Load, Dump]:
    def load_all(value: JSON) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise invalid("", value, "must be a map")
        items = {}
        for key, item in value.items():
            try:
                items[key] = load(item)
            except FieldError as error:
                raise error.within(f"[{key}]") from None
        return items

    return load_all, lambda items: {key: dump(item) for key, item in items.items()}


def _same(value: Any) -> Any:
    return value


def _string(value: JSON) -> str:
    if not isinstance(value, str):
        raise invalid("", value, "must be a string (quote it)")
    return value


def _integer(value: JSON) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid("", value, "must be an integer")
    return value


def _number(value: JSON) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise invalid("", value, "must be a number")
    return float(value)


def _boolean(value: JSON) -> bool:
    if not isinstance(value, bool):
        raise invalid("", value, "must be true or false")
    return value


def _int_or_string(value: JSON) -> int | str:
    return value if isinstance(value, str) else _integer(value)


def _quantity(value: JSON) -> Quantity:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise invalid("", value, "must be a quantity, a string such as 500m or 2Gi, or a number")
    try:
        return Quantity.parse(str(value))
    except ValueError as error:
        raise invalid("", value, str(error)) from None


_SCALARS: dict[Any, tuple[Load, Dump]] = {
    str: (_string, _same),
    int: (_integer, _same),
    float: (_number, _same),
    bool: (_boolean, _same),
    Quantity: (_quantity, str),
}


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The maps in `value`, if it is a list: what of raw JSON may be read as objects."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
