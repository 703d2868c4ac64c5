"""Bounds for archives that come from anywhere, and the one error that they end with."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.errors import FieldError
from k8smodels.api.gotext import quote

_MAX_SHOWN = 200


class ArchiveError(FieldError):
    """An archive that is broken, or that asks for more than is allowed; its path names the member."""


class LimitError(ArchiveError):
    """An archive that is too large."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an archive to accept.

    Attributes
    ----------
    max_members
        Members of the archive and of all layers in it.
    max_total_bytes
        All files of the archive, and the layers that are compressed in it once more unpacked.
    max_member_bytes
        One member.
    max_json_bytes
        One document; four times as much for all together.
    max_path_bytes
        The paths of all members, with those of the directories on the way to them.
    """

    max_members: int = 250_000
    max_total_bytes: int = 16 * 1024**3
    max_member_bytes: int = 8 * 1024**3
    max_json_bytes: int = 4 * 1024**2
    max_path_bytes: int = 256 * 1024**2


class Budget:
    """What is left of the limits while an archive is read."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.members = limits.max_members
        self.bytes = limits.max_total_bytes
        self.json_bytes = 4 * limits.max_json_bytes
        self.path_bytes = limits.max_path_bytes

    def take_member(self, where: str, name: str, size_bytes: int) -> None:
        """Count a member of the archive `where`."""
        self.members -= 1
        self.path_bytes -= len(name) * (name.count("/") + 1)
        if self.members < 0:
            raise LimitError(where, "Too many", detail=f"must have at most {self.limits.max_members} members")
        if self.path_bytes < 0:
            detail = f"the paths must have at most {self.limits.max_path_bytes} bytes"
            raise LimitError(where, "Too long", detail=detail)
        if size_bytes > self.limits.max_member_bytes:
            limit = self.limits.max_member_bytes
            raise LimitError(member(where, name), "Too long", detail=f"may not be more than {limit} bytes")

    def take_bytes(self, where: str, count: int) -> None:
        """Count bytes that were read of `where`."""
        self.bytes -= count
        if self.bytes < 0:
            limit = self.limits.max_total_bytes
            raise LimitError(where, "Too long", detail=f"the archive may not unpack to more than {limit} bytes")

    def take_json(self, where: str, count: int) -> None:
        """Count a document that is kept."""
        self.json_bytes -= count
        if self.json_bytes < 0:
            limit = 4 * self.limits.max_json_bytes
            raise LimitError(where, "Too long", detail=f"the documents may not have more than {limit} bytes together")


def member(archive: str, name: str) -> str:
    """How an error calls a member: control characters are escaped, a long name is cut."""
    shown = quote(name)[1:-1]
    shown = shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}…"
    return f"{archive}: {shown}" if archive else shown


def bad(where: str, value: object, detail: str) -> ArchiveError:
    """Something that is not as it has to be."""
    return ArchiveError(where, "Invalid value", value, detail)
