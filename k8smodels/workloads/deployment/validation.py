"""What the API server refuses in a Deployment, in its own words.

Left out: the template's own rules besides those of `k8smodels.api.validation`, and metadata other than the name.

References
----------
pkg/apis/apps/validation/validation.go: ValidateDeploymentSpec, ValidateRollingUpdateDeployment,
ValidatePodTemplateSpecForReplicaSet, ValidateDeploymentUpdate (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8smodels.api.errors import FieldError, InvalidObject, forbidden, invalid, required, unsupported
from k8smodels.api.intstr import IntOrString, int_value
from k8smodels.api.selectors import as_selector
from k8smodels.api.validation import NOT_NEGATIVE, validate
from k8smodels.api.workload import Deployment, DeploymentSpec, RollingUpdateDeployment

STRATEGIES = ("Recreate", "RollingUpdate")
_PERCENT = re.compile(r"[0-9]+%", re.ASCII)
_PERCENT_WORDS = (
    "a valid percent string must be a numeric string followed by an ending '%'"
    " (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
)
_MANY = 9
"""More digits than these are too many for a number of pods."""


def validate_deployment(deployment: Deployment) -> None:
    """Refuse what the API server would refuse in a new Deployment.

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    errors = [*_common(deployment), *_spec_errors(deployment.spec)]
    if errors:
        raise InvalidObject("Deployment", deployment.name, errors)


def validate_deployment_update(deployment: Deployment, before: Deployment) -> None:
    """Refuse what the API server would refuse as the next version of a Deployment.

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    errors = [*_common(deployment), *_spec_errors(deployment.spec)]
    selector = deployment.spec.selector
    if selector is not None and selector != before.spec.selector:
        errors.append(invalid("spec.selector", selector.to_json(), "field is immutable"))
    if errors:
        raise InvalidObject("Deployment", deployment.name, errors)


def _common(deployment: Deployment) -> tuple[FieldError, ...]:
    try:
        validate(deployment)
    except InvalidObject as error:
        return error.errors
    return ()


def _spec_errors(spec: DeploymentSpec) -> Iterator[FieldError]:
    yield from _not_negative("spec.replicas", spec.replicas)
    yield from _selector_errors(spec)
    yield from _strategy_errors(spec)
    yield from _not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    yield from _not_negative("spec.revisionHistoryLimit", spec.revision_history_limit)
    deadline = 600 if spec.progress_deadline_seconds is None else spec.progress_deadline_seconds
    yield from _not_negative("spec.progressDeadlineSeconds", deadline)
    if deadline <= spec.min_ready_seconds:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _selector_errors(spec: DeploymentSpec) -> Iterator[FieldError]:
    if spec.selector is None:
        yield required("spec.selector")
        return
    if not spec.selector.match_labels and not spec.selector.match_expressions:
        yield invalid("spec.selector", {}, "empty selector is invalid for deployment")
        return
    labels = spec.template.metadata.labels
    if not as_selector(spec.selector).matches(labels):
        yield invalid("spec.template.metadata.labels", dict(labels), "`selector` does not match template `labels`")


def _strategy_errors(spec: DeploymentSpec) -> Iterator[FieldError]:
    kind, limits = spec.strategy.type or "RollingUpdate", spec.strategy.rolling_update
    if kind not in STRATEGIES:
        yield unsupported("spec.strategy", kind, STRATEGIES)
    elif kind == "Recreate":
        if limits is not None:
            yield forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
    else:
        yield from rolling_update_errors(limits or RollingUpdateDeployment())


def rolling_update_errors(limits: RollingUpdateDeployment) -> Iterator[FieldError]:
    """What is wrong with the limits of a rolling update; each is 25% where it is not set."""
    path = "spec.strategy.rollingUpdate"
    unavailable = "25%" if limits.max_unavailable is None else limits.max_unavailable
    surge = "25%" if limits.max_surge is None else limits.max_surge
    yield from _amount_errors(f"{path}.maxUnavailable", unavailable)
    yield from _amount_errors(f"{path}.maxSurge", surge)
    if _amount(unavailable) == _amount(surge) == 0:
        yield invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    if isinstance(unavailable, str) and _amount(unavailable) > 100:
        yield invalid(f"{path}.maxUnavailable", unavailable, "must not be greater than 100%")


def _amount_errors(path: str, value: IntOrString) -> Iterator[FieldError]:
    if isinstance(value, str):
        if not _PERCENT.fullmatch(value):
            yield invalid(path, value, _PERCENT_WORDS)
    else:
        yield from _not_negative(path, value)


def _amount(value: IntOrString) -> int:
    """The number, or that before the percent sign."""
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return int(value[:_MANY].rstrip("%"))
    return int_value(value)


def _not_negative(path: str, value: int | None) -> Iterator[FieldError]:
    if value is not None and value < 0:
        yield invalid(path, value, NOT_NEGATIVE)
