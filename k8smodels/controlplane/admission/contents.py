"""What the API server refuses in a ConfigMap, a Secret and a PodDisruptionBudget.

Left out: what a Secret of a type for image registries holds.

References
----------
pkg/apis/core/validation/validation.go: ValidateConfigMap, ValidateSecret, and their updates;
staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go: IsConfigMapKey;
pkg/apis/policy/validation/validation.go: ValidatePodDisruptionBudgetSpec (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from k8smodels.api.errors import FieldError, forbidden, invalid, required, unsupported
from k8smodels.api.meta import Unstructured
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.controlplane.admission.rules import (
    amount_or_percent,
    at_most_100_percent,
    shown_selector,
    unchanged,
)
from k8smodels.network.policy.validation import selector_errors

MAX_BYTES = 1024 * 1024
"""How much a ConfigMap or a Secret may hold."""

MAX_KEY = 253
"""As long as a name in DNS."""

_KEY = re.compile("[-._a-zA-Z0-9]+")
_KEY_RULE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or"
    " 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""What a Secret of a type has to hold."""


def config_errors(item: Unstructured, before: Unstructured | None = None) -> Iterator[FieldError]:
    """What is wrong with a ConfigMap or a Secret, new or instead of the one of before."""
    is_secret = item.content.get("kind") == "Secret"
    if before is not None:
        if is_secret:
            yield from unchanged("type", item.content.get("type"), before.content.get("type"))
        yield from _frozen_errors(item.content, before.content)
    if is_secret:
        yield from _key_errors(item.content, "data")
        yield from _type_errors(item.content)
    else:
        yield from _key_errors(item.content, "data")
        yield from _key_errors(item.content, "binaryData")


def budget_errors(budget: PodDisruptionBudget) -> Iterator[FieldError]:
    """What is wrong with a PodDisruptionBudget."""
    spec = budget.spec
    least, most = spec.min_available, spec.max_unavailable
    if least is not None and most is not None:
        shown = {
            "MinAvailable": least,
            "Selector": shown_selector(spec.selector),
            "MaxUnavailable": most,
            "UnhealthyPodEvictionPolicy": spec.unhealthy_pod_eviction_policy or None,
        }
        yield invalid("spec", shown, "minAvailable and maxUnavailable cannot be both set")
    for path, value in (("spec.minAvailable", least), ("spec.maxUnavailable", most)):
        if value is not None:
            yield from amount_or_percent(path, value)
            yield from at_most_100_percent(path, value)
    if spec.selector is not None:
        yield from selector_errors(spec.selector, "spec.selector")
    known = ("AlwaysAllow", "IfHealthyBudget")
    if spec.unhealthy_pod_eviction_policy not in ("", *known):
        yield unsupported("spec.unhealthyPodEvictionPolicy", spec.unhealthy_pod_eviction_policy, known)


def _frozen_errors(now: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[FieldError]:
    if before.get("immutable") is not True:
        return
    for field in ("immutable", "data", "binaryData"):
        if (now.get(field) or {}) != (before.get(field) or {}):
            yield forbidden(field, "field is immutable when `immutable` is set")


def _key_errors(content: Mapping[str, Any], field: str) -> Iterator[FieldError]:
    values, others = content.get(field) or {}, _map(content, "binaryData")
    if not isinstance(values, Mapping):
        yield invalid(field, values, "must be a map")
        return
    for key in values:
        here = f"{field}[{key}]"
        yield from (invalid(here, key, problem) for problem in _key_problems(key))
        if field == "data" and key in others:
            yield invalid(here, key, "duplicate of key present in binaryData")
    size = sum(len(str(value).encode(errors="surrogatepass")) for value in values.values())
    if size > MAX_BYTES:
        yield FieldError(field, "Too long", detail=f"may not be more than {MAX_BYTES} bytes")


def _key_problems(key: str) -> Iterator[str]:
    if len(key) > MAX_KEY:
        yield f"must be no more than {MAX_KEY} characters"
    if not _KEY.fullmatch(key):
        yield _KEY_RULE
    if key in (".", ".."):
        yield f"must not be '{key}'"
    elif key.startswith(".."):
        yield "must not start with '..'"


def _type_errors(content: Mapping[str, Any]) -> Iterator[FieldError]:
    data, kind = _map(content, "data"), content.get("type")
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & set(data):
        yield required("data[username]")
        yield required("data[password]")
    yield from (required(f"data[{key}]") for key in _NEEDED.get(str(kind), ()) if key not in data)


def _map(content: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = content.get(field)
    return value if isinstance(value, Mapping) else {}
