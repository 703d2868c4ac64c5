"""The controllers of accounts: ``default`` in each namespace, and the Secrets that hold tokens, now and until 1.23."""

from k8smodels.accounts.controller.seen import Seen, TokenSettings, Write
from k8smodels.accounts.controller.service_accounts import sync_namespace
from k8smodels.accounts.controller.tokens import AccountKey, SecretKey, sync_secret, sync_service_account
from k8smodels.accounts.controller.tokens_2020 import sync_service_account_2020
from k8smodels.accounts.controller.world import AccountsWorld

__all__ = [
    "AccountKey",
    "AccountsWorld",
    "SecretKey",
    "Seen",
    "TokenSettings",
    "Write",
    "sync_namespace",
    "sync_secret",
    "sync_service_account",
    "sync_service_account_2020",
]
