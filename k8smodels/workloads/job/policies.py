"""What the failure of a pod means, and when enough pods have succeeded.

References
----------
pkg/controller/job/pod_failure_policy.go, success_policy.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k8smodels.api.batch import (
    Job,
    PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern,
    PodFailurePolicyRule,
)
from k8smodels.api.pod import ContainerStatus, Pod
from k8smodels.workloads.job.indexes import Indexes


class Verdict(NamedTuple):
    """What a pod failure policy says about a failed pod.

    Attributes
    ----------
    counts
        Whether the failure counts towards the back-off limit.
    action
        The matching rule's; empty if none matches.
    message
        Why the whole Job fails; empty if it does not.
    rule
        The matching rule's position.
    """

    counts: bool = True
    action: str = ""
    message: str = ""
    rule: int | None = None


def judge(job: Job, pod: Pod) -> Verdict:
    """What the first matching rule says; without one the failure counts."""
    policy = job.spec.pod_failure_policy
    for number, rule in enumerate(policy.rules if policy else ()):
        match = _matches(rule, pod)
        if match and rule.action in ("Ignore", "FailIndex", "Count", "FailJob"):
            failed = rule.action == "FailJob"
            message = f"{match} matching FailJob rule at index {number}" if failed else ""
            return Verdict(rule.action != "Ignore", rule.action, message, number)
    return Verdict()


def enough(job: Job, succeeded: Indexes) -> str:
    """The message of the first success rule that is met; empty if none is."""
    policy, completions = job.spec.success_policy, job.spec.completions or 0
    for number, rule in enumerate(policy.rules if policy else ()):
        if rule.succeeded_indexes is not None:
            wanted = Indexes.parse(rule.succeeded_indexes, completions)
            common = wanted.common(succeeded)
            count = wanted.total if rule.succeeded_count is None else min(rule.succeeded_count, wanted.total)
            met = wanted.total > 0 and common >= count
        else:
            met = rule.succeeded_count is not None and succeeded.total >= rule.succeeded_count
        if met:
            return f"Matched rules at index {number}"
    return ""


def _matches(rule: PodFailurePolicyRule, pod: Pod) -> str:
    """What of `pod` a rule is about, in words; empty if it is not about this pod."""
    if rule.on_exit_codes is not None:
        status = _matching_container(rule.on_exit_codes, pod)
        if status is None or status.state.terminated is None:
            return ""
        code = status.state.terminated.exit_code
        return f"Container {status.name} for pod {pod.namespace}/{pod.name} failed with exit code {code}"
    kind = _matching_condition(rule.on_pod_conditions, pod)
    return f"Pod {pod.namespace}/{pod.name} has condition {kind}" if kind else ""


def _matching_container(requirement: PodFailurePolicyOnExitCodesRequirement, pod: Pod) -> ContainerStatus | None:
    for status in (*pod.status.container_statuses, *pod.status.init_container_statuses):
        code = status.state.terminated.exit_code if status.state.terminated else 0
        if requirement.container_name in (None, status.name) and code and _holds(requirement, code):
            return status
    return None


def _holds(requirement: PodFailurePolicyOnExitCodesRequirement, code: int) -> bool:
    if requirement.operator == "In":
        return code in requirement.values
    return requirement.operator == "NotIn" and code not in requirement.values


def _matching_condition(patterns: Sequence[PodFailurePolicyOnPodConditionsPattern], pod: Pod) -> str:
    wanted = {(pattern.type, pattern.status or "True") for pattern in patterns}
    return next((each.type for each in pod.status.conditions if (each.type, each.status) in wanted), "")
