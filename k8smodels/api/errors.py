"""Errors in the API server's own words.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go (v1.37)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from k8smodels.api.gotext import quote

_NO_VALUE = object()


class FieldError(ValueError):
    """One field of an object that the API server would refuse.

    Parameters
    ----------
    path
        Where the field is, e.g. ``spec.containers[0].resources.requests[cpu]``; empty for the object itself.
    reason
        The class of the error as the API server prints it, e.g. ``Invalid value``.
    value
        The offending value; left out for ``Required value`` and ``Forbidden``.
    detail
        What would be right.
    """

    def __init__(self, path: str, reason: str, value: object = _NO_VALUE, detail: str = "") -> None:
        super().__init__(path, reason, value, detail)
        self.path, self.reason, self.value, self.detail = path, reason, value, detail

    def within(self, parent: str) -> FieldError:
        """The same error seen from the object that holds this one in its field `parent`."""
        self.path = join(parent, self.path)
        return self

    def __str__(self) -> str:
        shown = "" if self.value is _NO_VALUE else _shown(self.value)
        return ": ".join(part for part in (self.path, self.reason, shown, self.detail) if part)


class InvalidObject(ValueError):
    """An object with one or more errors, printed as kubectl prints them.

    Attributes
    ----------
    kind, name
        The object.
    errors
        One `FieldError` each, in the order of the fields.
    """

    def __init__(self, kind: str, name: str, errors: Sequence[FieldError]) -> None:
        super().__init__(kind, name, errors)
        self.kind, self.name, self.errors = kind, name, tuple(errors)

    def __str__(self) -> str:
        lines = [str(error) for error in self.errors]
        body = lines[0] if len(lines) == 1 else "\n* " + "\n* ".join(lines)
        return f'The {self.kind} "{self.name}" is invalid: {body}'


class DecodeError(ValueError):
    """Text that is not a Kubernetes object: broken YAML, no kind, an unknown kind, too much of it.

    Attributes
    ----------
    source
        The file's name, or a word for where the text came from.
    problem
        What is wrong and where.
    """

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(source, problem)
        self.source, self.problem = source, problem

    def __str__(self) -> str:
        return f"{self.source}: {self.problem}"


def join(parent: str, child: str) -> str:
    """The path of `child` inside `parent`: ``spec`` and ``ports[0]`` give ``spec.ports[0]``."""
    if not parent or not child or child.startswith("["):
        return parent + child
    return f"{parent}.{child}"


def invalid(path: str, value: object, detail: str) -> FieldError:
    """A value that is malformed or out of range."""
    return FieldError(path, "Invalid value", value, detail)


def required(path: str, detail: str = "") -> FieldError:
    """A field that must be set."""
    return FieldError(path, "Required value", detail=detail)


def forbidden(path: str, detail: str) -> FieldError:
    """A field that must not be set here."""
    return FieldError(path, "Forbidden", detail=detail)


def duplicate(path: str, value: object) -> FieldError:
    """A value that must be unique in its list and is not."""
    return FieldError(path, "Duplicate value", value)


def unsupported(path: str, value: object, supported: Iterable[str]) -> FieldError:
    """A value outside a fixed set; the message lists the set."""
    return unsupported_in_order(path, value, sorted(supported))


def unsupported_in_order(path: str, value: object, supported: Iterable[str]) -> FieldError:
    """As `unsupported`, where the API server lists the set in an order of its own."""
    return FieldError(path, "Unsupported value", value, f"supported values: {', '.join(map(quote, supported))}")


def aggregate_text(problems: Iterable[object]) -> str:
    """Several errors in one text, as Kubernetes writes them: each once, in brackets if there is more than one.

    References
    ----------
    staging/src/k8s.io/apimachinery/pkg/util/errors/errors.go, aggregate.Error (v1.37)
    """
    different = list(dict.fromkeys(map(str, problems)))
    return different[0] if len(different) == 1 else f"[{', '.join(different)}]"


def _shown(value: object) -> str:
    if isinstance(value, bool | int | float) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(_clipped(value), ensure_ascii=False)
    return _clipped(json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":")))


def _clipped(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
