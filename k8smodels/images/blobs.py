"""What is in an archive, by path: documents with their bytes, layers with their entries, everything by its digest."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from k8smodels.images.layer import Entry, Layer
from k8smodels.images.limits import ArchiveError, Budget, LimitError, bad, member
from k8smodels.images.streams import CHUNK_BYTES, GZIP_MAGIC, ZSTD_MAGIC, HashedStream, PeekStream, Readable, Unpacked
from k8smodels.images.tar_stream import Member, confined, looks_like_tar, members
from k8smodels.images.tar_write import BLOCK_BYTES

_MAX_LINKS = 8
_JSON_STARTS = (b"{", b"[", b" ", b"\t", b"\n", b"\r")


@dataclass(frozen=True, slots=True)
class ScannedLayer:
    """A layer that was read.

    Attributes
    ----------
    entries
        Its members, files with the digests of their contents.
    diff_id, size_bytes
        Digest and size of its archive, uncompressed.
    """

    entries: Layer
    diff_id: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of the archive.

    Attributes
    ----------
    digest, size_bytes
        Of its bytes.
    document
        Its bytes if it may be JSON.
    layer
        What is in it if it is a layer.
    problem
        Why it cannot be read as a layer.
    """

    digest: str
    size_bytes: int
    document: bytes | None = None
    layer: ScannedLayer | None = None
    problem: ArchiveError | None = None


class Blobs(Protocol):
    """The files of an archive."""

    def get(self, path: str) -> Blob | None:
        """The file at `path`, None if there is none."""


class DirectoryBlobs:
    """The files of a layout in a directory, each read when it is asked for."""

    def __init__(self, root: Path, budget: Budget) -> None:
        self._root, self._budget = root, budget

    def get(self, path: str) -> Blob | None:
        """The regular file at `path`."""
        file = self._root / path
        if not file.is_file():
            return None
        try:
            size = file.stat().st_size
            self._budget.take_member("", path, size)
            with file.open("rb") as stream:
                return scan(stream, path, size, self._budget)
        except OSError as error:
            raise bad(member("", path), error.strerror, "must be readable") from None


class TarBlobs:
    """The files of an archive, all read at once: it may be a stream, and what names its layers may come last."""

    def __init__(self, raw: Readable, budget: Budget) -> None:
        self._blobs: dict[str, Blob] = {}
        self._links: dict[str, str] = {}
        plain = PeekStream(raw)
        if plain.peek(2) == GZIP_MAGIC:
            plain = PeekStream(Unpacked(plain, "archive"))
        for item in members(plain, "", budget):
            self._take(item, budget)

    def get(self, path: str) -> Blob | None:
        """The file at `path`; old archives of ``docker save`` have links to equal layers."""
        for _ in range(_MAX_LINKS):
            if path not in self._links:
                break
            path = self._links[path]
        return self._blobs.get(path)

    def _take(self, item: Member, budget: Budget) -> None:
        where, path = member("", item.name), posixpath.normpath(item.name)
        if path in self._blobs or path in self._links:
            raise ArchiveError(where, "Duplicate value", item.name, "each path may be there once")
        if item.type == "file":
            self._blobs[path] = scan(item.content, path, item.size_bytes, budget)
        elif item.type == "hardlink":
            self._links[path] = posixpath.normpath(item.link)
        elif item.type == "symlink":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.link))
            self._links[path] = confined(target, where)


def scan(raw: Readable, path: str, size_bytes: int, budget: Budget) -> Blob:
    """Read a file to its end, as a layer if it looks like one."""
    where = member("", path)
    stream = HashedStream(raw, where, budget)
    head = stream.peek(BLOCK_BYTES)
    if not (head.startswith((GZIP_MAGIC, ZSTD_MAGIC)) or looks_like_tar(head)):
        return _scan_document(stream, where, size_bytes, budget)
    layer, problem = None, None
    try:
        layer = _scan_layer(stream, where, head, budget)
    except LimitError:
        raise
    except ArchiveError as error:
        problem = error
    stream.drain()
    return Blob(stream.digest, stream.size_bytes, layer=layer, problem=problem)


def _scan_document(stream: HashedStream, where: str, size_bytes: int, budget: Budget) -> Blob:
    """Keep the bytes of what may be JSON."""
    limit = budget.limits.max_json_bytes
    document, problem = None, bad(where, "other data", "must be a tar archive")
    if stream.peek(1) in _JSON_STARTS:
        if size_bytes <= limit:
            budget.take_json(where, size_bytes)
            document = stream.read(size_bytes)
        else:
            problem = ArchiveError(where, "Too long", detail=f"a document may not be more than {limit} bytes")
    stream.drain()
    return Blob(stream.digest, stream.size_bytes, document, problem=problem)


def _scan_layer(stream: HashedStream, where: str, head: bytes, budget: Budget) -> ScannedLayer:
    if head.startswith(ZSTD_MAGIC):
        raise bad(where, "zstd", "must be uncompressed or compressed with gzip")
    plain = stream
    if head.startswith(GZIP_MAGIC):
        plain = HashedStream(Unpacked(stream, where), where, budget)
        head = plain.peek(BLOCK_BYTES)
    if not looks_like_tar(head):
        raise bad(where, "other data", "must be a tar archive")
    entries = tuple(_entry(item) for item in members(plain, where, budget))
    plain.drain()
    return ScannedLayer(entries, plain.digest, plain.size_bytes)


def _entry(item: Member) -> Entry:
    name = f"{item.name}/" if item.type == "dir" else item.name
    if item.type != "file":
        return Entry(name, item.type, item.mode, link=item.link)
    content = hashlib.sha256()
    while piece := item.content.read(CHUNK_BYTES):
        content.update(piece)
    return Entry(name, "file", item.mode, item.size_bytes, digest=f"sha256:{content.hexdigest()}")
