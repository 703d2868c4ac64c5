"""ClusterRoles whose rules are collected from others, as those of ``admin``, ``edit`` and ``view``.

References
----------
pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go: syncClusterRole (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from k8smodels.api.rbac import ClusterRole, PolicyRule
from k8smodels.api.selectors import as_selector


def aggregated(role: ClusterRole, others: Iterable[ClusterRole]) -> ClusterRole:
    """`role` with the rules that its aggregation rule collects: each once, selector by selector, by the roles' names.

    What the role said before is overwritten. A role without an aggregation rule stays as it is.

    Raises
    ------
    SelectorError
        A selector is malformed.
    """
    if role.aggregation_rule is None:
        return role
    rules: list[PolicyRule] = []
    by_name = sorted((other for other in others if other.name != role.name), key=lambda other: other.name)
    for selector in map(as_selector, role.aggregation_rule.cluster_role_selectors):
        for other in by_name:
            if selector.matches(other.labels):
                rules += (rule for rule in other.rules if rule not in rules)
    return replace(role, rules=tuple(rules))
