"""All roles and bindings of a cluster.

References
----------
pkg/registry/rbac/validation/rule.go: DefaultRuleResolver, appliesToUser (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from k8smodels.accounts.users import User, authenticated, service_account_user, service_account_username, user_named
from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.rbac import ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject

Binding = RoleBinding | ClusterRoleBinding


class RoleNotFoundError(ValueError):
    """A binding names a role that does not exist, or a kind that is no role; the text is the API server's."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Roles and bindings; the order of bindings is the order in which they are asked.

    Attributes
    ----------
    rules
        The rules of each role by its kind, its namespace (empty for a ClusterRole) and its name.
    cluster_role_bindings
        They count everywhere.
    role_bindings
        They count in their namespace.
    """

    rules: Mapping[tuple[str, str, str], tuple[PolicyRule, ...]]
    cluster_role_bindings: tuple[ClusterRoleBinding, ...] = ()
    role_bindings: tuple[RoleBinding, ...] = ()

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject]) -> Policy:
        """The policy in `objects`; other kinds are passed over, and of two objects of one name the first counts."""
        items = list(objects)
        rules: dict[tuple[str, str, str], tuple[PolicyRule, ...]] = {}
        for item in items:
            if isinstance(item, Role | ClusterRole):
                rules.setdefault((item.kind, item.namespace, item.name), item.rules)
        return cls(
            rules,
            tuple(item for item in items if isinstance(item, ClusterRoleBinding)),
            tuple(item for item in items if isinstance(item, RoleBinding)),
        )

    def bindings(self, namespace: str) -> Iterator[Binding]:
        """What counts for a request in `namespace`: ClusterRoleBindings first, then its RoleBindings."""
        yield from self.cluster_role_bindings
        if namespace:
            yield from (binding for binding in self.role_bindings if binding.namespace == namespace)

    def rules_of(self, binding: Binding) -> tuple[PolicyRule, ...]:
        """The rules of the role that a binding gives.

        Raises
        ------
        RoleNotFoundError
            There is no such role.
        """
        ref = binding.role_ref
        if ref.kind not in ("Role", "ClusterRole"):
            raise RoleNotFoundError(f"unsupported role reference kind: {quote(ref.kind)}")
        namespace = binding.namespace if ref.kind == "Role" else ""
        try:
            return self.rules[ref.kind, namespace, ref.name]
        except KeyError:
            kind = f"{ref.kind.lower()}.rbac.authorization.k8s.io"
            raise RoleNotFoundError(f"{kind} {quote(ref.name)} not found") from None


def subjects_of(binding: Binding) -> Iterator[Subject]:
    """Whom a binding names; an account without a namespace is one of the RoleBinding's own, and else nobody."""
    home = binding.namespace if isinstance(binding, RoleBinding) else ""
    for subject in binding.subjects:
        if subject.kind in ("User", "Group"):
            yield subject
        elif subject.kind == "ServiceAccount" and (subject.namespace or home):
            yield replace(subject, namespace=subject.namespace or home)


def applies_to(subject: Subject, user: User) -> bool:
    """Whether `subject`, as `subjects_of` gives it, is `user`. An account can also be named as a user."""
    match subject.kind:
        case "User":
            return user.name == subject.name
        case "Group":
            return subject.name in user.groups
        case "ServiceAccount":
            return user.name == service_account_username(subject.namespace, subject.name)
    return False


def user_of(subject: Subject) -> User:
    """A user who is `subject`: for a group, somebody without a name who is in that group and in no other.

    Accounts have their groups, and whoever has a name is authenticated.
    """
    if subject.kind == "Group":
        return User("", groups=(subject.name,))
    if subject.kind == "ServiceAccount":
        return authenticated(service_account_user(subject.namespace, subject.name))
    return authenticated(user_named(subject.name))


def describe(binding: Binding, subject: Subject) -> str:
    """A binding as the authorizer names it in its reason; names come before namespaces there."""
    name = f"{binding.name}/{binding.namespace}" if isinstance(binding, RoleBinding) else binding.name
    account = subject.kind == "ServiceAccount"
    who = f"{subject.name}/{subject.namespace}" if account else subject.name
    role = f"{binding.role_ref.kind} {quote(binding.role_ref.name)}"
    return f"{binding.kind} {quote(name)} of {role} to {subject.kind} {quote(who)}"
