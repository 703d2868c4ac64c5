"""Who a request comes from.

References
----------
staging/src/k8s.io/apiserver/pkg/authentication: serviceaccount/util.go, user/user.go,
group/authenticated_group_adder.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

USERNAME_PREFIX = "system:serviceaccount:"
ALL_SERVICE_ACCOUNTS = "system:serviceaccounts"
AUTHENTICATED = "system:authenticated"


@dataclass(frozen=True, slots=True)
class User:
    """A user as the API server sees one; people are no objects of the API, they have a name and groups only.

    Attributes
    ----------
    name
        A service account is ``system:serviceaccount:<namespace>:<name>``.
    uid
        Of the account; empty for people.
    groups
        Any names.
    extra
        What else the credential tells: the pod and the node of a token.
    """

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def service_account_username(namespace: str, name: str) -> str:
    """The name of a service account as a user."""
    return f"{USERNAME_PREFIX}{namespace}:{name}"


def service_account_user(namespace: str, name: str, uid: str = "") -> User:
    """A service account as a user, with the two groups that every account is in."""
    groups = (ALL_SERVICE_ACCOUNTS, f"{ALL_SERVICE_ACCOUNTS}:{namespace}")
    return User(service_account_username(namespace, name), uid, groups)


def user_named(name: str) -> User:
    """The user of that name: a service account has its groups, anybody else has none here."""
    namespace, _, account = name.removeprefix(USERNAME_PREFIX).partition(":")
    is_account = name.startswith(USERNAME_PREFIX) and namespace and account and ":" not in account
    return service_account_user(namespace, account) if is_account else User(name)


def authenticated(user: User) -> User:
    """`user` in the group of everybody whose credential was accepted."""
    return user if AUTHENTICATED in user.groups else replace(user, groups=(*user.groups, AUTHENTICATED))
