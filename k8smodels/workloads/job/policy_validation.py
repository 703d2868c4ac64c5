"""What the API server refuses in the policies of a Job, in its own words.

References
----------
pkg/apis/batch/validation/validation.go: validatePodFailurePolicy, validateSuccessPolicy, validateIndexesFormat (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.batch import (
    JobSpec,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
    SuccessPolicy,
    SuccessPolicyRule,
)
from k8smodels.api.errors import FieldError, duplicate, invalid, required, unsupported
from k8smodels.api.gotext import NumberError, parse_int, quote, quote_list
from k8smodels.api.label_syntax import label_key_problems
from k8smodels.api.validation import NOT_NEGATIVE

ACTIONS = ("Count", "FailIndex", "FailJob", "Ignore")
MAX_RULES, MAX_VALUES, MAX_PATTERNS, MAX_INDEXES_TEXT = 20, 255, 20, 64 * 1024


class IndexesError(ValueError):
    """Text that is no list of indexes in rising order."""


def failure_policy_errors(spec: JobSpec) -> Iterator[FieldError]:
    """What is wrong with `podFailurePolicy`."""
    rules = spec.pod_failure_policy.rules if spec.pod_failure_policy else ()
    path = "spec.podFailurePolicy.rules"
    yield from _too_many(path, rules, MAX_RULES)
    template = spec.template.spec
    names = frozenset(each.name for each in (*template.containers, *template.init_containers))
    for number, rule in enumerate(rules):
        yield from _rule_errors(rule, spec, names, f"{path}[{number}]")


def _rule_errors(rule: PodFailurePolicyRule, spec: JobSpec, names: frozenset[str], path: str) -> Iterator[FieldError]:
    if not rule.action:
        yield required(f"{path}.action", f"valid values: {quote_list(ACTIONS)}")
    elif rule.action == "FailIndex":
        if spec.backoff_limit_per_index is None:
            yield invalid(f"{path}.action", rule.action, "requires the backoffLimitPerIndex to be set")
    elif rule.action not in ACTIONS:
        yield unsupported(f"{path}.action", rule.action, ACTIONS)
    if rule.on_exit_codes is not None:
        yield from _exit_code_errors(rule.on_exit_codes, names, f"{path}.onExitCodes")
    yield from _pattern_errors(rule.on_pod_conditions, f"{path}.onPodConditions")
    if rule.on_exit_codes is not None and rule.on_pod_conditions:
        yield FieldError(
            path, "Invalid value", detail="specifying both OnExitCodes and OnPodConditions is not supported"
        )
    if rule.on_exit_codes is None and not rule.on_pod_conditions:
        yield FieldError(path, "Invalid value", detail="specifying one of OnExitCodes and OnPodConditions is required")


def _pattern_errors(patterns: Sequence[PodFailurePolicyOnPodConditionsPattern], path: str) -> Iterator[FieldError]:
    yield from _too_many(path, patterns, MAX_PATTERNS)
    for number, pattern in enumerate(patterns):
        for problem in label_key_problems(pattern.type):
            yield invalid(f"{path}[{number}].type", pattern.type, problem)
        if pattern.status not in ("", "True", "False", "Unknown"):
            yield unsupported(f"{path}[{number}].status", pattern.status, ("False", "True", "Unknown"))


def _exit_code_errors(
    codes: PodFailurePolicyOnExitCodesRequirement, names: frozenset[str], path: str
) -> Iterator[FieldError]:
    if not codes.operator:
        yield required(f"{path}.operator", f"valid values: {quote_list(('In', 'NotIn'))}")
    elif codes.operator not in ("In", "NotIn"):
        yield unsupported(f"{path}.operator", codes.operator, ("In", "NotIn"))
    if codes.container_name is not None and codes.container_name not in names:
        detail = "must be one of the container or initContainer names in the pod template"
        yield invalid(f"{path}.containerName", codes.container_name, detail)
    if not codes.values:
        yield invalid(f"{path}.values", [], "at least one value is required")
    yield from _too_many(f"{path}.values", codes.values, MAX_VALUES)
    for number, value in enumerate(codes.values):
        if codes.operator == "In" and value == 0:
            yield invalid(f"{path}.values[{number}]", value, "must not be 0 for the In operator")
        if value in codes.values[:number]:
            yield duplicate(f"{path}.values[{number}]", value)
    if list(codes.values) != sorted(codes.values):
        yield invalid(f"{path}.values", list(codes.values), "must be ordered")


def success_policy_errors(spec: JobSpec) -> Iterator[FieldError]:
    """What is wrong with `successPolicy`."""
    if spec.completion_mode != "Indexed":
        yield invalid("spec.successPolicy", _as_go(spec.success_policy), "requires indexed completion mode")
        return
    rules = spec.success_policy.rules if spec.success_policy else ()
    path = "spec.successPolicy.rules"
    if not rules:
        yield required(path, "at least one rules must be specified when the successPolicy is specified")
    yield from _too_many(path, rules, MAX_RULES)
    for number, rule in enumerate(rules):
        yield from _success_rule_errors(rule, spec.completions or 0, f"{path}[{number}]")


def _as_go(policy: SuccessPolicy | None) -> object:
    """The policy as the API server's own type, whose fields have no names of the API."""
    rules = policy.rules if policy else ()
    shown = [{"SucceededIndexes": each.succeeded_indexes, "SucceededCount": each.succeeded_count} for each in rules]
    return {"Rules": shown}


def _success_rule_errors(rule: SuccessPolicyRule, completions: int, path: str) -> Iterator[FieldError]:
    count, indexes, total = rule.succeeded_count, rule.succeeded_indexes, 0
    if count is None and indexes is None:
        yield required(path, "at least one of succeededCount or succeededIndexes must be specified")
    if indexes is not None:
        try:
            total = _total(indexes[:MAX_INDEXES_TEXT], completions)
        except IndexesError as error:
            yield invalid(f"{path}.succeededIndexes", indexes, f"error parsing succeededIndexes: {error}")
    if count is None:
        return
    most = "must be less than or equal to {} ({})"
    if count < 0:
        yield invalid(f"{path}.succeededCount", count, NOT_NEGATIVE)
    if count > completions:
        detail = most.format(completions, "the number of specified completions")
        yield invalid(f"{path}.succeededCount", count, detail)
    if indexes is not None and count > total:
        detail = most.format(total, "the number of indexes in the specified succeededIndexes field")
        yield invalid(f"{path}.succeededCount", count, detail)


def _total(text: str, completions: int) -> int:
    """How many indexes `text` names."""
    total, last = 0, -1
    for part in text.split(",") if text else ():
        ends = part.split("-")
        if len(ends) > 2:
            need = "violates the requirement that an index interval can have at most two parts separated by '-'"
            raise IndexesError(f"the fragment {quote(part)} {need}")
        first, end = _index(ends[0], completions), _index(ends[-1], completions)
        if len(ends) == 2 and first >= end:
            raise IndexesError(f"non-increasing order, previous: {first}, current: {end}")
        if last >= first:
            raise IndexesError(f"non-increasing order, previous: {last}, current: {first}")
        total, last = total + end - first + 1, end
    return total


def _index(text: str, completions: int) -> int:
    try:
        index = parse_int(text)
    except NumberError:
        raise IndexesError(f"cannot convert string to integer for index: {quote(text)}") from None
    if index >= completions:
        raise IndexesError(f"too large index: {quote(text)}")
    return index


def _too_many(path: str, items: Sequence[object], most: int) -> Iterator[FieldError]:
    if len(items) > most:
        yield FieldError(path, "Too many", len(items), f"must have at most {most} items")
