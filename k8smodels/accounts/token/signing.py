"""Real tokens: signed with a key, and checked with its public half. Needs PyJWT and cryptography.

Left out: signers outside of the API server, and keys in files.

References
----------
pkg/serviceaccount/jwt.go: JWTTokenGenerator, AuthenticateToken, keyIDFromPublicKey;
pkg/serviceaccount/openidmetadata.go (v1.37)
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from k8smodels.accounts.token.claim_sets import Claims
from k8smodels.accounts.token.text import TokenText, read_token
from k8smodels.accounts.token.verification import Check, Verdict, verify
from k8smodels.api.errors import FieldError
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.structure import JSON
from k8smodels.i18n import _

Algorithm = Literal["ES256", "RS256"]

ISSUER = "https://kubernetes.default.svc.cluster.local"
"""What kubeadm sets as ``--service-account-issuer``."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that may be shown to everybody.

    Attributes
    ----------
    algorithm
        ``RS256`` or ``ES256``.
    key
        The key itself.
    """

    algorithm: Algorithm
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey

    @property
    def kid(self) -> str:
        """The name of the key in headers: the SHA-256 of its DER form."""
        der = self.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """The half of a key that only the API server has, in ``--service-account-signing-key-file``."""

    algorithm: Algorithm
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls, algorithm: Algorithm = "RS256") -> SigningKey:
        """A new key: RSA of 2048 bits as kubeadm makes it, or on the curve P-256."""
        if algorithm == "ES256":
            return cls(algorithm, ec.generate_private_key(ec.SECP256R1()))
        return cls(algorithm, rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def public(self) -> PublicKey:
        """Its public half."""
        return PublicKey(self.algorithm, self.key.public_key())


def sign(claims: Claims | Mapping[str, JSON], key: SigningKey, issuer: str = ISSUER) -> str:
    """The token that says `claims`."""
    payload = claims.to_json() if isinstance(claims, Claims) else dict(claims)
    headers: dict[str, JSON] = {"kid": key.public.kid, "typ": None}  # Kubernetes' tokens do not say that they are JWTs
    return jwt.encode(payload | {"iss": issuer}, key.key, algorithm=key.algorithm, headers=headers)


def authenticate(
    token: str,
    keys: Sequence[PublicKey],
    objects: Iterable[KubernetesObject],
    now: datetime,
    *,
    issuers: Sequence[str] = (ISSUER,),
    audiences: Sequence[str] = ("api",),
) -> Verdict:
    """Who shows `token`, if it is right in every respect.

    Parameters
    ----------
    token
        Any text.
    keys
        The public keys of the API server, in ``--service-account-key-file``.
    issuers
        Whose tokens it accepts.
    objects, now, audiences
        As of `verify`.
    """
    try:
        text = read_token(token)
    except FieldError as error:
        return Verdict(None, (Check(_("it is a token"), str(error)),))
    checks = [Check(_("the issuer is known"), _issuer_problem(text, issuers))]
    if not checks[-1].problem:
        checks.append(Check(_("the signature is right"), _signature_problem(token.strip(), text, keys)))
    if checks[-1].problem:
        return Verdict(None, tuple(checks))
    try:
        claims = Claims.from_json(text.payload)
    except FieldError as error:
        return Verdict(None, (*checks, Check(_("it has the claims of an account"), str(error))))
    verdict = verify(claims, objects, now, audiences)
    return replace(verdict, checks=(*checks, *verdict.checks))


def jwks(keys: Iterable[PublicKey]) -> JSON:
    """What the API server shows under ``/openid/v1/jwks``, so that others can check its tokens."""
    return {"keys": [_jwk(key) for key in keys]}


def _jwk(key: PublicKey) -> dict[str, JSON]:
    if isinstance(key.key, ec.EllipticCurvePublicKey):
        text = jwt.algorithms.ECAlgorithm.to_jwk(key.key)
    else:
        text = jwt.algorithms.RSAAlgorithm.to_jwk(key.key)
    shown = {name: value for name, value in json.loads(text).items() if name != "key_ops"}
    return {"use": "sig", "kid": key.kid, "alg": key.algorithm, **shown}


def _issuer_problem(text: TokenText, issuers: Sequence[str]) -> str:
    issuer = text.payload.get("iss")
    if issuer in issuers:
        return ""
    return _("this API server is not the issuer {issuer}").format(issuer=json.dumps(issuer))


def _signature_problem(token: str, text: TokenText, keys: Sequence[PublicKey]) -> str:
    """A token that names its key is checked with that one; one that does not, with each."""
    kid = text.header.get("kid")
    candidates = [key for key in keys if not kid or key.kid == kid]
    if not candidates:
        return "invalid signature, no keys found"
    if any(_is_signed(token, key) for key in candidates):
        return ""
    return "go-jose/go-jose: error in cryptographic primitive"


def _is_signed(token: str, key: PublicKey) -> bool:
    try:
        jwt.PyJWS().decode(token, key.key, algorithms=[key.algorithm])
    except jwt.PyJWTError:
        return False
    return True
