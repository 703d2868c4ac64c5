"""A token as text: three parts with dots between them, of which anybody can read the first two.

References
----------
RFC 7515, section 7.1; RFC 7519
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.api.errors import invalid
from k8smodels.api.structure import JSON

MAX_CHARACTERS = 64 * 1024
"""Longer text is taken for a mistake; a token of Kubernetes has about a thousand characters."""


@dataclass(frozen=True, slots=True)
class TokenText:
    """What can be read without a key. None of it can be trusted before the signature is checked.

    Attributes
    ----------
    header
        The algorithm ``alg``, and ``kid``, which key it was.
    payload
        The claims.
    """

    header: Mapping[str, JSON]
    payload: Mapping[str, JSON]


def read_token(text: str) -> TokenText:
    """The parts of a token.

    Raises
    ------
    FieldError
        The text is no JWT, or far too long.

    Examples
    --------
    >>> read_token("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2ln").payload
    {'sub': 'ann'}
    """
    if len(text) > MAX_CHARACTERS:
        raise invalid("token", text, f"must have at most {MAX_CHARACTERS} characters")
    parts = text.strip().split(".")
    if len(parts) != 3:
        raise invalid("token", text, "must be three parts with dots between them: header, payload, signature")
    return TokenText(_part("header", parts[0]), _part("payload", parts[1]))


def _part(name: str, text: str) -> Mapping[str, JSON]:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        value = json.loads(raw)
    except (ValueError, RecursionError):
        raise invalid(f"token.{name}", text, "must be JSON in base64url") from None
    if not isinstance(value, dict):
        raise invalid(f"token.{name}", text, "must be a JSON object")
    return value
