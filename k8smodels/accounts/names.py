"""Names that end at random.

References
----------
staging/src/k8s.io/apiserver/pkg/storage/names/generate.go (v1.37)
"""

from __future__ import annotations

import random

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX_LENGTH = 5
_LONGEST_BASE = 63 - _SUFFIX_LENGTH


def generated_name(base: str, seed: int) -> str:
    """`base`, cut off where the name would be too long, with five random letters and digits; no vowels, so no words."""
    suffix = random.Random(seed).choices(_ALPHABET, k=_SUFFIX_LENGTH)  # noqa: S311 (not for secrets)
    return base[:_LONGEST_BASE] + "".join(suffix)
