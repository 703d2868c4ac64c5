"""Accounts of programs: how a pod comes to have one, what its token says, and what it may do.

::

    from k8smodels.accounts import Policy, TokenRequestSpec, admit, authenticated, can, request_token, verify, who_can

    admitted = admit(pod, accounts)  # account, token volume, pull secrets, each with its reason; or the refusal
    issued = request_token(account, TokenRequestSpec(), objects, now=now, jti=uuid)
    verdict = verify(issued.claims, objects, later)  # the user, or the check that failed
    can(Policy.of(objects), authenticated(verdict.user), "list", "pods", namespace="shop").reason
    who_can(Policy.of(objects), "delete", "secrets", namespace="shop")  # everybody, by which binding and rule

`admission`, `token`, `rbac` and `controller` hold one subject each. `AccountsWorld` shows what the controllers write,
now and until 1.23. Real tokens are signed and checked in `token.signing`, which needs PyJWT and cryptography.
"""

from k8smodels.accounts.admission import Admitted, admit, admit_ephemeral_containers
from k8smodels.accounts.controller import AccountsWorld, TokenSettings
from k8smodels.accounts.rbac import Authorization, Grant, Policy, authorize, can, forbidden_message, who_can
from k8smodels.accounts.token import Claims, TokenRequestSpec, Verdict, claims, request_token, verify
from k8smodels.accounts.users import User, authenticated, service_account_user, user_named

__all__ = [
    "AccountsWorld",
    "Admitted",
    "Authorization",
    "Claims",
    "Grant",
    "Policy",
    "TokenRequestSpec",
    "TokenSettings",
    "User",
    "Verdict",
    "admit",
    "admit_ephemeral_containers",
    "authenticated",
    "authorize",
    "can",
    "claims",
    "forbidden_message",
    "request_token",
    "service_account_user",
    "user_named",
    "verify",
    "who_can",
]
