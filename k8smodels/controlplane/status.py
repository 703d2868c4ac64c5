"""The API server's answers to requests that it does not grant: reason, code and message, as kubectl prints them.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go; staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go:
StandardErrorMessage (v1.37)
"""

from __future__ import annotations

from k8smodels.api.errors import InvalidObject
from k8smodels.api.refusals import RefusedError


class StatusError(RefusedError):
    """A refused request, as kubectl prints it."""

    def __str__(self) -> str:
        if self.reason in ("Invalid", "Timeout"):
            return self.message
        reason = f" ({self.reason})" if self.reason else ""
        return f"Error from server{reason}: {self.message}"

    def to_json(self) -> dict[str, object]:
        """The object ``Status`` that the server sends."""
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }


forbidden = StatusError.forbidden
not_found = StatusError.not_found
already_exists = StatusError.already_exists


def conflict(resource: str, name: str) -> StatusError:
    """The client has not seen the newest version of what it writes."""
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return StatusError.conflict(resource, name, why)


def uid_conflict(resource: str, name: str, wanted: str, found: str) -> StatusError:
    """The object of that name is another one than the client means."""
    why = f"Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}"
    return StatusError.conflict(resource, name, why)


def invalid(error: InvalidObject) -> StatusError:
    """The object has errors."""
    return StatusError("Invalid", 422, str(error))


def bad_request(why: str) -> StatusError:
    """The body of the request is not what it should be."""
    return StatusError("BadRequest", 400, why)


def too_old(asked: int, oldest: int) -> StatusError:
    """A watch from a revision that the store no longer has."""
    return StatusError("Expired", 410, f"too old resource version: {asked} ({oldest})")


def no_quorum() -> StatusError:
    """No majority in etcd: the API server waits for one, and gives up."""
    return StatusError("", 500, "etcdserver: request timed out")


def unavailable() -> StatusError:
    """Nobody answers at the API server's address."""
    return StatusError(
        "Timeout", 504, "Unable to connect to the server: dial tcp 10.0.0.10:6443: connect: connection refused"
    )
