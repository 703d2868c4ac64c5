"""Tokens of service accounts: what they say, how they are issued, and when they are no longer accepted."""

from k8smodels.accounts.token.claim_sets import (
    BindingError,
    Claims,
    PrivateClaims,
    PublicClaims,
    Ref,
    claims,
    legacy_claims,
)
from k8smodels.accounts.token.request import BoundObjectReference, Issued, Limits, TokenRequestSpec, request_token
from k8smodels.accounts.token.verification import Check, Verdict, verify

__all__ = [
    "BindingError",
    "BoundObjectReference",
    "Check",
    "Claims",
    "Issued",
    "Limits",
    "PrivateClaims",
    "PublicClaims",
    "Ref",
    "TokenRequestSpec",
    "Verdict",
    "claims",
    "legacy_claims",
    "request_token",
    "verify",
]
