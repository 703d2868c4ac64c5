"""Whether a container that has ended is started again.

References
----------
pkg/api/v1/pod/util.go: ContainerShouldRestart, FindMatchingContainerRestartRule (v1.37)
"""

from __future__ import annotations

from k8smodels.api.container_life import ContainerRestartRule
from k8smodels.api.pod import Container, PodSpec


def should_restart(container: Container, spec: PodSpec, exit_code: int) -> bool:
    """Whether `container`, having ended with `exit_code`, is started again.

    A rule of the container decides first, then the container's own policy, then the pod's. Rules count only beside a
    policy of the container.
    """
    rule = matching_rule(container, exit_code) if container.restart_policy else None
    if rule is not None and rule.action in ("Restart", "RestartAllContainers"):
        return True
    policy = container.restart_policy or spec.restart_policy
    if policy == "OnFailure":
        return exit_code != 0
    return policy != "Never"


def matching_rule(container: Container, exit_code: int) -> ContainerRestartRule | None:
    """The first of the container's restart rules that is for `exit_code`."""
    return next((rule for rule in container.restart_policy_rules if _matches(rule, exit_code)), None)


def _matches(rule: ContainerRestartRule, exit_code: int) -> bool:
    if rule.exit_codes is None:
        return False
    listed = exit_code in rule.exit_codes.values
    return {"In": listed, "NotIn": not listed}.get(rule.exit_codes.operator, False)
