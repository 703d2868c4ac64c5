"""Adapters of the suites ``api/...``: quantities, selectors, numbers or percentages."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api import intstr
from k8smodels.api.field_selectors import parse_field_selector
from k8smodels.api.gotext import INT64_MAX, INT64_MIN
from k8smodels.api.quantity import Quantity, QuantityError
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.selectors import (
    LabelSelector,
    Selector,
    SelectorError,
    as_selector,
    format_label_selector,
    selector_from_set,
)
from k8smodels.conformance.accounts import rbac
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter


def quantity(case: JSON) -> JSON:
    """The suite ``api/quantity``."""
    try:
        return _operate(case)
    except QuantityError as error:
        return {"error": str(error)}


def _operate(case: JSON) -> JSON:
    match case["op"]:
        case "fromValue":
            return _described(Quantity.from_value(case.get("value", 0), case["format"]))
        case "fromMilli":
            return _described(Quantity.from_milli(case.get("value", 0), case["format"]))
        case "parse":
            return _described(Quantity.parse(case.get("s", "")))
    left, right = Quantity.parse(case.get("s", "")), Quantity.parse(case.get("other", ""))
    if case["op"] == "cmp":
        return {"cmp": (left - right).sign, "equal": left == right}
    return _described(left + right if case["op"] == "add" else left - right)


def _described(amount: Quantity) -> JSON:
    """The recorded form; a number beyond 64 bits is left out, for Go cannot return it."""
    numbers = {"value": amount.value(), "milliValue": amount.milli_value()}
    return {
        "canonical": str(amount),
        "format": amount.format,
        "sign": amount.sign,
        **{name: number for name, number in numbers.items() if INT64_MIN <= number <= INT64_MAX},
    }


def int_or_percent(case: JSON) -> JSON:
    """The suite ``api/intstr``."""
    value = case["value"]
    out: dict[str, JSON] = {"string": "<nil>", "parsed": None, "intValue": None}
    if value is not None:
        out = {"string": str(value), "parsed": intstr.parse(str(value)), "intValue": intstr.int_value(value)}
    try:
        return out | {"scaled": intstr.scaled_value(value, case["total"], round_up=case["roundUp"])}
    except intstr.IntOrStringError as error:
        return out | {"error": str(error)}


def selectors(case: JSON) -> JSON:
    """The suite ``api/selectors``."""
    try:
        match case["kind"]:
            case "field":
                return _field_selector(case)
            case "object":
                return _label_object(case)
            case "set":
                return _label_selector(selector_from_set(case.get("set") or {}), case["sets"])
            case _:
                return _label_selector(parse_selector(case.get("selector", "")), case["sets"])
    except SelectorError as error:
        return {"error": str(error)}


def _label_selector(selector: Selector, sets: list[Mapping[str, str]]) -> dict[str, JSON]:
    return {
        "canonical": str(selector),
        "empty": selector.empty,
        "selectable": selector.selectable,
        "requirements": [
            {"key": item.key, "operator": item.operator, "values": sorted(set(item.values))}
            for item in selector.requirements
        ],
        "matches": [selector.matches(labels) for labels in sets],
    }


def _label_object(case: JSON) -> JSON:
    written = case.get("object")
    found = None if written is None else LabelSelector.from_json(written)
    return _label_selector(as_selector(found), case["sets"]) | {"formatted": format_label_selector(found)}


def _field_selector(case: JSON) -> JSON:
    selector = parse_field_selector(case.get("selector", ""))
    return {
        "canonical": str(selector),
        "empty": selector.empty,
        "requirements": [
            {"field": item.field, "operator": item.operator, "value": item.value} for item in selector.requirements
        ],
        "matches": [selector.matches(fields) for fields in case["sets"]],
    }


SUITES: Mapping[str, Adapter] = {
    "api/quantity": Adapter(quantity),
    "api/intstr": Adapter(int_or_percent),
    "api/selectors": Adapter(selectors),
    "api/rbac": Adapter(rbac),
}
