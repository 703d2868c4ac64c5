"""The ServiceAccount controller: each active namespace has an account ``default``.

References
----------
pkg/controller/serviceaccount/serviceaccounts_controller.go: syncNamespace (v1.37; the same in v1.19)
"""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.accounts.controller.seen import Seen, Write
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.service_account import ServiceAccount
from k8smodels.i18n import _


def sync_namespace(name: str, seen: Seen, ensured: Sequence[str] = ("default",)) -> tuple[Write, ...]:
    """Create the accounts that a namespace lacks.

    It runs when a namespace is created or changed, and when one of its accounts is deleted: so ``default`` comes back.

    Parameters
    ----------
    name
        The namespace.
    seen
        What exists.
    ensured
        The accounts that every namespace shall have.
    """
    namespace = seen.namespace(name)
    if namespace is None or namespace.status.phase != "Active":
        return ()
    missing = [account for account in ensured if seen.account(name, account) is None]
    reason = _("the namespace is active and has no such account")
    return tuple(
        Write("create", ServiceAccount(metadata=ObjectMeta(name=account, namespace=name)), (reason,))
        for account in missing
    )
