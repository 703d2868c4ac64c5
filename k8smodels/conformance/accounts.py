"""The suites ``accounts/...`` and ``api/rbac``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from k8smodels.accounts.admission import admit
from k8smodels.accounts.controller import AccountsWorld, TokenSettings, Write
from k8smodels.accounts.rbac import Attributes, Authorization, Policy, authorize
from k8smodels.accounts.secret_data import decoded
from k8smodels.accounts.token import BindingError, Claims, claims, verify
from k8smodels.accounts.token.claim_sets import PRIVATE
from k8smodels.accounts.users import User
from k8smodels.api.errors import aggregate_text
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, Role, RoleBinding
from k8smodels.api.refusals import RefusedError
from k8smodels.api.service_account import Secret, ServiceAccount
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter

_KINDS: Mapping[str, type[KubernetesObject]] = {
    "roles": Role,
    "roleBindings": RoleBinding,
    "clusterRoles": ClusterRole,
    "clusterRoleBindings": ClusterRoleBinding,
}
_BOUND: Mapping[str, type[Pod | Secret | Node]] = {"pod": Pod, "secret": Secret, "node": Node}
_TOKEN_KINDS: Mapping[str, type[KubernetesObject]] = {cls.kind: cls for cls in (ServiceAccount, Pod, Secret, Node)}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JTI = "00000000-0000-4000-8000-000000000000"
_WATCHED: Mapping[str, type[Namespace | ServiceAccount | Secret]] = {
    cls.kind: cls for cls in (Namespace, ServiceAccount, Secret)
}
_TOKEN_SETTINGS = TokenSettings(lambda claims: f"token of {claims['sub']}", b"CA")
_NEW_UID = re.compile(r'"uid-[0-9]+"')
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
        reason = f"RBAC: {aggregate_text(f'{kind} not found' for kind in kinds)}"
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


def token(case: JSON) -> JSON:
    """The claims of a token, and what becomes of it at the check."""
    bound_to = [cls.from_json(case[key]) for key, cls in _BOUND.items() if key in case]
    try:
        issued = claims(
            ServiceAccount.from_json(case["serviceAccount"]),
            bound_to,
            case["audiences"],
            case["expirationSeconds"],
            now=_EPOCH,
            jti=_JTI,
            warn_after_seconds=case.get("warnAfter", 0),
        )
    except BindingError as error:
        return {"error": str(error)}
    said = {"public": issued.public.to_json(), "private": {PRIVATE: issued.private.to_json()}}
    return said | _checked(issued, case["check"])


def _checked(issued: Claims, check: JSON) -> JSON:
    objects = [_TOKEN_KINDS[item["kind"]].from_json(item) for item in check["objects"]]
    now = _EPOCH + timedelta(seconds=check["afterSeconds"])
    verdict = verify(issued, objects, now, check.get("audiences") or ["api"])
    if verdict.user is None:
        return {"error": verdict.error}
    user = verdict.user
    extra = {key: list(values) for key, values in user.extra.items()}
    return {"user": {"name": user.name, "uid": user.uid, "groups": list(user.groups), "extra": extra}}


def controller(case: JSON) -> JSON:
    """What the controllers write after their start, and after each step."""
    world = AccountsWorld.of(map(_watched, case["objects"] or ()), _TOKEN_SETTINGS)
    writes = [_writes(world)]
    for step in case["steps"]:
        world = _stepped(world, step)
        writes.append(_writes(world))
    return writes


def _stepped(world: AccountsWorld, step: JSON) -> AccountsWorld:
    if "create" in step:
        return world.create(_watched(step["create"]))
    if "update" in step:
        return world.update(_watched(step["update"]))
    gone = step["delete"]
    return world.delete(gone["kind"], gone.get("namespace", ""), gone["name"])


def _watched(item: JSON) -> Namespace | ServiceAccount | Secret:
    return _WATCHED[item["kind"]].from_json(item)


def _writes(world: AccountsWorld) -> JSON:
    """The writes in the suite's order, which is that of their texts."""
    texts = (json.dumps(_shown_write(write), sort_keys=True, separators=(",", ":")) for write in world.writes)
    return [json.loads(text) for text in sorted(_NEW_UID.sub('"new uid"', text) for text in texts)]


def _shown_write(write: Write) -> JSON:
    item = write.item
    shown = {"verb": write.verb, "resource": f"{item.kind.lower()}s", "namespace": item.namespace, "name": item.name}
    if write.verb == "delete":
        return shown
    if isinstance(item, Secret):
        values = {key: value.decode() for key, value in decoded(item).items()}
        return shown | {"annotations": dict(item.metadata.annotations), "stringData": values}
    return shown | ({"secrets": [each.name for each in item.secrets]} if write.verb == "update" else {})


SUITES: Mapping[str, Adapter] = {
    "accounts/admission": Adapter(admission),
    "accounts/controller": Adapter(controller),
    "accounts/token": Adapter(token),
}
