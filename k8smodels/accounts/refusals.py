"""What the API server answers to requests about accounts that it does not grant.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go (v1.37)
"""

from __future__ import annotations

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


def forbidden(resource: str, name: str, because: str) -> RefusedError:
    """The request is understood, and will not be done."""
    return RefusedError("Forbidden", 403, f"{resource} {quote(name)} is forbidden: {because}")


def not_found(resource: str, name: str) -> RefusedError:
    """There is no such object."""
    return RefusedError("NotFound", 404, f"{resource} {quote(name)} not found")


def already_exists(resource: str, name: str) -> RefusedError:
    """There is such an object already."""
    return RefusedError("AlreadyExists", 409, f"{resource} {quote(name)} already exists")
