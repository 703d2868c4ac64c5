"""Label selectors: which objects a Service, a Deployment or ``kubectl get -l`` means.

References
----------
staging/src/k8s.io/apimachinery/pkg/labels/selector.go and pkg/apis/meta/v1/helpers.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.api.gotext import NumberError, marshal, parse_int, quote
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.structure import Struct, struct

Operator = Literal["=", "==", "!=", "in", "notin", "exists", "!", "gt", "lt"]
"""As Kubernetes names them inside; ``!`` is "does not exist"."""

_SYMBOLS = {"=": "=", "==": "==", "!=": "!=", "gt": ">", "lt": "<", "in": " in ", "notin": " notin "}
_OBJECT_OPERATORS: dict[str, Operator] = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}


class SelectorError(ValueError):
    """A selector that the API server would refuse, in its words."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on one label.

    Attributes
    ----------
    key
        The label's key.
    operator
        How its value is compared.
    values
        What it is compared with: one value for ``=``, ``==``, ``!=``, ``gt``, ``lt``; at least one for ``in`` and
        ``notin``; none for ``exists`` and ``!``.
    """

    key: str
    operator: Operator
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels meets the condition.

        An object without the label meets ``!=`` and ``notin``: it does not have the value.
        """
        value = labels.get(self.key)
        match self.operator:
            case "=" | "==" | "in":
                return value in self.values
            case "!=" | "notin":
                return value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
            case _:
                return value is not None and self._compares(value)

    def _compares(self, value: str) -> bool:
        try:
            number, bound = parse_int(value), parse_int(self.values[0])
        except NumberError:
            return False
        return number > bound if self.operator == "gt" else number < bound

    def __str__(self) -> str:
        if self.operator in ("exists", "!"):
            return self.key if self.operator == "exists" else f"!{self.key}"
        values = ",".join(sorted(self.values))
        return f"{self.key}{_SYMBOLS[self.operator]}{f'({values})' if self.operator in ('in', 'notin') else values}"


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions that must all hold, ordered by key.

    Attributes
    ----------
    requirements
        The conditions. Without any, everything is selected.
    selectable
        False for the selector that selects nothing at all.
    """

    requirements: tuple[Requirement, ...] = ()
    selectable: bool = True

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected."""
        for requirement in self.requirements:  # a loop: all() with a generator takes twice as long
            if not requirement.matches(labels):
                return False
        return self.selectable

    @property
    def empty(self) -> bool:
        """Whether it selects everything."""
        return self.selectable and not self.requirements

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))


EVERYTHING = Selector()
"""Selects every object: the selector ``{}``."""

NOTHING = Selector(selectable=False)
"""Selects no object: a selector that is absent (null)."""


@struct
class LabelSelectorRequirement(Struct):
    """One of `LabelSelector.match_expressions`: its operator is In, NotIn, Exists or DoesNotExist."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


@struct
class LabelSelector(Struct):
    """A selector as it stands in an object: all of its labels and all of its expressions must match."""

    match_labels: Mapping[str, str] = field(default_factory=dict)
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()


def as_selector(selector: LabelSelector | None) -> Selector:
    """The selector that an object's field holds: ``None`` selects nothing, an empty one everything.

    Raises
    ------
    SelectorError
        A key, operator or value that the API server would refuse.
    """
    if selector is None:
        return NOTHING
    labels = [requirement(key, "=", (value,)) for key, value in sorted(selector.match_labels.items())]
    return selector_of([*labels, *map(_expression, selector.match_expressions)])


def selector_from_set(labels: Mapping[str, str]) -> Selector:
    """The selector of objects that have all these labels, as in ``Service.spec.selector``.

    Raises
    ------
    SelectorError
        A key or value that no label can have.
    """
    return selector_of(requirement(key, "=", (value,)) for key, value in labels.items())


def selector_of(requirements: Iterable[Requirement]) -> Selector:
    """The selector of objects that meet all `requirements`."""
    return Selector(tuple(sorted(requirements, key=lambda requirement: requirement.key)))


def format_label_selector(selector: LabelSelector | None) -> str:
    """The selector as ``kubectl get`` shows it in a column: ``<none>`` if it names no label."""
    try:
        return str(as_selector(selector)) or "<none>"
    except SelectorError:
        return "<error>"


def requirement(key: str, operator: Operator, values: Sequence[str] = ()) -> Requirement:
    """A valid requirement.

    Raises
    ------
    SelectorError
        The key or a value is no label's, or the operator takes another number of values.
    """
    problems = [*_key_problems(key), *_count_problems(operator, values)]
    if operator in ("gt", "lt"):
        problems += _integer_problems(values)
    for i, value in enumerate(values):
        if wrong := label_value_problems(value):
            problems.append(_invalid(f"values[{i}][{key}]", quote(value), "; ".join(wrong)))
    if problems:
        different = list(dict.fromkeys(problems))
        raise SelectorError(different[0] if len(different) == 1 else f"[{', '.join(different)}]")
    return Requirement(key, operator, tuple(values))


def _expression(expression: LabelSelectorRequirement) -> Requirement:
    operator = _OBJECT_OPERATORS.get(expression.operator)
    if operator is None:
        raise SelectorError(f"{quote(expression.operator)} is not a valid label selector operator")
    return requirement(expression.key, operator, expression.values)


def _key_problems(key: str) -> list[str]:
    wrong = label_key_problems(key)
    return [_invalid("key", quote(key), "; ".join(wrong))] if wrong else []


def _count_problems(operator: Operator, values: Sequence[str]) -> list[str]:
    match operator:
        case "in" | "notin":
            right, rule = len(values) > 0, "for 'in', 'notin' operators, values set can't be empty"
        case "exists" | "!":
            right, rule = len(values) == 0, "values set must be empty for exists and does not exist"
        case "gt" | "lt":
            right, rule = len(values) == 1, "for 'Gt', 'Lt' operators, exactly one value is required"
        case _:
            right, rule = len(values) == 1, "exact-match compatibility requires one single value"
    return [] if right else [_invalid("values", marshal(list(values) or None), rule)]


def _integer_problems(values: Sequence[str]) -> list[str]:
    rule = "for 'Gt', 'Lt' operators, the value must be an integer"
    return [_invalid(f"values[{i}]", quote(value), rule) for i, value in enumerate(values) if not _is_integer(value)]


def _is_integer(text: str) -> bool:
    try:
        parse_int(text)
    except NumberError:
        return False
    return True


def _invalid(path: str, shown: str, detail: str) -> str:
    return f"{path}: Invalid value: {shown}: {detail}"
