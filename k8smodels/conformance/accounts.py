"""The suites ``accounts/...`` and ``api/rbac``."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.accounts.rbac import Attributes, Authorization, Policy, authorize
from k8smodels.accounts.rbac.authorizer import aggregate
from k8smodels.accounts.users import User
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter

_KINDS: Mapping[str, type[KubernetesObject]] = {
    "roles": Role,
    "roleBindings": RoleBinding,
    "clusterRoles": ClusterRole,
    "clusterRoleBindings": ClusterRoleBinding,
}


def rbac(case: JSON) -> JSON:
    """What is allowed, with the reason."""
    policy = Policy.of(cls.from_json(item) for key, cls in _KINDS.items() for item in case.get(key, ()))
    return [_shown(authorize(policy, _user(request), _attributes(request))) for request in case["requests"]]


def _user(request: JSON) -> User:
    return User(request["user"], groups=tuple(request.get("groups", ())))


def _attributes(request: JSON) -> Attributes:
    return Attributes(
        request["verb"],
        request.get("apiGroup", ""),
        request.get("resource", ""),
        request.get("subresource", ""),
        request.get("namespace", ""),
        request.get("name", ""),
        request.get("path", ""),
    )


def _shown(answer: Authorization) -> JSON:
    reason = answer.reason
    if not answer.allowed and answer.dangling:
        # the recorded authorizer looked roles up in a list, whose error does not say which role
        kinds = (binding.role_ref.kind.lower() for binding in answer.dangling)
        reason = f"RBAC: {aggregate(f'{kind} not found' for kind in kinds)}"
    return {"allowed": answer.allowed} | ({"reason": reason} if reason else {})


SUITES: Mapping[str, Adapter] = {}
