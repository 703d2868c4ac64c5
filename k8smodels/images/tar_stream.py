"""Reading a tar archive once from front to back, member by member, with bounds.

Python's `tarfile` reads the headers' fields here; it does not read the archive, for it keeps every member and reads
extended headers of any size into memory.

References
----------
POSIX pax; GNU tar's long names
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from k8smodels.images.limits import ArchiveError, Budget, bad, member
from k8smodels.images.streams import CHUNK_BYTES, PeekStream, Readable, read_up_to
from k8smodels.images.tar_write import BLOCK_BYTES

MAX_HEADER_BYTES = 1024 * 1024

MemberType = Literal["dir", "file", "symlink", "hardlink"]

_TYPES: Mapping[bytes, MemberType] = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "dir",
    tarfile.SYMTYPE: "symlink",
    tarfile.LNKTYPE: "hardlink",
}
_SPECIAL = {tarfile.CHRTYPE: "character device", tarfile.BLKTYPE: "block device", tarfile.FIFOTYPE: "fifo"}
_EXTENDED, _GLOBAL = tarfile.XHDTYPE, tarfile.XGLTYPE
_LONG = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive.

    Attributes
    ----------
    name
        Its path, without a slash at the end.
    type
        What it is.
    mode, size_bytes, link
        Permissions, size of the content, target of a link.
    content
        The content, to be read before the next member is asked for.
    """

    name: str
    type: MemberType
    mode: int
    size_bytes: int
    link: str
    content: Section


class Section:
    """The bytes of one member."""

    def __init__(self, stream: Readable, size_bytes: int, where: str) -> None:
        self._stream, self._left, self._where = stream, size_bytes, where

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, none at the member's end."""
        wanted = min(size, self._left)
        piece = read_up_to(self._stream, wanted)
        self._left -= len(piece)
        if len(piece) < wanted:
            raise truncated(self._where)
        return piece

    def skip(self) -> None:
        """Read what is left of it."""
        while self._left:
            self.read(CHUNK_BYTES)


def members(stream: PeekStream, where: str, budget: Budget) -> Iterator[Member]:
    """The members of the archive in `stream`; `where` names it in errors.

    Raises
    ------
    ArchiveError
        A damaged archive; a path that leads out of it; a device, a pipe or another thing that images do not hold.
    """
    extended: dict[str, str] = {}
    while (header := _next_header(stream, where)) is not None:
        name = extended.get("path", header.name)
        size = _size(extended.get("size", header.size), member(where, name))
        budget.take_member(where, name, size)
        if header.type in _LONG or header.type in (_EXTENDED, _GLOBAL):
            budget.take_bytes(where, header.size)
            found = _extension(stream, header, member(where, name))
            extended |= {} if header.type == _GLOBAL else found
            continue
        yield from _member(stream, header, extended, where)
        extended = {}


def truncated(where: str) -> ArchiveError:
    """An archive that ends too early."""
    return bad(where, "unexpected EOF", "must be a whole archive")


def looks_like_tar(head: bytes) -> bool:
    """Whether an archive may begin with this block."""
    if not head.strip(b"\0"):
        return len(head) == BLOCK_BYTES or not head
    try:
        tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError, OverflowError):
        return False
    return True


def confined(name: str, where: str) -> str:
    """The path, if it stays inside of what it is a path in."""
    if name.startswith("/"):
        raise bad(where, name, "must be a relative path")
    if ".." in name.split("/"):
        raise bad(where, name, "must not contain '..'")
    if "\0" in name:
        raise bad(where, name, "must not contain a NUL character")
    return name


def _member(stream: PeekStream, header: tarfile.TarInfo, extended: Mapping[str, str], archive: str) -> Iterator[Member]:
    name, link = extended.get("path", header.name), extended.get("linkpath", header.linkname)
    where = member(archive, name)
    kind = _TYPES.get(header.type)
    if kind is None or any(key.startswith("GNU.sparse.") for key in extended):
        what = _SPECIAL.get(header.type, f"type {header.type.decode('latin-1')}")
        raise bad(where, what, "must be a file, a directory or a link")
    confined(name, where)
    if kind == "hardlink":
        confined(link, where)
    size = _size(extended.get("size", header.size), where) if kind == "file" else 0
    section = Section(stream, size, where)
    yield Member(name.rstrip("/"), kind, header.mode & 0o7777, size, link, section)
    section.skip()
    _skip_padding(stream, size, where)


def _next_header(stream: PeekStream, where: str) -> tarfile.TarInfo | None:
    block = stream.read(BLOCK_BYTES)
    if not block.strip(b"\0"):
        return None
    if len(block) < BLOCK_BYTES:
        raise truncated(where)
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise bad(where, str(error), "must be a tar archive") from None


def _extension(stream: PeekStream, header: tarfile.TarInfo, where: str) -> dict[str, str]:
    """What a header says of the member behind it."""
    if not 0 <= header.size <= MAX_HEADER_BYTES:
        raise bad(where, header.size, f"an extended header must have at most {MAX_HEADER_BYTES} bytes")
    section = Section(stream, header.size, where)
    raw = section.read(header.size)
    _skip_padding(stream, header.size, where)
    if header.type in _LONG:
        return {_LONG[header.type]: raw.partition(b"\0")[0].decode("utf-8", "surrogateescape")}
    return dict(_records(raw, where))


def _records(raw: bytes, where: str) -> Iterator[tuple[str, str]]:
    """The records ``LENGTH KEY=VALUE`` of a pax header."""
    at = 0
    while at < len(raw.rstrip(b"\0")):
        digits, space, _ = raw[at : at + 9].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        key, equals, value = raw[at + len(digits) + 1 : at + length].partition(b"=")
        if length <= len(digits) + 1 or not equals or not value.endswith(b"\n") or at + length > len(raw):
            raise bad(where, "damaged extended header", "must be records of the form 'LENGTH KEY=VALUE'")
        yield key.decode("utf-8", "surrogateescape"), value[:-1].decode("utf-8", "surrogateescape")
        at += length


def _size(written: str | int, where: str) -> int:
    text = str(written)
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise bad(where, text, "the size must be a non-negative number of at most 63 bits")
    return int(text)


def _skip_padding(stream: PeekStream, size: int, where: str) -> None:
    missing = -size % BLOCK_BYTES
    if len(stream.read(missing)) < missing:
        raise truncated(where)
