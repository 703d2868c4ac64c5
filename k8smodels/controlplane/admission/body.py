"""A request's body as the API server reads it strictly: unknown fields, keys that stand twice, values of a wrong type.

A value of a wrong type is an error of the JSON decoder, and only the first is told; a type that reads JSON its own way
ends the reading at once. All else that is wrong is told together. Left out: the exact place at which a time cannot be
parsed.

References
----------
sigs.k8s.io/json, internal/golang/encoding/json/decode.go; staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json;
staging/src/k8s.io/apiserver/pkg/endpoints/handlers/create.go: transformDecodeError (v1.37)
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from k8smodels.api.gotext import quote
from k8smodels.api.quantity import Quantity
from k8smodels.controlplane.admission.fields import shape

MAX_STRICT_ERRORS = 100
"""The reader looks for no more."""

_BITS = {"int32": 32, "int64": 64, "int": 64}
_TIMES = {"v1.Time": "2006-01-02T15:04:05Z07:00", "v1.MicroTime": "2006-01-02T15:04:05.000000Z07:00"}


class Members(tuple[tuple[str, Any], ...]):
    """The members of a JSON object in their order, where a key may stand twice."""

    __slots__ = ()


class Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Place(NamedTuple):
    """Where a value stands: the struct around it, the fields that lead there, and the same with indexes."""

    struct: str = ""
    names: tuple[str, ...] = ()
    path: str = ""


class _EndOfReading(Exception):
    """A type that reads JSON its own way has refused a value."""


@dataclass(slots=True)
class _Findings:
    first_error: str = ""
    strict: dict[str, None] = field(default_factory=dict)

    def error(self, problem: str) -> None:
        self.first_error = self.first_error or problem

    def strictly(self, problem: str) -> None:
        if len(self.strict) < MAX_STRICT_ERRORS:
            self.strict[problem] = None

    def wrong(self, found: str, place: _Place, type_name: str) -> None:
        where = f"struct field {place.struct}.{'.'.join(place.names)}" if place.struct else "value"
        self.error(f"json: cannot unmarshal {found} into Go {where} of type {type_name}")


def parse_body(text: str) -> Any:
    """JSON text with its keys and numbers as they are written."""
    return json.loads(text, object_pairs_hook=Members, parse_int=Number, parse_float=Number)


def as_body(value: Any) -> Any:
    """Plain values the way kubectl sends them: the keys in alphabetical order."""
    if isinstance(value, dict):
        return Members((key, as_body(value[key])) for key in sorted(value))
    if isinstance(value, list):
        return [as_body(item) for item in value]
    if isinstance(value, float):
        return Number(int(value) if value.is_integer() else value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Number(value)
    return value


def body_problem(body: Any, type_name: str) -> str:
    """What the decoder says of `body` when it should be of that type; empty if nothing is wrong.

    Parameters
    ----------
    body
        From `parse_body` or `as_body`.
    type_name
        Such as ``v1.Deployment``; see `fields`.
    """
    findings = _Findings()
    try:
        _read(body, type_name, _Place(), findings)
    except _EndOfReading as end:
        return str(end)
    if findings.first_error or not findings.strict:
        return findings.first_error
    return f"strict decoding error: {', '.join(findings.strict)}"


def _read(value: Any, type_name: str, place: _Place, findings: _Findings) -> None:
    made_of = shape(type_name)
    if value is None:
        return
    if made_of.kind == "own":
        _read_own(value, type_name, place)
    elif isinstance(value, Members):
        if made_of.kind == "struct":
            _read_struct(value, type_name, place, findings)
        elif made_of.kind == "map":
            _read_map(value, made_of.element, place, findings)
        else:
            findings.wrong("object", place, type_name)
    elif isinstance(value, list):
        if made_of.kind != "list":
            findings.wrong("array", place, type_name)
            return
        for number, item in enumerate(value):
            _read(item, made_of.element, place._replace(path=f"{place.path}[{number}]"), findings)
    else:
        _read_scalar(value, made_of.kind, type_name, place, findings)


def _read_struct(members: Members, type_name: str, place: _Place, findings: _Findings) -> None:
    struct, fields = type_name.rpartition(".")[2], shape(type_name).fields
    seen: set[str] = set()
    for key, value in members:
        path = f"{place.path}.{key}" if place.path else key
        if key not in fields:
            findings.strictly(f"unknown field {quote(path)}")
            continue
        if key in seen:
            findings.strictly(f"duplicate field {quote(path)}")
        seen.add(key)
        _read(value, fields[key], _Place(struct, (*place.names, key), path), findings)


def _read_map(members: Members, element: str, place: _Place, findings: _Findings) -> None:
    seen: set[str] = set()
    for key, value in members:
        path = f"{place.path}.{key}"
        if key in seen:
            findings.strictly(f"duplicate field {quote(path)}")
        seen.add(key)
        _read(value, element, place._replace(path=path), findings)


def _read_scalar(value: Any, kind: str, type_name: str, place: _Place, findings: _Findings) -> None:
    if isinstance(value, bool):
        if kind != "bool":
            findings.wrong("bool", place, type_name)
    elif isinstance(value, Number):
        if kind in _BITS:
            if not _fits(value, _BITS[kind]):
                findings.wrong(f"number {value}", place, type_name)
        elif kind not in ("float64", "float32"):
            findings.wrong("number", place, type_name)
    elif kind == "[]uint8":
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            findings.error(f"illegal base64 data at input byte {_first_bad_byte(value)}")
    elif kind != "string":
        findings.wrong("string", place, type_name)


def _fits(number: str, bits: int) -> bool:
    digits = number.removeprefix("-")
    return digits.isdecimal() and len(digits) < 20 and -(2 ** (bits - 1)) <= int(number) < 2 ** (bits - 1)


def _first_bad_byte(text: str) -> int:
    known = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    return next((i for i, char in enumerate(text) if char not in known), len(text) - len(text) % 4)


def _read_own(value: Any, type_name: str, place: _Place) -> None:
    refused = _Findings()
    is_text = isinstance(value, str) and not isinstance(value, Number)
    if type_name == "intstr.IntOrString" and not is_text:
        _read(value, "int32", place, refused)
    elif type_name == "resource.Quantity":
        try:
            Quantity.parse(value.strip() if isinstance(value, str) else "not a quantity")
        except ValueError as error:
            refused.error(str(error))
    elif type_name in _TIMES and not is_text:
        _read(value, "string", place, refused)
    elif type_name in _TIMES and not _is_time(value):
        refused.error(f'parsing time {quote(value)} as "{_TIMES[type_name]}": cannot parse {quote(value)} as "2006"')
    if refused.first_error:
        raise _EndOfReading(refused.first_error)


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text
    except ValueError:
        return False
