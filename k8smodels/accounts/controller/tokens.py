"""The token controller: it fills Secrets that ask for a token, and deletes those whose account is gone.

Since 1.24 it makes no Secret by itself: a token comes from the API ``TokenRequest``, or from a Secret that somebody
creates for it.

References
----------
pkg/controller/serviceaccount/tokens_controller.go: syncServiceAccount, syncSecret (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from k8smodels.accounts.controller.seen import Seen, TokenSettings, Write
from k8smodels.accounts.secret_data import (
    CA_KEY,
    NAME_ANNOTATION,
    NAMESPACE_KEY,
    TOKEN_KEY,
    UID_ANNOTATION,
    decoded,
    with_data,
)
from k8smodels.accounts.token.claim_sets import legacy_claims
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.service_account import Secret, ServiceAccount
from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An account that was created, changed or deleted."""

    namespace: str
    name: str
    uid: str

    @classmethod
    def of(cls, account: ServiceAccount) -> AccountKey:
        """The key of `account`."""
        return cls(account.namespace, account.name, account.metadata.uid)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """A Secret for a token that was created, changed or deleted, and the account that it is for."""

    namespace: str
    name: str
    uid: str
    account: str
    account_uid: str

    @classmethod
    def of(cls, secret: Secret) -> SecretKey:
        """The key of `secret`."""
        annotations = secret.metadata.annotations
        name, uid = annotations.get(NAME_ANNOTATION, ""), annotations.get(UID_ANNOTATION, "")
        return cls(secret.namespace, secret.name, secret.metadata.uid, name, uid)


def sync_service_account(key: AccountKey, seen: Seen) -> tuple[Write, ...]:
    """Delete the tokens of an account that is gone, also where another one of that name exists by now."""
    if seen.account(key.namespace, key.name, key.uid):
        return ()
    gone = ServiceAccount(metadata=ObjectMeta(name=key.name, namespace=key.namespace, uid=key.uid))
    reason = _("its account {name} was deleted").format(name=key.name)
    return tuple(Write("delete", secret, (reason,)) for secret in seen.tokens_of(gone))


def sync_secret(key: SecretKey, seen: Seen, settings: TokenSettings) -> tuple[Write, ...]:
    """Fill a Secret, delete it if it is for nobody, or forget it where it is gone.

    Raises
    ------
    FieldError
        A value of the Secret is not base64.
    """
    account = seen.account(key.namespace, key.account, key.account_uid)
    secret = seen.secret(key.namespace, key.name, key.uid)
    if secret is None:
        return _without_reference(account, key.name) if account else ()
    if account is None:
        reason = _("no account {name} with that UID exists").format(name=key.account)
        return (Write("delete", secret, (reason,)),)
    return _filled(secret, account, settings)


def _without_reference(account: ServiceAccount, secret: str) -> tuple[Write, ...]:
    left = tuple(reference for reference in account.secrets if reference.name != secret)
    if left == account.secrets:
        return ()
    reason = _("the Secret {name} is gone").format(name=secret)
    return (Write("update", replace(account, secrets=left), (reason,)),)


def _filled(secret: Secret, account: ServiceAccount, settings: TokenSettings) -> tuple[Write, ...]:
    """A wrong certificate is put right; token and namespace are only written where they are missing."""
    values = decoded(secret)
    reasons = tuple(_lacks(values, settings))
    if not reasons:
        return ()
    if settings.root_ca:
        values[CA_KEY] = settings.root_ca
    values[NAMESPACE_KEY] = values.get(NAMESPACE_KEY) or secret.namespace.encode()
    values[TOKEN_KEY] = values.get(TOKEN_KEY) or settings.sign(legacy_claims(account, secret)).encode()
    owner = {NAME_ANNOTATION: account.name, UID_ANNOTATION: account.metadata.uid}
    metadata = replace(secret.metadata, annotations={**secret.metadata.annotations, **owner})
    return (Write("update", with_data(replace(secret, metadata=metadata), values), reasons),)


def _lacks(values: dict[str, bytes], settings: TokenSettings) -> Iterator[str]:
    if settings.root_ca and values.get(CA_KEY) != settings.root_ca:
        yield _("{key} is not the cluster's").format(key=CA_KEY)
    for key in (NAMESPACE_KEY, TOKEN_KEY):
        if not values.get(key):
            yield _("{key} is missing").format(key=key)
