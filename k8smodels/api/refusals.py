"""A request that the API server does not grant: reason, code and message.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go (v1.37)
"""

from __future__ import annotations

from typing import Self

from k8smodels.api.gotext import quote


class RefusedError(ValueError):
    """A request that is not granted.

    Attributes
    ----------
    reason
        One word, e.g. ``Forbidden``; empty where the server gives none.
    code
        The HTTP status.
    message
        What is said to the client.
    """

    def __init__(self, reason: str, code: int, message: str) -> None:
        super().__init__(reason, code, message)
        self.reason, self.code, self.message = reason, code, message

    def __str__(self) -> str:
        return self.message

    @classmethod
    def forbidden(cls, resource: str, name: str, because: str) -> Self:
        """The request is understood, and will not be done, whoever asks."""
        return cls("Forbidden", 403, f"{resource} {quote(name)} is forbidden: {because}")

    @classmethod
    def conflict(cls, resource: str, name: str, because: str) -> Self:
        """The object is not what the request takes it for."""
        return cls("Conflict", 409, f"Operation cannot be fulfilled on {resource} {quote(name)}: {because}")

    @classmethod
    def not_found(cls, resource: str, name: str) -> Self:
        """There is no such object."""
        return cls("NotFound", 404, f"{resource} {quote(name)} not found")

    @classmethod
    def already_exists(cls, resource: str, name: str) -> Self:
        """There is such an object already."""
        return cls("AlreadyExists", 409, f"{resource} {quote(name)} already exists")
