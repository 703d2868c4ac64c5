"""The suites ``accounts/...`` and ``api/rbac``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from k8smodels.accounts.admission import admit
from k8smodels.accounts.rbac import Attributes, Authorization, Policy, authorize
from k8smodels.accounts.rbac.authorizer import aggregate
from k8smodels.accounts.refusals import RefusedError
from k8smodels.accounts.users import User
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from k8smodels.api.service_account import ServiceAccount
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter

_KINDS: Mapping[str, type[KubernetesObject]] = {
    "roles": Role,
    "roleBindings": RoleBinding,
    "clusterRoles": ClusterRole,
    "clusterRoleBindings": ClusterRoleBinding,
}


_VOLUME_SUFFIX = re.compile(r"kube-api-access-[a-z0-9]{5}\b")


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


def admission(case: JSON) -> JSON:
    """The pod as it is stored, or the error."""
    pod = Pod.from_json(case["pod"])
    pod = replace(pod, metadata=replace(pod.metadata, namespace="default"))
    accounts = [ServiceAccount.from_json(item) for item in case["serviceAccounts"]]
    try:
        stored = admit(pod, accounts).pod.to_json()
    except RefusedError as error:
        return {"error": error.message, "reason": error.reason, "code": error.code}
    text = _VOLUME_SUFFIX.sub("kube-api-access-xxxxx", json.dumps(stored))
    return {"pod": {key: value for key, value in json.loads(text).items() if key not in ("apiVersion", "kind")}}


SUITES: Mapping[str, Adapter] = {"accounts/admission": Adapter(admission)}
