"""A layer as the bytes of a tar archive: the same entries give the same bytes on every machine."""

from __future__ import annotations

import hashlib
import tarfile
import zlib
from collections.abc import Iterable, Iterator

from k8smodels.api.errors import forbidden
from k8smodels.images.layer import Entry
from k8smodels.images.limits import member

BLOCK_BYTES = 512
_CHUNK_BYTES = 1024 * 1024
_TYPES = {"dir": tarfile.DIRTYPE, "file": tarfile.REGTYPE, "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE}


def layer_blocks(layer: Iterable[Entry]) -> Iterator[bytes]:
    """The archive of a layer, piece by piece: POSIX format, owner root, all times 1970-01-01.

    A file of which only the size is known is written as so many zero bytes.
    """
    for entry in layer:
        yield _header(entry)
        yield from content_of(entry)
        yield padding(entry.size_bytes)
    yield end_of_archive()


def content_of(entry: Entry) -> Iterator[bytes]:
    """The content of a file, or zeros in its place.

    Raises
    ------
    FieldError
        The file was read from an archive, so that its content has a digest and is not there.
    """
    if entry.content is not None:
        yield entry.content
        return
    if entry.digest:
        raise forbidden(member("", entry.name), "it was read from an archive, and its content was not kept")
    whole, rest = divmod(entry.size_bytes, _CHUNK_BYTES)
    yield from (bytes(_CHUNK_BYTES) for _ in range(whole))
    yield bytes(rest)


def padding(size_bytes: int) -> bytes:
    """What fills the last block of a member of that size."""
    return bytes(-size_bytes % BLOCK_BYTES)


def end_of_archive() -> bytes:
    """Two blocks of zeros."""
    return bytes(2 * BLOCK_BYTES)


def file_header(name: str, size_bytes: int) -> bytes:
    """The header of a regular file in an archive."""
    return _header(Entry(name, "file", size_bytes=size_bytes))


def gzip(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes compressed, without a time in the header. Other versions of zlib may find other bytes for the same."""
    compressor = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for block in blocks:
        yield compressor.compress(block)
    yield compressor.flush()


def digest_and_size(blocks: Iterable[bytes]) -> tuple[str, int]:
    """The SHA-256 digest and the number of the bytes."""
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    return f"sha256:{digest.hexdigest()}", size


def _header(entry: Entry) -> bytes:
    info = tarfile.TarInfo(entry.name)
    info.type, info.mode, info.size, info.linkname = (
        _TYPES[entry.type],
        entry.mode,
        entry.size_bytes,
        entry.link,
    )
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
