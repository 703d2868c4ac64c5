"""Bytes that pass by once: counted, hashed, looked at ahead, unpacked, and never all in memory."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from typing import Protocol

from k8smodels.images.limits import Budget, bad

CHUNK_BYTES = 256 * 1024
GZIP_MAGIC, ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Readable(Protocol):
    """Anything with `read`."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the end."""


class PeekStream:
    """A stream that can be looked at ahead."""

    def __init__(self, raw: Readable) -> None:
        self._raw = raw
        self._ahead = b""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, fewer only at the end."""
        piece, self._ahead = self._ahead[:size], self._ahead[size:]
        return piece + read_up_to(self._raw, size - len(piece)) if len(piece) < size else piece

    def peek(self, size: int) -> bytes:
        """What `read` would give, without taking it."""
        if len(self._ahead) < size:
            self._ahead += read_up_to(self._raw, size - len(self._ahead))
        return self._ahead[:size]


class HashedStream(PeekStream):
    """Hashes and counts what is read through it.

    Parameters
    ----------
    raw
        Where the bytes come from.
    where
        What to call it in errors.
    budget
        What the bytes count against.
    """

    def __init__(self, raw: Readable, where: str, budget: Budget) -> None:
        super().__init__(raw)
        self._where, self._budget = where, budget
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    @property
    def digest(self) -> str:
        """The digest of what was read so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, fewer only at the end."""
        piece = super().read(size)
        self._hash.update(piece)
        self.size_bytes += len(piece)
        self._budget.take_bytes(self._where, len(piece))
        return piece

    def drain(self) -> None:
        """Read what is left."""
        while self.read(CHUNK_BYTES):
            pass


class Unpacked:
    """The uncompressed bytes of a gzip stream, one of several parts included."""

    def __init__(self, raw: Readable, where: str) -> None:
        self._gzip = gzip.GzipFile(fileobj=io.BufferedReader(_Raw(raw), CHUNK_BYTES), mode="rb")
        self._where = where

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes.

        Raises
        ------
        ArchiveError
            The compressed bytes are damaged or end too early.
        """
        try:
            return self._gzip.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise bad(self._where, f"{error}", "must be intact gzip data") from None


class _Raw(io.RawIOBase):
    """A `Readable` as Python's own buffers want it."""

    def __init__(self, source: Readable) -> None:
        super().__init__()
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # a buffer is what it is given
        piece = self._source.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def read_up_to(raw: Readable, size: int) -> bytes:
    """`size` bytes, fewer only at the end."""
    piece = raw.read(size)
    if len(piece) == size or not piece:
        return piece
    pieces, missing = [piece], size - len(piece)
    while missing and (piece := raw.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
