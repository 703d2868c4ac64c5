"""What becomes of a slice in a reconciliation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from k8smodels.api.endpoint_slice import Endpoint, EndpointSlice


class Change(Enum):
    """What the controller asks of the API server for a slice."""

    NONE = "none"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class SliceChange:
    """A slice as it is afterwards, or as it was if it is deleted.

    Attributes
    ----------
    change, slice
        What is done, and to which slice; one that is created has no name yet.
    reasons
        Why, in the order in which it was found; empty for an unchanged slice.
    """

    change: Change
    slice: EndpointSlice
    reasons: tuple[str, ...] = ()

    def because(self, change: Change, *reasons: str) -> SliceChange:
        """The same slice with another change, and more reasons."""
        return replace(self, change=change, reasons=self.reasons + reasons)

    def with_endpoints(self, endpoints: tuple[Endpoint, ...]) -> SliceChange:
        """The same change with other endpoints."""
        return replace(self, slice=replace(self.slice, endpoints=endpoints))
