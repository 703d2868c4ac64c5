"""What the API server refuses in a Deployment, a ReplicaSet, a DaemonSet and a StatefulSet.

Of the last two only what they share with the others is read; their update strategies and claims are not.

References
----------
pkg/apis/apps/validation/validation.go: ValidateDeploymentSpec, ValidateReplicaSetSpec, ValidateDaemonSetSpec,
ValidateStatefulSetSpec, and their updates (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.errors import FieldError, forbidden, invalid, required, unsupported_in_order
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.workload import (
    Controller,
    DaemonSet,
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    ReplicaSet,
    StatefulSet,
)
from k8smodels.controlplane.admission.rules import (
    amount_or_percent,
    at_most_100_percent,
    is_valid,
    mismatch,
    not_negative,
    number_of,
    shown_selector,
    template_errors,
    unchanged,
)
from k8smodels.network.policy.validation import selector_errors

_STRATEGIES = ("Recreate", "RollingUpdate")


def controller_errors(item: Controller) -> Iterator[FieldError]:
    """What is wrong with the spec."""
    if isinstance(item, Deployment):
        yield from _deployment_errors(item.spec)
    elif isinstance(item, ReplicaSet):
        yield from not_negative("spec.replicas", item.spec.replicas)
        yield from not_negative("spec.minReadySeconds", item.spec.min_ready_seconds)
        yield from _pods_errors(item)
    elif isinstance(item, StatefulSet):
        yield from not_negative("spec.replicas", item.spec.replicas)
        yield from not_negative("spec.minReadySeconds", _unmodelled(item, "minReadySeconds"))
        yield from _pods_errors(item)
        yield from _only_always(item)
    else:
        yield from _daemon_set_errors(item)


def changed_controller_errors(item: Controller, before: Controller) -> Iterator[FieldError]:
    """What is wrong with a spec that replaces the one of before: it must be valid, and select the same pods."""
    selector = item.spec.selector
    kept = unchanged("spec.selector", selector, before.spec.selector, shown_selector(selector))
    yield from (*kept, *controller_errors(item)) if isinstance(item, DaemonSet) else (*controller_errors(item), *kept)


def _deployment_errors(spec: DeploymentSpec) -> Iterator[FieldError]:
    yield from not_negative("spec.replicas", spec.replicas)
    yield from _pods_errors(Deployment(spec=spec))
    yield from _strategy_errors(spec.strategy, "spec.strategy")
    yield from not_negative("spec.minReadySeconds", spec.min_ready_seconds)
    yield from not_negative("spec.revisionHistoryLimit", spec.revision_history_limit)
    deadline = spec.progress_deadline_seconds
    yield from not_negative("spec.progressDeadlineSeconds", deadline)
    if deadline is not None and deadline <= spec.min_ready_seconds:
        yield invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")


def _daemon_set_errors(item: Controller) -> Iterator[FieldError]:
    selector, template = item.spec.selector, item.spec.template
    if selector is not None:
        yield from selector_errors(selector, "spec.selector")
    yield from mismatch(selector, template, "spec.template")
    if selector is not None and _selects_all(selector):
        yield invalid("spec.selector", {}, "empty selector is invalid for daemonset")
    yield from template_errors(template, "spec.template")
    yield from _only_always(item)
    yield from not_negative("spec.minReadySeconds", _unmodelled(item, "minReadySeconds"))
    yield from not_negative("spec.revisionHistoryLimit", _unmodelled(item, "revisionHistoryLimit"))


def _pods_errors(item: Controller) -> Iterator[FieldError]:
    """The selector, and the template that it has to match."""
    selector, template = item.spec.selector, item.spec.template
    of_stateful_set = isinstance(item, StatefulSet)
    if selector is None:
        yield required("spec.selector")
    else:
        yield from selector_errors(selector, "spec.selector")
        if _selects_all(selector):
            # A ReplicaSet's message speaks of a deployment, too.
            kind = "statefulset" if of_stateful_set else "deployment"
            yield invalid("spec.selector", {}, f"empty selector is invalid for {kind}")
    if not is_valid(selector):
        detail = "" if of_stateful_set else "invalid label selector"
        yield invalid("spec.selector", shown_selector(selector), detail)
        return
    yield from mismatch(selector, template, "spec.template")
    yield from template_errors(template, "spec.template")
    if not of_stateful_set:
        yield from _only_always(item)


def _only_always(item: Controller) -> Iterator[FieldError]:
    policy = item.spec.template.spec.restart_policy
    if policy not in ("", "Always"):
        yield unsupported_in_order("spec.template.spec.restartPolicy", policy, ("Always",))


def _strategy_errors(strategy: DeploymentStrategy, path: str) -> Iterator[FieldError]:
    limits = strategy.rolling_update
    surge, unavailable = (limits.max_surge or 0, limits.max_unavailable or 0) if limits else (None, None)
    if strategy.type not in _STRATEGIES:
        shown = None if limits is None else {"MaxUnavailable": unavailable, "MaxSurge": surge}
        yield unsupported_in_order(path, {"Type": strategy.type, "RollingUpdate": shown}, _STRATEGIES)
    elif strategy.type == "Recreate":
        if limits is not None:
            told = "may not be specified when strategy `type` is 'Recreate'"
            yield forbidden(f"{path}.rollingUpdate", told)
    elif surge is not None and unavailable is not None:
        yield from _limits_errors(surge, unavailable, f"{path}.rollingUpdate")


def _limits_errors(surge: int | str, unavailable: int | str, path: str) -> Iterator[FieldError]:
    """A rolling update must be able to move: either one pod more, or one pod less."""
    yield from amount_or_percent(f"{path}.maxUnavailable", unavailable)
    yield from amount_or_percent(f"{path}.maxSurge", surge)
    if number_of(unavailable) == 0 and number_of(surge) == 0:
        yield invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0")
    yield from at_most_100_percent(f"{path}.maxUnavailable", unavailable)


def _selects_all(selector: LabelSelector) -> bool:
    return not selector.match_labels and not selector.match_expressions


def _unmodelled(item: Controller, field: str) -> int | None:
    value = item.spec.unknown.get(field)
    return value if isinstance(value, int) else None
