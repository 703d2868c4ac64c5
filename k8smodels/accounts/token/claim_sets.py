"""What a service account token says.

Left out: tokens for the webhooks of admission.

References
----------
pkg/serviceaccount/claims.go: Claims, privateClaims (v1.37); RFC 7519
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from k8smodels.accounts.users import service_account_username
from k8smodels.api.errors import FieldError, invalid, required
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service_account import Secret, ServiceAccount
from k8smodels.api.structure import JSON, Struct, struct

PRIVATE = "kubernetes.io"
"""The claim that holds all others of Kubernetes."""


@struct
class Ref(Struct):
    """One object of its kind that ever was: another one of the same name has another `uid`."""

    name: str = ""
    uid: str = ""


@struct
class PublicClaims(Struct):
    """The claims that every JWT may have. Times are seconds since 1970, as in RFC 7519.

    Attributes
    ----------
    iss, sub, aud
        Who issued the token, whose it is, and for whom it is meant.
    exp, nbf, iat
        When it expires, from when it is valid, and when it was issued.
    jti
        The token's own identifier.
    """

    iss: str = ""
    sub: str = ""
    aud: tuple[str, ...] = ()
    exp: int | None = None
    nbf: int | None = None
    iat: int | None = None
    jti: str = ""


@struct
class PrivateClaims(Struct):
    """Kubernetes' own claims: the account, and the object to which the token is bound.

    Attributes
    ----------
    namespace
        Of the account, and of the pod or Secret.
    serviceaccount, pod, secret, node
        A pod-bound token also names the pod's node.
    warnafter
        Seconds since 1970 after which its use is counted as stale.
    """

    namespace: str = ""
    serviceaccount: Ref = Ref()
    pod: Ref | None = None
    secret: Ref | None = None
    node: Ref | None = None
    warnafter: int | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a token."""

    public: PublicClaims
    private: PrivateClaims

    @classmethod
    def from_json(cls, payload: JSON) -> Claims:
        """The claims in a token's payload.

        Raises
        ------
        FieldError
            A claim of the wrong type, or no claims of Kubernetes: a token of another kind, or from before 1.21.
        """
        if not isinstance(payload, Mapping):
            raise invalid("payload", payload, "must be an object")
        if PRIVATE not in payload:
            raise required(f"payload.{PRIVATE}", "a bound service account token names its account here")
        audience = payload.get("aud", ())
        listed: dict[str, Any] = {**payload, "aud": [audience] if isinstance(audience, str) else audience}
        private = listed.pop(PRIVATE)
        try:
            return cls(PublicClaims.from_json(listed), PrivateClaims.from_json(private))
        except FieldError as error:
            raise error.within("payload") from None

    def to_json(self) -> dict[str, JSON]:
        """The payload of the token."""
        return self.public.to_json() | {PRIVATE: self.private.to_json()}


class BindingError(ValueError):
    """A token can be bound to one kind of object; the text is the API server's."""


def claims(
    account: ServiceAccount,
    bound_to: Sequence[Pod | Secret | Node],
    audiences: Sequence[str],
    expiration_seconds: int,
    *,
    now: datetime,
    jti: str,
    warn_after_seconds: int = 0,
) -> Claims:
    """What a new token says.

    Parameters
    ----------
    account
        Whose token it is.
    bound_to
        Nothing; a Secret; a Node; a Pod, or a Pod and its Node. With that object the token ends.
    audiences
        For whom it is meant.
    expiration_seconds, warn_after_seconds
        From now; 0 for no warning.
    now
        The present.
    jti
        The token's identifier, a random UUID.

    Raises
    ------
    BindingError
        A Secret together with something else.
    """
    refs = {item.kind: Ref(name=item.name, uid=item.metadata.uid) for item in bound_to}
    if "Secret" in refs and len(refs) > 1:
        raise BindingError("internal error, token can only be bound to one object type")
    at = int(now.timestamp())
    public = PublicClaims(
        sub=service_account_username(account.namespace, account.name),
        aud=tuple(audiences),
        exp=at + expiration_seconds,
        nbf=at,
        iat=at,
        jti=jti,
    )
    private = PrivateClaims(
        namespace=account.namespace,
        serviceaccount=_ref(account),
        pod=refs.get("Pod"),
        secret=refs.get("Secret"),
        node=refs.get("Node"),
        warnafter=at + warn_after_seconds if warn_after_seconds else None,
    )
    return Claims(public, private)


def legacy_claims(account: ServiceAccount, secret: Secret) -> dict[str, JSON]:
    """The payload of the token in a Secret: it never expires, is for any audience, and ends with the Secret.

    References
    ----------
    pkg/serviceaccount/legacy.go: LegacyClaims (v1.37)
    """
    prefix = "kubernetes.io/serviceaccount"
    return {
        "sub": service_account_username(account.namespace, account.name),
        f"{prefix}/service-account.name": account.name,
        f"{prefix}/service-account.uid": account.metadata.uid,
        f"{prefix}/secret.name": secret.name,
        f"{prefix}/namespace": account.namespace,
    }


def _ref(item: KubernetesObject) -> Ref:
    return Ref(name=item.name, uid=item.metadata.uid)
