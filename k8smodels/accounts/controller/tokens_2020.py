"""The token controller as it was until 1.23: each account gets a Secret with a token that never expires.

Left out: what it did when somebody else changed the account meanwhile, or where the namespace takes no new objects.

References
----------
pkg/controller/serviceaccount/tokens_controller.go: ensureReferencedToken (v1.19)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.accounts.controller.seen import Seen, TokenSettings, Write
from k8smodels.accounts.controller.tokens import AccountKey, sync_service_account
from k8smodels.accounts.names import generated_name
from k8smodels.accounts.secret_data import (
    CA_KEY,
    NAME_ANNOTATION,
    NAMESPACE_KEY,
    TOKEN_KEY,
    TOKEN_TYPE,
    UID_ANNOTATION,
    with_data,
)
from k8smodels.accounts.token.claim_sets import legacy_claims
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.service_account import ObjectReference, Secret, ServiceAccount
from k8smodels.i18n import _


def sync_service_account_2020(
    key: AccountKey, seen: Seen, settings: TokenSettings, *, seed: int = 0
) -> tuple[Write, ...]:
    """Make sure that an account names a Secret with a token; delete the tokens of one that is gone.

    Parameters
    ----------
    key
        The account.
    seen
        What exists.
    settings
        How tokens are made.
    seed
        For the random end of the Secret's name.
    """
    account = seen.account(key.namespace, key.name, key.uid)
    if account is None:
        return sync_service_account(key, seen)
    named = {reference.name for reference in account.secrets}
    if any(secret.name in named for secret in seen.tokens_of(account)):
        return ()
    secret = _token_secret(account, settings, seed)
    referring = replace(account, secrets=(*account.secrets, ObjectReference(name=secret.name)))
    return (
        Write("create", secret, (_("the account names no Secret with a token"),)),
        Write("update", referring, (_("its new token is in the Secret {name}").format(name=secret.name),)),
    )


def _token_secret(account: ServiceAccount, settings: TokenSettings, seed: int) -> Secret:
    annotations = {NAME_ANNOTATION: account.name, UID_ANNOTATION: account.metadata.uid}
    name = generated_name(f"{account.name}-token-", seed)
    metadata = ObjectMeta(name=name, namespace=account.namespace, annotations=annotations)
    secret = Secret(metadata=metadata, type=TOKEN_TYPE)
    values = {
        TOKEN_KEY: settings.sign(legacy_claims(account, secret)).encode(),
        NAMESPACE_KEY: account.namespace.encode(),
    }
    return with_data(secret, values | ({CA_KEY: settings.root_ca} if settings.root_ca else {}))
