"""Rules that many kinds share: amounts, percentages, fields that stay as they are, selectors, templates of pods.

References
----------
pkg/apis/core/validation/validation.go: ValidatePodTemplateSpec, ValidateNonnegativeField, ValidateImmutableField;
pkg/apis/apps/validation/validation.go: ValidatePositiveIntOrPercent, IsNotMoreThan100Percent (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from k8smodels.api.affinity import Taint
from k8smodels.api.errors import FieldError, InvalidObject, invalid, required, unsupported_in_order
from k8smodels.api.gotext import NumberError, parse_int
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Pod, PodSpec, PodTemplateSpec
from k8smodels.api.selectors import LabelSelector, SelectorError, as_selector
from k8smodels.api.validation import NOT_NEGATIVE, validate
from k8smodels.controlplane.admission.metadata import annotation_errors, label_errors

IMMUTABLE = "field is immutable"
WHOLE_TEMPLATE = "{…}"
"""Stands for a pod template inside a message, which the API server prints whole."""

_BEFORE_POLICY = ("spec.containers", "spec.initContainers", "spec.resources")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_MISMATCH = "`selector` does not match template `labels`"
_PERCENT = re.compile("[0-9]+%")
_PERCENT_RULE = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for"
    " validation is '[0-9]+%')"
)


def not_negative(path: str, value: int | None) -> Iterator[FieldError]:
    """An amount that may be left out, but not be below 0."""
    if value is not None and value < 0:
        yield invalid(path, value, NOT_NEGATIVE)


def amount_or_percent(path: str, value: int | str) -> Iterator[FieldError]:
    """A number that is not negative, or a percentage."""
    if isinstance(value, int):
        yield from not_negative(path, value)
    elif not _PERCENT.fullmatch(value):
        yield invalid(path, value, _PERCENT_RULE)


def at_most_100_percent(path: str, value: int | str) -> Iterator[FieldError]:
    """A percentage that is not more than everything; numbers may be any."""
    if isinstance(value, str) and _PERCENT.fullmatch(value) and number_of(value) > 100:
        yield invalid(path, value, "must not be greater than 100%")


def number_of(value: int | str) -> int:
    """A number, or the number of a percentage; 0 for any other text."""
    if isinstance(value, int):
        return value
    try:
        return parse_int(value.removesuffix("%") if _PERCENT.fullmatch(value) else value)
    except NumberError as error:
        return error.nearest


def unchanged(path: str, now: object, before: object, shown: object = None) -> Iterator[FieldError]:
    """A field that cannot change; `shown` is `now` as a message shows it, unless that is the same."""
    if now != before:
        yield invalid(path, now if shown is None else shown, IMMUTABLE)


def shown_selector(selector: LabelSelector | None) -> Any:
    """A selector inside a message."""
    if selector is None:
        return None
    expressions = [
        {"key": each.key, "operator": each.operator} | ({"values": list(each.values)} if each.values else {})
        for each in selector.match_expressions
    ]
    labels = {"matchLabels": _sorted(selector.match_labels)} if selector.match_labels else {}
    return labels | ({"matchExpressions": expressions} if expressions else {})


def is_valid(selector: LabelSelector | None) -> bool:
    """Whether something can be selected with it."""
    try:
        as_selector(selector)
    except SelectorError:
        return False
    return True


def mismatch(selector: LabelSelector | None, template: PodTemplateSpec, path: str) -> Iterator[FieldError]:
    """A template whose pods its own selector would not find; `path` is the template's."""
    labels = template.metadata.labels
    if is_valid(selector) and not as_selector(selector).matches(labels):
        yield invalid(f"{path}.metadata.labels", _sorted(labels) or None, _MISMATCH)


def template_errors(template: PodTemplateSpec, path: str) -> Iterator[FieldError]:
    """What is wrong with a template of pods."""
    yield from label_errors(template.metadata.labels, f"{path}.labels")
    yield from annotation_errors(template.metadata.annotations, f"{path}.annotations")
    yield from (error.within(path) for error in pod_spec_errors(template.spec))


def pod_spec_errors(spec: PodSpec) -> Iterator[FieldError]:
    """What is wrong with the spec of any pod, at ``spec``."""
    errors: tuple[FieldError, ...] = ()
    try:
        validate(Pod(metadata=ObjectMeta(name="pod"), spec=spec))
    except InvalidObject as refused:
        errors = refused.errors
    later = [error for error in errors if not error.path.startswith(_BEFORE_POLICY)]
    yield from (error for error in errors if error.path.startswith(_BEFORE_POLICY))
    known = ("Always", "OnFailure", "Never")
    if spec.restart_policy not in ("", *known):
        yield unsupported_in_order("spec.restartPolicy", spec.restart_policy, known)
    yield from later


def taint_errors(taints: Sequence[Taint]) -> Iterator[FieldError]:
    """What is wrong with the taints of a node, which messages place in its metadata."""
    seen: set[tuple[str, str]] = set()
    for i, taint in enumerate(taints):
        path = f"metadata.taints[{i}]"
        yield from (invalid(f"{path}.key", taint.key, problem) for problem in label_key_problems(taint.key))
        if problems := label_value_problems(taint.value):
            yield invalid(f"{path}.value", taint.value, ";".join(problems))
        if not taint.effect:
            yield required(f"{path}.effect")
        elif taint.effect not in _EFFECTS:
            yield unsupported_in_order(f"{path}.effect", taint.effect, _EFFECTS)
        if (taint.key, taint.effect) in seen:
            shown = {"Key": taint.key, "Value": taint.value, "Effect": taint.effect, "TimeAdded": None}
            yield FieldError(path, "Duplicate value", shown, "taints must be unique by key and effect pair")
        seen.add((taint.key, taint.effect))


def _sorted(labels: Mapping[str, str]) -> dict[str, str]:
    return {key: labels[key] for key in sorted(labels)}
