"""Field selectors: ``status.phase!=Running,spec.nodeName=node-1``.

References
----------
staging/src/k8s.io/apimachinery/pkg/fields/selector.go (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from k8smodels.api.selectors import SelectorError

_TERM = re.compile(r"(?:\\.|[^\\,])*\\?", re.DOTALL)
_OPERATOR = re.compile("!=|==|=")
_SPECIAL = re.compile(r"[\\,=]")


@dataclass(frozen=True, slots=True)
class FieldRequirement:
    """One condition on one field.

    Attributes
    ----------
    field
        The field's path, e.g. ``spec.nodeName``.
    operator
        ``=`` or ``!=``.
    value
        What the field is compared with. A field that an object lacks is empty.
    """

    field: str
    operator: Literal["=", "!="]
    value: str

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Whether an object with these fields meets the condition."""
        return (fields.get(self.field, "") == self.value) == (self.operator == "=")

    def __str__(self) -> str:
        return f"{self.field}{self.operator}{escape_value(self.value)}"


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Conditions that must all hold, in the order of their text."""

    requirements: tuple[FieldRequirement, ...] = ()

    def matches(self, fields: Mapping[str, str]) -> bool:
        """Whether an object with these fields is selected."""
        return all(requirement.matches(fields) for requirement in self.requirements)

    @property
    def empty(self) -> bool:
        """Whether it selects everything."""
        return not self.requirements

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


@lru_cache(maxsize=4096)
def parse_field_selector(text: str) -> FieldSelector:
    """The selector that `text` stands for, as after ``kubectl get --field-selector``.

    There is no ``in``, no spaces are skipped; a comma, an equals sign or a backslash in a value stands behind a
    backslash.

    Raises
    ------
    SelectorError
        `text` is no field selector.
    """
    requirements = [_parse_term(term, text) for term in sorted(_split_terms(text)) if term]
    return FieldSelector(tuple(item for item in requirements if item.field or item.value))


def escape_value(value: str) -> str:
    """`value` as it must be written in a field selector."""
    return _SPECIAL.sub(r"\\\g<0>", value)


def _split_terms(text: str) -> list[str]:
    """The parts between commas that no backslash protects."""
    terms, start = [], 0
    while True:
        match = _TERM.match(text, start)
        end = match.end() if match else start
        terms.append(text[start:end])
        if end == len(text):
            return terms
        start = end + 1


def _parse_term(term: str, text: str) -> FieldRequirement:
    match = _OPERATOR.search(term)
    if match is None:
        raise SelectorError(f"invalid selector: '{text}'; can't understand '{term}'")
    return FieldRequirement(term[: match.start()], "!=" if match[0] == "!=" else "=", _unescape(term[match.end() :]))


def _unescape(value: str) -> str:
    out, escaped = [], False
    for char in value:
        if escaped and char not in "\\,=":
            raise SelectorError(f"invalid field selector: invalid escape sequence: \\{char}")
        if not escaped and char in ",=":
            raise SelectorError(f"invalid field selector: unescaped character in value: {ord(char)}")
        if escaped or char != "\\":
            out.append(char)
        escaped = char == "\\" and not escaped
    if escaped:
        raise SelectorError("invalid field selector: invalid escape sequence: \\")
    return "".join(out)
