"""What the API server refuses in roles and bindings, after it has filled in the API groups.

Left out: metadata beside the name, and the selectors of aggregation rules; nobody may give rights that they do not
have, which is checked elsewhere.

References
----------
pkg/apis/rbac/validation/validation.go; pkg/apis/rbac/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.dns_names import dns_subdomain_problems, path_segment_problems
from k8smodels.api.errors import FieldError, InvalidObject, invalid, required, unsupported
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject
from k8smodels.api.validation import validate

GROUP = "rbac.authorization.k8s.io"

Rbac = Role | ClusterRole | RoleBinding | ClusterRoleBinding


def validate_rbac(item: Rbac) -> None:
    """Refuse what the API server would refuse.

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    errors = list(_errors(item))
    try:
        validate(item)
    except InvalidObject as refused:
        errors = [*refused.errors, *errors]
    if errors:
        raise InvalidObject(item.kind, item.name, errors)


def _errors(item: Rbac) -> Iterator[FieldError]:
    if isinstance(item, Role | ClusterRole):
        for i, rule in enumerate(item.rules):
            yield from _rule(rule, f"rules[{i}]", namespaced=isinstance(item, Role))
    if isinstance(item, ClusterRole) and item.aggregation_rule and not item.aggregation_rule.cluster_role_selectors:
        detail = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        yield required("aggregationRule.clusterRoleSelectors", detail)
    if isinstance(item, RoleBinding | ClusterRoleBinding):
        namespaced = isinstance(item, RoleBinding)
        yield from _role_ref(item.role_ref, ("Role", "ClusterRole") if namespaced else ("ClusterRole",))
        for i, subject in enumerate(item.subjects):
            yield from _subject(subject, f"subjects[{i}]", namespaced=namespaced)


def _rule(rule: PolicyRule, path: str, *, namespaced: bool) -> Iterator[FieldError]:
    if not rule.verbs:
        yield required(f"{path}.verbs", "verbs must contain at least one value")
    urls = f"{path}.nonResourceURLs"
    if rule.non_resource_urls:
        if namespaced:
            yield invalid(urls, list(rule.non_resource_urls), "namespaced rules cannot apply to non-resource URLs")
        if rule.api_groups or rule.resources or rule.resource_names:
            detail = "rules cannot apply to both regular resources and non-resource URLs"
            yield invalid(urls, list(rule.non_resource_urls), detail)
        return
    if not rule.api_groups:
        yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
    if not rule.resources:
        yield required(f"{path}.resources", "resource rules must supply at least one resource")


def _role_ref(ref: RoleRef, kinds: Sequence[str]) -> Iterator[FieldError]:
    yield from _group(ref.api_group, "roleRef")
    if ref.kind not in kinds:
        yield unsupported("roleRef.kind", ref.kind, kinds)
    if not ref.name:
        yield required("roleRef.name")
    yield from (invalid("roleRef.name", ref.name, problem) for problem in path_segment_problems(ref.name))


def _subject(subject: Subject, path: str, *, namespaced: bool) -> Iterator[FieldError]:
    if not subject.name:
        yield required(f"{path}.name")
    if subject.kind == "ServiceAccount":
        if subject.name:
            problems = dns_subdomain_problems(subject.name)
            yield from (invalid(f"{path}.name", subject.name, problem) for problem in problems)
        if subject.api_group:
            yield unsupported(f"{path}.apiGroup", subject.api_group, [""])
        if not namespaced and not subject.namespace:
            yield required(f"{path}.namespace")
    elif subject.kind in ("User", "Group"):
        yield from _group(subject.api_group, path)
    else:
        yield unsupported(f"{path}.kind", subject.kind, ["ServiceAccount", "User", "Group"])


def _group(group: str, path: str) -> Iterator[FieldError]:
    if group not in ("", GROUP):
        yield unsupported(f"{path}.apiGroup", group, [GROUP])
