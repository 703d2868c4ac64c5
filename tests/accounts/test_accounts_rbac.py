from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.accounts.rbac import (
    Policy,
    aggregated,
    applies_to,
    can,
    forbidden_message,
    user_of,
    validate_rbac,
    who_can,
)
from k8smodels.accounts.rbac.requests import attributes_of
from k8smodels.accounts.users import User, authenticated, service_account_user, user_named
from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.kinds import dump, load
from k8smodels.api.rbac import ClusterRole, PolicyRule, Role

MANIFEST = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: ["*"]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: ServiceAccount, name: web}
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ann}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: probe}
rules:
- {nonResourceURLs: [/healthz, "/metrics/*"], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: probes}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: probe}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}
- {kind: ServiceAccount, name: nowhere}
"""
POLICY = Policy.of(load(MANIFEST))
WEB = authenticated(service_account_user("shop", "web"))


def test_objects_of_rbac_are_read_and_written_without_loss() -> None:
    assert dump(load(dump(load(MANIFEST)))) == dump(load(MANIFEST))
    assert "nonResourceURLs" in dump(load(MANIFEST))


def test_an_answer_names_binding_role_and_subject() -> None:
    answer = can(POLICY, WEB, "get", "pods/log", namespace="shop")
    assert answer.reason == 'RBAC: allowed by RoleBinding "readers/shop" of Role "reader" to ServiceAccount "web/shop"'
    assert answer.grant
    assert answer.grant.rule.resources == ("pods", "pods/log")


@pytest.mark.parametrize(
    ("verb", "target", "namespace", "name"),
    [
        ("get", "pods", "other", "p"),
        ("list", "pods", "", ""),
        ("watch", "pods", "shop", ""),
        ("GET", "pods", "shop", "p"),
        ("get", "pods.apps", "shop", "p"),
        ("get", "pods/exec", "shop", "p"),
        ("list", "configmaps", "shop", ""),
        ("get", "configmaps", "shop", "others"),
        ("get", "/metrics", "", ""),
    ],
)
def test_what_no_rule_names_is_not_allowed(verb: str, target: str, namespace: str, name: str) -> None:
    answer = can(POLICY, WEB, verb, target, namespace=namespace, name=name)
    assert not answer.allowed
    assert not answer.reason


def test_who_can_names_everybody_whom_a_binding_names() -> None:
    found = who_can(POLICY, "list", "pods", namespace="shop")
    assert [(grant.subject.kind, grant.subject.namespace, grant.subject.name) for grant in found] == [
        ("ServiceAccount", "shop", "web"),
        ("User", "", "ann"),
    ]


def test_an_account_without_a_namespace_in_a_cluster_role_binding_is_nobody() -> None:
    assert [grant.subject.kind for grant in who_can(POLICY, "get", "/metrics/cadvisor")] == ["Group"]


def test_a_missing_role_is_named_in_the_refusal_once() -> None:
    only_bindings = replace(POLICY, rules={}, role_bindings=POLICY.role_bindings * 2)
    answer = can(only_bindings, WEB, "get", "pods", namespace="shop")
    assert answer.reason == (
        'RBAC: [clusterrole.rbac.authorization.k8s.io "probe" not found, '
        'role.rbac.authorization.k8s.io "reader" not found]'
    )


def test_a_role_in_a_cluster_role_binding_is_not_looked_for_among_cluster_roles() -> None:
    (binding,) = POLICY.cluster_role_bindings
    wrong = replace(binding, role_ref=replace(binding.role_ref, kind="Role"))
    answer = can(replace(POLICY, cluster_role_bindings=(wrong,)), WEB, "get", "/healthz")
    assert answer.reason == 'RBAC: role.rbac.authorization.k8s.io "probe" not found'


def test_the_api_server_says_what_was_refused() -> None:
    refused = forbidden_message(WEB, attributes_of("create", "deployments.apps/scale", namespace="shop", name="web"))
    assert refused == (
        'deployments.apps "web" is forbidden: User "system:serviceaccount:shop:web" cannot create resource '
        '"deployments/scale" in API group "apps" in the namespace "shop"'
    )
    listing = forbidden_message(User("<ann>"), attributes_of("list", "nodes"), "RBAC: no")
    assert listing == (
        'nodes is forbidden: User "&lt;ann&gt;" cannot list resource "nodes" in API group "" at the cluster scope: '
        "RBAC: no"
    )
    assert forbidden_message(User("ann"), attributes_of("get", "/x")) == 'forbidden: User "ann" cannot get path "/x"'


@pytest.mark.parametrize("words", [("", "pods"), ("get", ""), ("get", ".apps")])
def test_a_request_needs_a_verb_and_a_target(words: tuple[str, str]) -> None:
    with pytest.raises(FieldError, match="Required value"):
        attributes_of(*words)


@pytest.mark.parametrize("name", ["ann", "system:serviceaccount:", "system:serviceaccount:a:", "a:b", ""])
def test_only_a_whole_name_of_an_account_has_the_groups_of_accounts(name: str) -> None:
    assert user_named(name) == User(name)
    assert user_named("system:serviceaccount:a:b") == service_account_user("a", "b")


def test_an_aggregated_role_collects_each_rule_once() -> None:
    pods, logs = PolicyRule(verbs=("get",), resources=("pods",)), PolicyRule(verbs=("get",), resources=("pods/log",))
    label = {"metadata": {"name": "x", "labels": {"to-view": "true"}}}
    parts = [
        replace(ClusterRole.from_json(label | {"metadata": label["metadata"] | {"name": name}}), rules=rules)
        for name, rules in (("b", (logs, pods)), ("a", (pods,)))
    ]
    aggregation = {"clusterRoleSelectors": [{"matchLabels": {"to-view": "true"}}]}
    view = ClusterRole.from_json({"metadata": {"name": "view"}, "aggregationRule": aggregation})
    other = ClusterRole(rules=(PolicyRule(verbs=("*",)),))
    assert aggregated(view, [*parts, other]).rules == (pods, logs)
    assert aggregated(other, parts) is other


@pytest.mark.parametrize(
    ("kind", "fields", "error"),
    [
        ("Role", {"rules": [{"verbs": ["get"]}]}, "rules[0].apiGroups: Required value: resource rules must supply"),
        ("Role", {"rules": [{"apiGroups": [""], "resources": ["pods"]}]}, "rules[0].verbs: Required value: verbs must"),
        (
            "Role",
            {"rules": [{"verbs": ["get"], "nonResourceURLs": ["/healthz"]}]},
            'rules[0].nonResourceURLs: Invalid value: ["/healthz"]: namespaced rules cannot apply',
        ),
        (
            "ClusterRole",
            {"rules": [{"verbs": ["get"], "nonResourceURLs": ["/x"], "resources": ["pods"]}]},
            'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both',
        ),
        ("ClusterRole", {"aggregationRule": {}}, "aggregationRule.clusterRoleSelectors: Required value: at least one"),
        ("ClusterRole", {"metadata": {"name": "a/b"}}, "metadata.name: Invalid value: \"a/b\": may not contain '/'"),
        ("RoleBinding", {"roleRef": {"kind": "Role"}}, "roleRef.name: Required value"),
        (
            "ClusterRoleBinding",
            {"roleRef": {"kind": "Role", "name": "r"}},
            'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
        ),
        (
            "ClusterRoleBinding",
            {"subjects": [{"kind": "ServiceAccount", "name": "web"}]},
            "subjects[0].namespace: Required value",
        ),
        ("RoleBinding", {"subjects": [{"kind": "user", "name": "ann"}]}, 'subjects[0].kind: Unsupported value: "user"'),
        (
            "RoleBinding",
            {"subjects": [{"kind": "Group", "name": "ops", "apiGroup": "apps"}]},
            'subjects[0].apiGroup: Unsupported value: "apps"',
        ),
    ],
)
def test_what_the_api_server_refuses_is_refused(kind: str, fields: dict[str, object], error: str) -> None:
    sound = {"roleRef": {"kind": "ClusterRole", "name": "view"}} if "Binding" in kind else {}
    document = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": {"name": "system:x"}} | sound
    (fine,), (wrong,) = load(json.dumps(document)), load(json.dumps(document | fields))
    validate_rbac(fine)
    with pytest.raises(InvalidObject) as caught:
        validate_rbac(wrong)
    assert str(caught.value.errors[0]).startswith(error)


NAMES = st.sampled_from(["a", "b"])
TARGETS = st.sampled_from(["pods", "pods/log", "deployments.apps", "deployments.apps/scale", "/healthz", "/metrics/x"])
VERBS = st.sampled_from(["get", "list"])


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=2).map(tuple)


RULES = st.builds(
    PolicyRule,
    verbs=some("get", "list", "*"),
    api_groups=some("", "apps", "*"),
    resources=some("pods", "pods/log", "*/scale", "*"),
    resource_names=some("a"),
    non_resource_urls=some("/healthz", "/metrics/*", "*"),
)
SUBJECTS = st.one_of(
    st.builds(
        lambda name, home: {"kind": "ServiceAccount", "name": name, "namespace": home}, NAMES, st.just("") | NAMES
    ),
    st.builds(lambda name: {"kind": "User", "name": name}, NAMES | st.just("system:serviceaccount:a:b")),
    st.builds(lambda name: {"kind": "Group", "name": name}, st.sampled_from(["system:serviceaccounts:a", "ops"])),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    objects: list[dict[str, object]] = []
    for kind in ("ClusterRoleBinding", "RoleBinding", "RoleBinding"):
        role = "ClusterRole" if kind == "ClusterRoleBinding" else draw(st.sampled_from(["Role", "ClusterRole"]))
        meta = {"name": "x"} | ({"namespace": draw(NAMES)} if kind == "RoleBinding" else {})
        subjects = draw(st.lists(SUBJECTS, max_size=2))
        ref = {"kind": role, "name": draw(NAMES)}
        objects.append({"kind": kind, "metadata": meta, "subjects": subjects, "roleRef": ref})
    rules = {
        (kind, home, name): tuple(draw(st.lists(RULES, max_size=2)))
        for kind, homes in (("Role", ("a", "b")), ("ClusterRole", ("",)))
        for home in homes
        for name in ("a", "b")
    }
    items = [each | {"apiVersion": "rbac.authorization.k8s.io/v1"} for each in objects]
    read = load(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return replace(Policy.of(read), rules=rules)


USERS = st.sampled_from(
    [
        authenticated(service_account_user("a", "a")),
        authenticated(service_account_user("a", "b")),
        authenticated(service_account_user("b", "a")),
        User("a", groups=("ops",)),
        User("b"),
    ]
)


@given(policies(), USERS, VERBS, TARGETS, NAMES | st.just(""), NAMES | st.just(""))
def test_who_can_agrees_with_can(policy: Policy, user: User, verb: str, target: str, namespace: str, name: str) -> None:
    found = who_can(policy, verb, target, namespace=namespace, name=name)
    named = any(applies_to(grant.subject, user) for grant in found)
    assert can(policy, user, verb, target, namespace=namespace, name=name).allowed == named
    assert all(
        can(policy, user_of(each.subject), verb, target, namespace=namespace, name=name).allowed for each in found
    )


@given(policies(), st.data(), RULES, USERS, VERBS, TARGETS, NAMES | st.just(""), NAMES | st.just(""))
def test_another_rule_never_takes_a_right_away(
    policy: Policy, data: st.DataObject, rule: PolicyRule, user: User, verb: str, target: str, namespace: str, name: str
) -> None:
    key = data.draw(st.sampled_from(sorted(policy.rules)))
    more = replace(policy, rules={**policy.rules, key: (rule, *policy.rules[key])})
    before = can(policy, user, verb, target, namespace=namespace, name=name)
    after = can(more, user, verb, target, namespace=namespace, name=name)
    assert after.allowed >= before.allowed


def test_of_two_roles_of_one_name_the_first_counts() -> None:
    first, second = (Role.from_json({"metadata": {"name": "r"}, "rules": [{"verbs": [v]}]}) for v in ("get", "list"))
    assert Policy.of([first, second]).rules["Role", "default", "r"] == first.rules
