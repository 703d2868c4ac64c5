"""Content addresses: digests of bytes, and the chain of layer digests that names a stack of layers.

References
----------
opencontainers/go-digest v1.0.0 digest.go, algorithm.go; opencontainers/image-spec v1.1.1 identity/chainid.go
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

HEX_DIGITS: Mapping[str, int] = {"sha256": 64, "sha384": 96, "sha512": 128}
"""The algorithms that are supported, with the length of their digests in hexadecimal."""

_GENERAL_FORM = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_LOWER_HEX = re.compile(r"[a-f0-9]*")


class DigestError(ValueError):
    """Text that is not a digest, in the words of go-digest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The name of bytes by their hash, e.g. ``sha256:e3b0…``.

    Attributes
    ----------
    algorithm
        A key of `HEX_DIGITS`.
    encoded
        The hash in lower-case hexadecimal.
    """

    algorithm: str
    encoded: str

    @classmethod
    def parse(cls, text: str) -> Digest:
        """Read ``algorithm:hex``.

        Raises
        ------
        DigestError
            Another form, an algorithm that is not supported, or a hash of the wrong length.
        """
        algorithm, _, encoded = text.partition(":")
        if not algorithm or not encoded:
            raise DigestError("invalid checksum digest format")
        if algorithm not in HEX_DIGITS:
            known_form = _GENERAL_FORM.fullmatch(text)
            raise DigestError("unsupported digest algorithm" if known_form else "invalid checksum digest format")
        if len(encoded.encode("utf-8", "surrogatepass")) != HEX_DIGITS[algorithm]:
            raise DigestError("invalid checksum digest length")
        if not _LOWER_HEX.fullmatch(encoded):
            raise DigestError("invalid checksum digest format")
        return cls(algorithm, encoded)

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.encoded}"


def digest_of(content: bytes) -> str:
    """The SHA-256 digest of `content`.

    Examples
    --------
    >>> digest_of(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def chain_ids(diff_ids: Iterable[str]) -> list[str]:
    """The name of each stack of layers, bottom first: of the lowest layer, of the lowest two, and so on.

    A layer is unpacked on top of what lies below it, so the unpacked result is named by all digests up to it. Two
    images share the unpacked layers as far as their chains agree.
    """
    return list(accumulate(diff_ids, lambda below, layer: digest_of(f"{below} {layer}".encode())))
