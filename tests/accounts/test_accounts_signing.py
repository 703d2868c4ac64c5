from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.accounts.token import TokenRequestSpec, legacy_claims, request_token
from k8smodels.accounts.token.signing import ISSUER, SigningKey, authenticate, jwks, sign
from k8smodels.accounts.token.text import MAX_CHARACTERS, read_token
from k8smodels.api.errors import FieldError
from k8smodels.api.service_account import Secret, ServiceAccount

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
ACCOUNT = ServiceAccount.from_json({"metadata": {"name": "build", "namespace": "a", "uid": "one"}})
CLAIMS = request_token(ACCOUNT, TokenRequestSpec(), [], now=NOW, jti="id").claims
KEYS = [SigningKey.generate("ES256"), SigningKey.generate("RS256")]


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def checked(token: str, key: SigningKey) -> Any:
    return authenticate(token, [key.public], [ACCOUNT], NOW)


@pytest.mark.parametrize("key", KEYS, ids=["ES256", "RS256"])
def test_a_signed_token_is_its_account(key: SigningKey) -> None:
    token = sign(CLAIMS, key)
    assert read_token(token).header == {"alg": key.algorithm, "kid": key.public.kid}
    assert read_token(token).payload == CLAIMS.to_json() | {"iss": ISSUER}
    verdict = checked(token, key)
    assert verdict.user
    assert verdict.user.name == "system:serviceaccount:a:build"
    assert len(verdict.checks) == 5


@pytest.mark.parametrize("key", KEYS, ids=["ES256", "RS256"])
def test_anybody_can_check_a_token_with_the_published_keys(key: SigningKey) -> None:
    published = json.loads(json.dumps(jwks([key.public])))
    (found,) = jwt.PyJWKSet.from_dict(published).keys
    assert found.key_id == key.public.kid
    payload = jwt.PyJWS().decode(sign(CLAIMS, key), found, algorithms=[key.algorithm])
    assert json.loads(payload)["sub"] == "system:serviceaccount:a:build"


@pytest.mark.parametrize("key", KEYS, ids=["ES256", "RS256"])
def test_a_changed_claim_breaks_the_signature(key: SigningKey) -> None:
    header, payload, signature = sign(CLAIMS, key).split(".")
    changed = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "system:serviceaccount:a:admin"}
    forged = encoded(json.dumps(changed).encode())
    assert checked(f"{header}.{forged}.{signature}", key).error == "go-jose/go-jose: error in cryptographic primitive"


def test_a_token_without_signature_is_refused() -> None:
    unsigned = jwt.encode(CLAIMS.to_json() | {"iss": ISSUER}, "", algorithm="none")
    assert checked(unsigned, KEYS[0]).error == "go-jose/go-jose: error in cryptographic primitive"


def test_a_key_that_the_server_does_not_have_is_not_tried() -> None:
    assert checked(sign(CLAIMS, KEYS[0]), KEYS[1]).error == "invalid signature, no keys found"


def test_of_several_keys_the_named_one_counts() -> None:
    public = [key.public for key in KEYS]
    assert all(authenticate(sign(CLAIMS, key), public, [ACCOUNT], NOW).user for key in KEYS)


def test_another_issuer_is_nobody_this_server_knows() -> None:
    verdict = checked(sign(CLAIMS, KEYS[0], "https://elsewhere.example"), KEYS[0])
    assert verdict.user is None
    assert "https://elsewhere.example" in verdict.error


def test_a_right_signature_does_not_save_a_token_whose_account_is_gone() -> None:
    verdict = authenticate(sign(CLAIMS, KEYS[0]), [KEYS[0].public], [], NOW)
    assert verdict.error == 'serviceaccounts "build" not found'


def test_a_token_of_a_secret_has_no_claims_of_a_bound_one() -> None:
    token = sign(legacy_claims(ACCOUNT, Secret()), KEYS[0])
    assert checked(token, KEYS[0]).error.startswith("payload.kubernetes.io: Required value")


def test_a_key_shows_nothing_of_itself() -> None:
    assert "key" not in repr(KEYS[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "e30.e30",
        "%.e30.x",
        "W10.e30.x",
        "e30.eyJ4Ijo.x",
        "a" * (MAX_CHARACTERS + 1),
        f"{encoded(b'[' * 30_000)}.e30.x",
        f"e30.{encoded(b'[' + b'9' * 5000 + b']')}.x",
    ],
    ids=range(10),
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="Invalid value"):
        read_token(text)
    assert checked(text, KEYS[0]).user is None


@given(st.text(max_size=50))
def test_no_text_is_accepted_by_chance(text: str) -> None:
    assert checked(text, KEYS[0]).user is None
    assert checked(f"e30.{text}.x", KEYS[0]).error
