"""The words of the CNI specification: its versions, commands, error codes, and which names are allowed.

References
----------
github.com/containernetworking/cni v1.3.0: SPEC.md, pkg/version/{version,plugin}.go, pkg/types/types.go,
pkg/utils/utils.go
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from k8smodels.api.gotext import NumberError, parse_int, quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.gojson import type_error

VERSIONS = ("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0")
"""All versions of the specification, the oldest first."""
CURRENT_VERSION = VERSIONS[-1]
COMMANDS = ("ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION")
"""What a runtime can ask of a plugin. CHECK came with 0.4.0, GC and STATUS with 1.1.0."""

INCOMPATIBLE_VERSION, UNSUPPORTED_FIELD, UNKNOWN_CONTAINER, INVALID_ENVIRONMENT = 1, 2, 3, 4
IO_FAILURE, DECODING_FAILURE, INVALID_CONFIG, INVALID_NETNS = 5, 6, 7, 8
TRY_AGAIN_LATER, INTERNAL = 11, 999
ERROR_CODES: Mapping[int, str] = {
    INCOMPATIBLE_VERSION: "Incompatible CNI version",
    UNSUPPORTED_FIELD: "Unsupported field in network configuration",
    UNKNOWN_CONTAINER: "Container unknown or does not exist",
    INVALID_ENVIRONMENT: "Invalid necessary environment variables",
    IO_FAILURE: "I/O failure",
    DECODING_FAILURE: "Failed to decode content",
    INVALID_CONFIG: "Invalid network config",
    INVALID_NETNS: "Invalid network namespace",
    TRY_AGAIN_LATER: "Try again later",
    INTERNAL: "Any other error inside the plugin",
}
"""Codes of `CniError`. Up to 99 they are reserved for the specification."""

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.\-]*")
_LONGEST_INTERFACE_NAME = 15


class CniError(ValueError):
    """What a plugin prints when it fails; its text is what the runtime logs.

    Attributes
    ----------
    code
        One of `ERROR_CODES`, or the plugin's own from 100 on.
    msg, details
        What went wrong, and more about it.
    """

    def __init__(self, code: int, msg: str, details: str = "") -> None:
        super().__init__(code, msg, details)
        self.code, self.msg, self.details = code, msg, details

    def __str__(self) -> str:
        return f"{self.msg}; {self.details}" if self.details else self.msg

    def to_json(self) -> dict[str, JSON]:
        """The error as a plugin prints it."""
        details = {"details": self.details} if self.details else {}
        return {"code": self.code, "msg": self.msg, **details}

    @classmethod
    def from_json(cls, document: Mapping[str, JSON]) -> CniError:
        """The error that a plugin printed.

        Raises
        ------
        JSONError
            A field has the wrong type.
        """
        code, msg, details = (document.get(name) for name in ("code", "msg", "details"))
        if code is not None and (not isinstance(code, int) or isinstance(code, bool) or code < 0):
            raise type_error(code, "Error.code", "uint")
        for name, text in (("msg", msg), ("details", details)):
            if text is not None and not isinstance(text, str):
                raise type_error(text, f"Error.{name}", "string")
        return cls(code or 0, msg or "", details or "")


class VersionError(ValueError):
    """Text that is no version of the specification."""


def parse_version(text: str) -> tuple[int, int, int]:
    """The version's three numbers; no version means 0.1.0.

    Raises
    ------
    VersionError
        In the words of libcni.
    """
    if not text:
        return 0, 1, 0
    parts = text.split(".")
    if len(parts) > 3:
        raise VersionError(f"invalid version {quote(text)}: too many parts")
    numbers = [0, 0, 0]
    for i, (name, part) in enumerate(zip(("major", "minor", "micro"), parts, strict=False)):
        try:
            numbers[i] = parse_int(part)
        except NumberError as error:
            raise VersionError(f"failed to convert {name} version part {quote(part)}: {error}") from None
    return numbers[0], numbers[1], numbers[2]


def at_least(version: str, other: str) -> bool:
    """Whether `version` is `other` or newer.

    Raises
    ------
    VersionError
        `version` is none.
    """
    return parse_version(version) >= parse_version(other)


def validate_container_id(container_id: str) -> None:
    """Refuse an id that is empty or has characters beside letters, digits, ``_``, ``.`` and ``-``.

    Raises
    ------
    CniError
        With code 3 or 4.
    """
    if not container_id:
        raise CniError(UNKNOWN_CONTAINER, "missing containerID")
    if not _NAME.fullmatch(container_id):
        raise CniError(INVALID_ENVIRONMENT, "invalid characters in containerID", container_id)


def validate_network_name(name: str) -> None:
    """Refuse a network's name that is empty or has characters that an id may not have.

    Raises
    ------
    CniError
        With code 7.
    """
    if not name:
        raise CniError(INVALID_CONFIG, "missing network name:")
    if not _NAME.fullmatch(name):
        raise CniError(INVALID_CONFIG, "invalid characters found in network name", name)


def validate_interface_name(name: str) -> None:
    """Refuse what the kernel would not take as the name of an interface.

    Raises
    ------
    CniError
        With code 4.
    """
    if not name:
        raise CniError(INVALID_ENVIRONMENT, "interface name is empty")
    if len(name.encode(errors="replace")) > _LONGEST_INTERFACE_NAME:
        limit = f"interface name should be less than {_LONGEST_INTERFACE_NAME + 1} characters"
        raise CniError(INVALID_ENVIRONMENT, "interface name is too long", limit)
    if name in (".", ".."):
        raise CniError(INVALID_ENVIRONMENT, "interface name is . or ..")
    if any(char in "/:" or char.isspace() for char in name):
        raise CniError(INVALID_ENVIRONMENT, "interface name contains / or : or whitespace characters")
